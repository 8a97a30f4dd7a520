/* write_xtf_op: the operations of an XTF test. */
#include "diff/text.h"
#include "reports/write_xtf_internal.h"

/* ------------------------------------------------------------------ operands */

static grant_ref_t
ref_number(const struct xtf_writer *w, unsigned int code)
{
	static const grant_ref_t fixed[] = { 0, 1, 7, 511, 512 };
	uint32_t end = w->program->header.max_frames * GNTTAB_ENTRIES_PER_FRAME;

	if (code < REF_SLOTS)
		return w->ref[code];
	if (code < REF_LAST)
		return fixed[code - REF_0];
	return code == REF_LAST ? end - 1 : code == REF_END ? end : 0xffffffffu;
}

struct c_text
xtf_ref(const struct xtf_writer *w, unsigned int code)
{
	return c_print("%uu", ref_number(w, code));
}

bool
xtf_is_seen(const struct xtf_writer *w, unsigned int code)
{
	return ref_number(w, code) < GNTTAB_ENTRIES_PER_FRAME;
}

struct c_text
xtf_frame(unsigned int code)
{
	if (code < PAGE_SLOTS)
		return c_print("virt_to_gfn(page[%u])", code);
	return c_print("0xfffffffeUL");
}

struct c_text
xtf_domid(unsigned int code)
{
	if (code == DOM_D0)
		return c_print("self");
	if (code < DOMAINS_MAX)
		return c_print("%u /* no domain */", 100 + code);
	return c_print("%s", c_special_domid(code));
}

/* ------------------------------------------------------------------ checks */

static void
check(const struct xtf_writer *w, unsigned int at, const char *what, const char *got, long expected)
{
	char op[200];

	text_print_op(&w->program->ops[at], op, sizeof(op));
	fprintf(w->out, "    check(\"%u: %s\", \"%s\", %s, %ld);\n", at + 1, op, what, got,
		expected);
}

void
xtf_check_status(const struct xtf_writer *w, unsigned int at, const char *got)
{
	const struct trace_record *e = &w->expected->record[at];
	char op[200];

	if (e->any & TRACE_ANY_STATUS)
		return;
	text_print_op(&w->program->ops[at], op, sizeof(op));
	fprintf(w->out, "    check(\"%u: %s\", \"status\", %s, %s);\n", at + 1, op, got,
		c_status(e->status).s);
}

void
xtf_check_rc(const struct xtf_writer *w, unsigned int at, const char *got)
{
	char op[200];
	int rc = w->expected->record[at].rc;
	const char *name = rc < 0 ? text_errno_name(-rc) : NULL;

	text_print_op(&w->program->ops[at], op, sizeof(op));
	fprintf(w->out, "    check(\"%u: %s\", \"return\", %s, %s%s", at + 1, op, got,
		name != NULL ? "-" : "", name != NULL ? name : "");
	if (name == NULL)
		fprintf(w->out, "%d", rc);
	fputs(");\n", w->out);
}

void
xtf_write_look(const struct xtf_writer *w, unsigned int at, unsigned int view, unsigned int code)
{
	const struct trace_record *e = &w->expected->record[at];
	char op[200];

	if (e->entry[view].dom == VIEW_NONE || !xtf_is_seen(w, code) ||
	    e->any & TRACE_ANY_ENTRY0 << view)
		return;
	text_print_op(&w->program->ops[at], op, sizeof(op));
	fprintf(w->out, "    check(\"%u: %s\", \"entry flags\", gnttab_v1[%s].flags, 0x%02x);\n",
		at + 1, op, xtf_ref(w, code).s, e->entry[view].flags);
}

/* ------------------------------------------------------------------ single operations */

/* An entry that the core would have written, if it had not refused. */
static void
write_grant(const struct xtf_writer *w, unsigned int at, const char *flags, struct c_text frame)
{
	const struct op *o = &w->program->ops[at];

	fprintf(w->out, "    grant(%s, %s, %s, %s);\n", xtf_ref(w, o->a.idx).s,
		xtf_domid(o->b.dom).s, frame.s, flags);
}

static void
write_end(const struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];
	char got[64];

	if (o->kind == OP_QUERY)
		snprintf(got, sizeof(got), "gnttab_v1[%s].flags & (GTF_reading | GTF_writing)",
			 xtf_ref(w, o->a.idx).s);
	else
		snprintf(got, sizeof(got), "end(%s)", xtf_ref(w, o->a.idx).s);
	check(w, at, "return", got, w->expected->record[at].rc);
	xtf_write_look(w, at, 0, o->a.idx);
}

/* Nothing is sent here, so nothing arrives. */
static void
write_end_transfer(const struct xtf_writer *w, unsigned int at)
{
	struct c_text ref = xtf_ref(w, w->program->ops[at].a.idx);

	check(w, at, "return", c_print("end(%s) ? 0 : -1", ref.s).s, w->expected->record[at].rc);
}

static void
write_entry(const struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];
	struct c_text ref = xtf_ref(w, o->a.idx);

	if (o->kind == OP_ENTRY)
		fprintf(w->out, "    grant(%s, %s, %s, 0x%x);\n", ref.s, xtf_domid(o->b.dom).s,
			xtf_frame(o->b.idx).s, o->len);
	else
		fprintf(w->out, "    *(volatile uint16_t *)&gnttab_v1[%s].flags = 0x%x;\n", ref.s,
			o->len);
}

