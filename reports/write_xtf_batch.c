/* write_xtf_batch: the operations of an XTF test of which one hypercall does several. */
#include "reports/write_xtf_internal.h"

static struct c_text
where(const struct op *o, unsigned int own)
{
	unsigned int at = op_where(o);

	return c_print("window_addr(%u)%s", at == AT_OWN || at == AT_UNALIGNED ? own : at - AT_M0,
		    at == AT_UNALIGNED ? " + 8" : "");
}

static void
fill_map(const struct xtf_writer *w, const struct op *o)
{
	static const struct c_name names[] = {
		{ OPF_MAP_DEV, "GNTMAP_device_map" }, { OPF_MAP_RO, "GNTMAP_readonly" },
		{ OPF_MAP_APP, "GNTMAP_application_map" }, { OPF_MAP_PTE, "GNTMAP_contains_pte" },
	};
	bool pte = o->flags & OPF_MAP_PTE, host = !(o->flags & OPF_MAP_NOHOST);
	const unsigned int others = OPF_MAP_DEV | OPF_MAP_RO | OPF_MAP_APP | OPF_MAP_PTE;
	struct c_text flags = c_flags(names, 4, o->flags);

	if (host && !(o->flags & others))
		flags = c_print("GNTMAP_host_map");
	fprintf(w->out, "        { .host_addr = %s,\n          .flags = %s%s,\n"
		"          .ref = %s, .dom = %s },\n",
		pte ? "0xffff830000000000UL /* Xen's own */" : where(o, o->a.idx).s,
		host && o->flags & others ? "GNTMAP_host_map | " : "", flags.s,
		xtf_ref(w, o->b.idx).s, xtf_domid(o->b.dom).s);
}

static struct c_text
handle_of(const struct op *o)
{
	if (o->a.idx >= MAP_SLOTS)
		return c_print(o->a.idx == HANDLE_BAD ? "0x00ffffff" : "0xffffffff");
	if (o->kind == OP_UNMAP && o->flags & OPF_UNMAP_STALE)
		return c_print("stale[%u]", o->a.idx);
	return c_print("handle[%u]", o->a.idx);
}

static unsigned int
own_window(const struct op *o)
{
	return o->a.idx < MAP_SLOTS ? o->a.idx : 0;
}

static void
fill_unmap(const struct xtf_writer *w, const struct op *o)
{
	bool wrong = o->flags & OPF_UNMAP_WRONGDEV, dev = wrong || o->flags & OPF_UNMAP_DEV;

	fprintf(w->out, "        { .host_addr = %s, .handle = %s", where(o, own_window(o)).s,
		handle_of(o).s);
	if (dev && o->a.idx < MAP_SLOTS)
		fprintf(w->out, ",\n              .dev_bus_addr = bus[%u]%s", o->a.idx,
			wrong ? " + PAGE_SIZE" : "");
	fputs(" },\n", w->out);
}

static void
fill_side(const struct xtf_writer *w, const char *name, const struct side *s)
{
	fprintf(w->out, "          .%s = { .domid = %s, .offset = %u, ", name,
		xtf_domid(s->dom).s, s->off);
	if (s->idx < SIDE_FRAME)
		fprintf(w->out, ".u.ref = %s },\n", xtf_ref(w, s->idx).s);
	else
		fprintf(w->out, ".u.gmfn = %s },\n", xtf_frame(s->idx - SIDE_FRAME).s);
}

static void
fill_copy(const struct xtf_writer *w, const struct op *o)
{
	static const struct c_name names[] = {
		{ 1, "GNTCOPY_source_gref" }, { 2, "GNTCOPY_dest_gref" },
	};
	unsigned int flags = (o->a.idx < SIDE_FRAME ? 1 : 0) | (o->b.idx < SIDE_FRAME ? 2 : 0);

	fprintf(w->out, "        { .len = %u, .flags = %s,\n", o->len,
		c_flags(names, 2, flags).s);
	fill_side(w, "source", &o->a);
	fill_side(w, "dest", &o->b);
	fputs("        },\n", w->out);
}

