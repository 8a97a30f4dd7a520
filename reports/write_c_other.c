/* write_c_other: the table behind the core's back, single hypercalls, memory and faults. */
#include "reports/write_c_internal.h"

#define A(o) ((o)->d.s)		/* the actor, as C */

struct writing {
	const struct c_writer *w;
	FILE *out;
	const struct op *op;
	struct c_text d;	/* the actor */
};

static void
write_pin(const struct writing *o)
{
	struct c_text owner = c_owner(o->w, o->op, o->op->b.dom);
	struct c_text ref = c_ref(o->w, owner, o->op->b.idx);

	fprintf(o->out, "\tstatic struct gnttab_map_grant_ref op[PINS_MAX];\n\n"
		"\tfor (int i = 0; i < %u; i++)\n"
		"\t\tgnttab_set_map_op(&op[i], 0, GNTMAP_device_map%s, %s,\n\t\t\t%s);\n"
		"\tctest_pinned(r, arch_grant_table_op(%s.arch, GNTTABOP_map_grant_ref, op, %u), "
		"op);\n"
		"\tctest_look(r, 0, &%s, %s);\n",
		o->op->len, o->op->flags & OPF_MAP_RO ? " | GNTMAP_readonly" : "", ref.s,
		c_domid(o->w, o->op->b.dom).s, A(o), o->op->len, owner.s, ref.s);
}

/* The actor stores into its own entry, as a guest may at any time. */
static void
write_entry(const struct writing *o)
{
	struct c_text ref = c_ref(o->w, o->d, o->op->a.idx);

	fprintf(o->out, "\tstruct grant_entry_v1 *e = &%s.gt.shared[%s];\n\n", A(o), ref.s);
	if (o->op->kind == OP_ENTRY)
		fprintf(o->out, "\tarch_store32(&e->frame, (uint32_t)%s);\n"
			"\tarch_store16(&e->domid, %s);\n",
			c_frame(o->w, o->op, o->op->b.idx).s, c_domid(o->w, o->op->b.dom).s);
	fprintf(o->out, "\tarch_store16_release(&e->flags, 0x%x);\n"
		"\tguest_scribbled(%s.arch, %s);\n\tctest_look(r, 0, &%s, %s);\n",
		o->op->len, A(o), ref.s, A(o), ref.s);
}

/* One operation in `op', and its status if the kind has one. */
static void
write_call(const struct writing *o, const char *command, bool has_status)
{
	fprintf(o->out, "\tr->rc = arch_grant_table_op(%s.arch, GNTTABOP_%s, &op, 1);\n", A(o),
		command);
	if (has_status)
		fputs("\tr->status = op.status;\n", o->out);
}

/* setup_table, get_status: a list of frames, or an address that is bad on purpose. */
static void
write_list(const struct writing *o)
{
	bool setup = o->op->kind == OP_SETUP_TABLE;
	const char *type = setup ? "xen_pfn_t" : "uint64_t", *bad = NULL;

	if (o->op->flags & OPF_LIST_WILD)
		bad = "GUEST_ADDR_WILD";
	else if (o->op->flags & OPF_LIST_HOLE)
		bad = "GUEST_ADDR_HOLE";
	if (bad == NULL)
		fprintf(o->out, "\t%s list[16];\n", type);
	fprintf(o->out, "\tstruct gnttab_%s op = {\n"
		"\t\t.dom = %s, .nr_frames = %u, .status = 1,\n\t};\n\n",
		setup ? "setup_table" : "get_status_frames", c_domid(o->w, o->op->a.dom).s,
		o->op->len);
	if (bad == NULL)
		fprintf(o->out, "\tmemset(list, 0xff, sizeof(list));\n"
			"\tset_xen_guest_handle(op.frame_list, list);\n");
	else
		fprintf(o->out, "\tset_xen_guest_handle(op.frame_list, (%s *)(uintptr_t)\n"
			"\t\tguest_bad_addr(%s.arch, %s, 0));\n",
			type, A(o), bad);
	write_call(o, setup ? "setup_table" : "get_status_frames", true);
	if (setup && bad == NULL)
		fputs("\tfor (int i = 0; i < 16; i++)\n"
		      "\t\tr->value += list[i] != GUEST_FRAME_NONE;\n",
		      o->out);
}

/* The hypercalls whose operation holds a domain or a version. */
static void
write_query(const struct writing *o)
{
	struct c_text dom = c_domid(o->w, o->op->a.dom);

	switch (o->op->kind) {
	case OP_QUERY_SIZE:
		fprintf(o->out, "\tstruct gnttab_query_size op = { .dom = %s, .status = 1 };\n\n",
			dom.s);
		write_call(o, "query_size", true);
		fputs("\tif (r->rc == 0 && op.status == GNTST_okay)\n"
		      "\t\tr->value = op.nr_frames + (op.max_nr_frames << 16);\n",
		      o->out);
		break;
	case OP_SET_VERSION:
		fprintf(o->out, "\tstruct gnttab_set_version op = { .version = %u };\n\n",
			o->op->len);
		write_call(o, "set_version", false);
		fputs("\tr->value = op.version;\n", o->out);
		break;
	case OP_GET_VERSION:
		fprintf(o->out, "\tstruct gnttab_get_version op = { .dom = %s };\n\n", dom.s);
		write_call(o, "get_version", false);
		fputs("\tr->value = op.version;\n", o->out);
		break;
	default:
		fprintf(o->out, "\tstruct gnttab_dump_table op = { .dom = %s, .status = 1 };\n\n",
			dom.s);
		write_call(o, "dump_table", false);
		break;
	}
}