static void
write_pin(const struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];

	fprintf(w->out, "    struct gnttab_map_grant_ref op[16] = {};\n    int rc;\n\n"
		"    for ( int i = 0; i < %u; i++ )\n    {\n"
		"        op[i].flags = GNTMAP_device_map%s;\n"
		"        op[i].ref = %s;\n        op[i].dom = %s;\n    }\n"
		"    rc = hypercall_grant_table_op(GNTTABOP_map_grant_ref, op, %u);\n",
		o->len, o->flags & OPF_MAP_RO ? " | GNTMAP_readonly" : "",
		xtf_ref(w, o->b.idx).s, xtf_domid(o->b.dom).s, o->len);
	xtf_check_rc(w, at, "rc");
	xtf_write_look(w, at, 0, o->b.idx);
}

/* Hypercalls about the table. */
static void
write_query(const struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];
	struct c_text dom = xtf_domid(o->a.dom);

	if (o->kind == OP_SET_VERSION)
		fprintf(w->out, "    struct gnttab_set_version op = { .version = %u };\n"
			"    int rc = hypercall_grant_table_op(GNTTABOP_set_version, &op, 1);\n\n",
			o->len);
	else if (o->kind == OP_GET_VERSION)
		fprintf(w->out, "    struct gnttab_get_version op = { .dom = %s };\n"
			"    int rc = hypercall_grant_table_op(GNTTABOP_get_version, &op, 1);\n\n",
			dom.s);
	else if (o->kind == OP_DUMP_TABLE)
		fprintf(w->out, "    struct gnttab_dump_table op = { .dom = %s };\n"
			"    int rc = hypercall_grant_table_op(GNTTABOP_dump_table, &op, 1);\n\n",
			dom.s);
	else
		fprintf(w->out, "    xen_pfn_t list[1];\n"
			"    struct gnttab_setup_table op = { .dom = %s, .nr_frames = %u };\n"
			"    int rc;\n\n"
			"    set_xen_guest_handle(op.frame_list, list);\n"
			"    rc = hypercall_grant_table_op(GNTTABOP_setup_table, &op, 1);\n",
			dom.s, o->len);
	xtf_check_rc(w, at, "rc");
	if (o->kind == OP_GET_VERSION)
		check(w, at, "version", "op.version", w->expected->record[at].value);
	if (o->kind == OP_SETUP_TABLE)
		xtf_check_status(w, at, "op.status");
}

static void
write_hypercall(const struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];

	fprintf(w->out, "    uint64_t zeroes[8] = {};\n"
		"    int rc = hypercall_grant_table_op(%u%s, zeroes, %s);\n\n", o->len,
		o->a.idx == CALL_CONTINUED ? " | (1u << 12)" : "",
		o->a.idx == CALL_NEGATIVE ? "0x80000000u" : "0");
	xtf_check_rc(w, at, "rc");
}

static void
write_memory(const struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];
	bool own = o->kind == OP_WRITE || o->kind == OP_READ;
	struct c_text base = own ? c_print("page[%u]", o->a.idx)
				 : c_print("(uint8_t *)window_addr(%u)", o->a.idx);

	if (o->kind == OP_WRITE || o->kind == OP_WRITE_MAP)
		fprintf(w->out, "    *(volatile uint16_t *)(%s + %u) = %u;\n", base.s,
			o->a.off & ~1u, o->len);
	else
		check(w, at, "value", c_print("*(volatile uint32_t *)(%s + %u)", base.s,
					   o->a.off & ~3u).s,
		      (long)w->expected->record[at].value);
}

void
xtf_write_one(struct xtf_writer *w, unsigned int at)
{
	const struct op *o = &w->program->ops[at];

	switch (o->kind) {
	case OP_GRANT:
	case OP_GRANT_REF:
		write_grant(w, at, o->flags & OPF_GRANT_RO ? "GTF_permit_access | GTF_readonly"
							   : "GTF_permit_access",
			    xtf_frame(o->b.idx));
		break;
	case OP_ACCEPT:
	case OP_ACCEPT_REF:
		write_grant(w, at, "GTF_accept_transfer", c_print("%u", o->b.idx + 1));
		break;
	case OP_QUERY:
	case OP_END_REF:
	case OP_TRY_END:
	case OP_END: write_end(w, at); break;
	case OP_END_TRANSFER:
	case OP_END_TRANSFER_REF: write_end_transfer(w, at); break;
	case OP_ENTRY:
	case OP_FLAGS: write_entry(w, at); break;
	case OP_PIN: write_pin(w, at); break;
	case OP_SETUP_TABLE:
	case OP_SET_VERSION:
	case OP_GET_VERSION:
	case OP_DUMP_TABLE: write_query(w, at); break;
	case OP_HYPERCALL: write_hypercall(w, at); break;
	case OP_WRITE:
	case OP_READ:
	case OP_WRITE_MAP:
	case OP_READ_MAP: write_memory(w, at); break;
	default: break;
	}
}

/* Whether the core does it without looking at the table or asking anybody. */
static bool
is_own_books(enum op_kind kind)
{
	return (kind >= OP_ALLOC && kind <= OP_CANCEL) || kind == OP_VERSION ||
	       kind == OP_MAX_FRAMES || kind == OP_FOREACH || kind == OP_TICK;
}

const char *
xtf_left_out(const struct xtf_writer *w, unsigned int at, unsigned int n)
{
	const struct op *o = &w->program->ops[at];
	unsigned int n_done = 0;

	for (unsigned int i = at; i < at + n; i++)
		n_done += w->expected->record[i].skip == SKIP_NOT;
	if (n_done == 0)
		return "not done: what it wants is not there";
	if (is_own_books((enum op_kind)o->kind))
		return "the guest's own books";
	if (o->kind <= OP_XLAT_FREE && w->expected->record[at].rc < 0)
		return "refused by the guest's own core";
	return NULL;
}