static void
fill_other(const struct xtf_writer *w, const struct op *o)
{
	if (o->kind == OP_REPLACE)
		fprintf(w->out, "        { .host_addr = window_addr(%u), .new_addr = "
			"window_addr(%u), .handle = %s },\n",
			own_window(o), o->b.idx, handle_of(o).s);
	else if (o->kind == OP_SWAP)
		fprintf(w->out, "        { .ref_a = %s, .ref_b = %s },\n",
			xtf_ref(w, o->a.idx).s, xtf_ref(w, o->b.idx).s);
	else
		fprintf(w->out, "        { .a.dev_bus_addr = (uint64_t)%s << PAGE_SHIFT,\n"
			"          .offset = %u, .length = %u, .op = %u },\n",
			xtf_frame(o->a.idx).s, o->a.off, o->len,
			(o->flags & OPF_FLUSH_CLEAN ? GNTTAB_CACHE_CLEAN : 0) |
			(o->flags & OPF_FLUSH_INVAL ? GNTTAB_CACHE_INVAL : 0) |
			(o->flags & OPF_FLUSH_GREF ? GNTTAB_CACHE_SOURCE_GREF : 0) |
			(o->flags & OPF_FLUSH_ODD ? 4u : 0));
}

static void
fill(const struct xtf_writer *w, const struct op *o)
{
	switch (o->kind) {
	case OP_MAP: fill_map(w, o); break;
	case OP_UNMAP: fill_unmap(w, o); break;
	case OP_COPY: fill_copy(w, o); break;
	default: fill_other(w, o); break;
	}
}

/* What an answer is kept of, and that it is as expected. */
static void
done(const struct xtf_writer *w, unsigned int at, unsigned int k)
{
	const struct op *o = &w->program->ops[at];
	struct c_text status = c_print("op[%u].status", k);

	xtf_check_rc(w, at, "rc");
	if (o->kind != OP_CACHE_FLUSH)
		xtf_check_status(w, at, status.s);
	if (o->kind == OP_MAP)
		fprintf(w->out, "    if ( !rc && op[%u].status == GNTST_okay )\n    {\n"
			"        handle[%u] = op[%u].handle;\n"
			"        bus[%u] = op[%u].dev_bus_addr;\n    }\n",
			k, o->a.idx, k, o->a.idx, k);
	if (o->kind == OP_UNMAP && o->a.idx < MAP_SLOTS &&
	    w->expected->record[at].status == GNTST_okay)
		fprintf(w->out, "    stale[%u] = handle[%u];\n", o->a.idx, o->a.idx);
	if (o->kind == OP_MAP)
		xtf_write_look(w, at, 0, o->b.idx);
	if ((o->kind == OP_COPY && o->a.idx < SIDE_FRAME) || o->kind == OP_SWAP)
		xtf_write_look(w, at, 0, o->a.idx);
	if ((o->kind == OP_COPY && o->b.idx < SIDE_FRAME) || o->kind == OP_SWAP)
		xtf_write_look(w, at, 1, o->b.idx);
}

void
xtf_write_batch(struct xtf_writer *w, unsigned int at, unsigned int n)
{
	static const char *const calls[OP_KINDS] = {
		[OP_MAP] = "map_grant_ref", [OP_UNMAP] = "unmap_grant_ref",
		[OP_REPLACE] = "unmap_and_replace", [OP_COPY] = "copy",
		[OP_SWAP] = "swap_grant_ref", [OP_CACHE_FLUSH] = "cache_flush",
	};
	const char *call = calls[w->program->ops[at].kind];
	unsigned int k = 0;

	fprintf(w->out, "    struct gnttab_%s op[] = {\n", call);
	for (unsigned int i = at; i < at + n; i++)
		if (w->expected->record[i].skip == SKIP_NOT)
			fill(w, &w->program->ops[i]);
	fprintf(w->out, "    };\n"
		"    int rc = hypercall_grant_table_op(GNTTABOP_%s, op,\n"
		"                                      sizeof(op) / sizeof(op[0]));\n\n", call);
	for (unsigned int i = at; i < at + n; i++)
		if (w->expected->record[i].skip == SKIP_NOT)
			done(w, i, k++);
}