static void
write_add_to_physmap(const struct writing *o)
{
	bool translated = o->w->program->header.hvm >> o->op->actor & 1;

	fprintf(o->out, "\tstruct xen_add_to_physmap op = {\n"
		"\t\t.domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .idx = %u%s,\n",
		o->op->len, o->op->flags & OPF_PHYSMAP_STATUS ? " | 1u << 31" : "");
	if (translated)
		fprintf(o->out, "\t\t.gpfn = (guest_table_addr(%s.arch) >> XEN_PAGE_SHIFT) + %u,\n",
			A(o), o->op->len);
	fprintf(o->out, "\t};\n\n"
		"\tr->rc = arch_memory_op(%s.arch, XENMEM_add_to_physmap, &op);\n", A(o));
}

/* A call that is wrong before any operation is looked at. */
static void
write_hypercall(const struct writing *o)
{
	bool wild = o->op->a.idx == CALL_WILD, hole = o->op->a.idx == CALL_HOLE;

	if (wild || hole) {
		fprintf(o->out, "\tr->rc = arch_grant_table_op(%s.arch, %u, (void *)(uintptr_t)\n"
			"\t\tguest_bad_addr(%s.arch, %s, 0), 1);\n",
			A(o), o->op->len, A(o), wild ? "GUEST_ADDR_WILD" : "GUEST_ADDR_HOLE");
		return;
	}
	fprintf(o->out, "\tuint64_t zeroes[8] = { 0 };\n\n"
		"\tr->rc = arch_grant_table_op(%s.arch, %u%s, zeroes, %s);\n", A(o), o->op->len,
		o->op->a.idx == CALL_CONTINUED ? " | 1u << 12" : "",
		o->op->a.idx == CALL_NEGATIVE ? "0x80000000u" : "0");
}

/* Bytes of a page, or through a window. */
static void
write_memory(const struct writing *o)
{
	enum op_kind kind = (enum op_kind)o->op->kind;
	bool write = kind == OP_WRITE || kind == OP_WRITE_MAP;
	const char *where = kind == OP_WRITE || kind == OP_READ ? "page" : "window";

	if (write)
		fprintf(o->out, "\tctest_write_%s(r, %u, %u, %u);\n", where, o->op->a.idx,
			o->op->a.off & ~1u, o->op->len);
	else
		fprintf(o->out, "\tctest_read_%s(r, %u, %u);\n", where, o->op->a.idx,
			o->op->a.off & ~3u);
}

static void
write_fault(const struct writing *o)
{
	unsigned int a = o->op->a.idx, n = o->op->len;

	switch (o->op->kind) {
	case OP_FILL:
		fprintf(o->out, "\tif (guest_page_frame(%s.arch, %u) != GUEST_FRAME_NONE)\n"
			"\t\tctest_skipped(r, SKIP_SLOT_EMPTY);\n"
			"\telse if (!guest_page_fill(%s.arch, %u))\n"
			"\t\tr->rc = -XEN_ENOMEM;\n",
			A(o), a, A(o), a);
		break;
	case OP_PAGE_OUT:
		fprintf(o->out, "\tctest_rare(r, guest_page_out(%s.arch, %u, %u));\n", A(o), a,
			n);
		break;
	case OP_WIDEN:
		fprintf(o->out, "\tctest_rare(r, guest_page_widen(%s.arch, %u));\n", A(o), a);
		break;
	default:
		fprintf(o->out, "\tguest_fail_%s(%s.arch, %u);\n\t(void)r;\n",
			o->op->kind == OP_FAIL_ALLOC ? "alloc" : "hypercall", A(o), n);
		break;
	}
}

void
c_write_other(const struct c_writer *w, unsigned int at)
{
	const struct op *op = &w->program->ops[at];
	const struct writing o = { w, w->out, op, c_actor(op) };

	switch (op->kind) {
	case OP_PIN: write_pin(&o); break;
	case OP_ENTRY:
	case OP_FLAGS: write_entry(&o); break;
	case OP_SETUP_TABLE:
	case OP_GET_STATUS: write_list(&o); break;
	case OP_QUERY_SIZE:
	case OP_SET_VERSION:
	case OP_GET_VERSION:
	case OP_DUMP_TABLE: write_query(&o); break;
	case OP_ADD_TO_PHYSMAP: write_add_to_physmap(&o); break;
	case OP_HYPERCALL: write_hypercall(&o); break;
	case OP_WRITE:
	case OP_READ:
	case OP_WRITE_MAP:
	case OP_READ_MAP: write_memory(&o); break;
	default: write_fault(&o); break;
	}
}
