#include "diff/host_guard.h"

#include "diff/host_rule.h"
#include "diff/interp_internal.h"

/* The process itself, and ids that no domain can have. */
static bool
is_nobody_else(const struct interp *in, unsigned int code)
{
	domid_t domid = interp_domid(in, code);

	return domid >= DOMID_FIRST_RESERVED || !process_has_domain(domid);
}

/* What a table of ours lends at the reference is ours, or is not lent. */
static bool
lends_own(const struct interp *in, const struct arch *a, unsigned int code)
{
	const struct interp_domain *d = &in->domain[0];
	grant_ref_t ref = interp_ref(in, d, code);
	const struct grant_entry_v1 *e = &d->core->shared[ref];

	if (d->core->shared == NULL || ref >= PROCESS_FRAMES * GNTTAB_ENTRIES_PER_FRAME)
		return true;
	return (e->flags & GTF_type_mask) != GTF_permit_access || process_owns_frame(a, e->frame);
}

static bool
side_is_own(const struct interp *in, const struct arch *a, const struct side *s)
{
	return s->idx >= SIDE_FRAME || lends_own(in, a, s->idx);
}

static bool
allows(const struct interp *in, const struct arch *a, const struct op *o)
{
	unsigned int domains = host_rule_domains(o);

	if (host_rule_forbids(o) != NULL || ((domains & 1) && !is_nobody_else(in, o->a.dom)) ||
	    ((domains & 2) && !is_nobody_else(in, o->b.dom)))
		return false;
	switch (o->kind) {
	case OP_MAP: return lends_own(in, a, o->b.idx);
	case OP_PIN: return lends_own(in, a, o->b.idx) && o->len < process_handles_left(a);
	case OP_COPY: return side_is_own(in, a, &o->a) && side_is_own(in, a, &o->b);
	case OP_TRANSFER: return !process_has_strays(a);
	default: return true;
	}
}

bool
host_guard_allows(const struct interp *in, const struct arch *a, unsigned int at)
{
	unsigned int n = program_batch(in->program, at);

	if (in->program->ops[at].kind == OP_MAP && n >= process_handles_left(a))
		return false;
	for (unsigned int i = at; i < at + n; i++)
		if (!allows(in, a, &in->program->ops[i]))
			return false;
	return true;
}
