#include "diff/host_rule.h"

#include "arch/xen_abi.h"

static bool
is_own_frame(unsigned int code)
{
	return code < FRAME_OTHER_P0;
}

static bool
is_own_side(const struct side *s)
{
	return s->idx < SIDE_FRAME || is_own_frame(s->idx - SIDE_FRAME);
}

static bool
names_own_frames(const struct op *o)
{
	switch (o->kind) {
	case OP_GRANT:
	case OP_GRANT_REF:
	case OP_ENTRY: return is_own_frame(o->b.idx);
	case OP_TRANSFER:
	case OP_CACHE_FLUSH: return is_own_frame(o->a.idx);
	case OP_COPY: return is_own_side(&o->a) && is_own_side(&o->b);
	default: return true;
	}
}

const char *
host_rule_forbids(const struct op *o)
{
	if (o->kind == OP_SET_VERSION ||
	    (o->kind == OP_HYPERCALL && o->len == GNTTABOP_set_version))
		return "it would wipe Linux's grants";
	if (!names_own_frames(o))
		return "a frame is not the program's own";
	if (op_is_mark(o->kind))
		return "a race wants more than one virtual CPU";
	return NULL;
}

/* The domains that an operation names. */
static unsigned int
domains_of(const struct op *o)
{
	enum { A = 1, B = 2 };

	switch (o->kind) {
	case OP_GRANT:
	case OP_GRANT_REF:
	case OP_ACCEPT:
	case OP_ACCEPT_REF:
	case OP_MAP:
	case OP_PIN:
	case OP_TRANSFER:
	case OP_ENTRY: return B;
	case OP_COPY: return A | B;
	case OP_SETUP_TABLE:
	case OP_QUERY_SIZE:
	case OP_GET_VERSION:
	case OP_GET_STATUS:
	case OP_DUMP_TABLE: return A;
	default: return 0;
	}
}

/* Not this domain, and no reserved id. */
static bool
may_be_another(unsigned int code)
{
	return (code > DOM_D0 && code < DOMAINS_MAX) || code == DOM_NONE || code == DOM_LAST;
}

unsigned int
host_rule_domains(const struct op *o)
{
	unsigned int others = (may_be_another(o->a.dom) ? 1 : 0) |
			      (may_be_another(o->b.dom) ? 2 : 0);

	return domains_of(o) & others;
}
