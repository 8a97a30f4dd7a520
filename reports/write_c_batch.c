/* write_c_batch: the operations of which one hypercall does several. */
#include "reports/write_c_internal.h"

/* A hypercall being written, and one member of it: member `k' does operation `at' + i. */
struct writing {
	const struct c_writer *w;
	FILE *out;
	struct c_text d;	/* the actor, as C */
	const struct op *op;
	unsigned int i, k;
};

/* What the kinds differ in; fill writes a member, done what its answer comes to. */
struct batch_form {
	const char *type, *call;
	bool of_core;		/* a function of the core, or a plain hypercall */
	void (*fill)(const struct writing *o);
	void (*done)(const struct writing *o);
	void (*look)(const struct writing *o);	/* after all are done; or NULL */
};

/* ------------------------------------------------------------------ map, unmap, replace */

static void
fill_map(const struct writing *o)
{
	static const struct c_name names[] = {
		{ 1, "GNTMAP_host_map" }, { 2, "GNTMAP_device_map" }, { 4, "GNTMAP_readonly" },
		{ 8, "GNTMAP_application_map" }, { 16, "GNTMAP_contains_pte" },
	};
	unsigned int f = o->op->flags;
	unsigned int flags = (f & OPF_MAP_NOHOST ? 0 : 1) | (f & OPF_MAP_DEV ? 2 : 0) |
			     (f & OPF_MAP_RO ? 4 : 0) | (f & OPF_MAP_APP ? 8 : 0) |
			     (f & OPF_MAP_PTE ? 16 : 0);
	unsigned int where = f & OPF_MAP_PTE ? AT_WILD : op_where(o->op);
	struct c_text owner = c_owner(o->w, o->op, o->op->b.dom);

	fprintf(o->out, "\tgnttab_set_map_op(&op[%u], %s,\n\t\t%s,\n\t\t%s, %s);\n", o->k,
		c_where(o->op, where, o->op->a.idx).s, c_flags(names, 5, flags).s,
		c_ref(o->w, owner, o->op->b.idx).s, c_domid(o->w, o->op->b.dom).s);
}

static void
done_map(const struct writing *o)
{
	fprintf(o->out, "\tctest_mapped(&r[%u], rc, &op[%u]);\n", o->i, o->k);
}

static bool
is_mapping(const struct op *o)
{
	return o->a.idx < MAP_SLOTS;
}

static unsigned int
window_of(const struct op *o)
{
	return is_mapping(o) ? o->a.idx : 0;
}

static struct c_text
handle(const struct writing *o)
{
	struct c_text t;

	if (is_mapping(o->op))
		snprintf(t.s, sizeof(t.s), "%s.map[%u].%s", o->d.s, o->op->a.idx,
			 o->op->kind == OP_UNMAP && o->op->flags & OPF_UNMAP_STALE ? "stale"
										  : "handle");
	else
		snprintf(t.s, sizeof(t.s), o->op->a.idx == HANDLE_BAD ? "0x00ffffff"
								      : "0xffffffff");
	return t;
}

static void
fill_unmap(const struct writing *o)
{
	const unsigned int dev = OPF_UNMAP_DEV | OPF_UNMAP_WRONGDEV;
	unsigned int window = window_of(o->op);

	fprintf(o->out, "\tgnttab_set_unmap_op(&op[%u], %s, %s);\n", o->k,
		c_where(o->op, op_where(o->op), window).s, handle(o).s);
	if (o->op->flags & dev && is_mapping(o->op))
		fprintf(o->out, "\top[%u].dev_bus_addr = ctest_dev_bus_addr(&%s.map[%u], %s);\n",
			o->k, o->d.s, o->op->a.idx,
			o->op->flags & OPF_UNMAP_WRONGDEV ? "XEN_PAGE_SIZE" : "0");
}

static void
done_unmap(const struct writing *o)
{
	fprintf(o->out, "\tctest_unmapped(&r[%u], rc, &op[%u], %s);\n", o->i, o->k,
		o->op->flags & OPF_UNMAP_STALE ? "true" : "false");
}

static void
fill_replace(const struct writing *o)
{
	fprintf(o->out, "\top[%u] = (struct gnttab_unmap_and_replace){\n"
		"\t\t.host_addr = guest_window_addr(%s.arch, %u),\n"
		"\t\t.new_addr = guest_window_addr(%s.arch, %u),\n"
		"\t\t.handle = %s, .status = 1,\n\t};\n",
		o->k, o->d.s, window_of(o->op), o->d.s, o->op->b.idx, handle(o).s);
}

static void
done_replace(const struct writing *o)
{
	fprintf(o->out, "\tctest_replaced(&r[%u], rc, &op[%u]);\n", o->i, o->k);
}

/* ------------------------------------------------------------------ copy, transfer */

static void
fill_side(const struct writing *o, const char *name, const struct side *s)
{
	struct c_text owner = c_owner(o->w, o->op, s->dom);

	fprintf(o->out, "\t\t.%s = { .domid = %s, .offset = %u,\n\t\t\t", name,
		c_domid(o->w, s->dom).s, s->off);
	if (s->idx < SIDE_FRAME)
		fprintf(o->out, ".u.ref = %s },\n", c_ref(o->w, owner, s->idx).s);
	else
		fprintf(o->out, ".u.gmfn = %s },\n", c_frame(o->w, o->op, s->idx - SIDE_FRAME).s);
}

static void
fill_copy(const struct writing *o)
{
	static const struct c_name names[] = {
		{ 1, "GNTCOPY_source_gref" }, { 2, "GNTCOPY_dest_gref" },
	};
	unsigned int flags = (o->op->a.idx < SIDE_FRAME ? 1 : 0) |
			     (o->op->b.idx < SIDE_FRAME ? 2 : 0);

	fprintf(o->out, "\top[%u] = (struct gnttab_copy){\n", o->k);
	fill_side(o, "source", &o->op->a);
	fill_side(o, "dest", &o->op->b);
	fprintf(o->out, "\t\t.len = %u, .flags = %s, .status = 1,\n\t};\n", o->op->len,
		c_flags(names, 2, flags).s);
}

static void
view_side(const struct writing *o, unsigned int view, const struct side *s, const char *name)
{
	if (s->idx < SIDE_FRAME)
		fprintf(o->out, "\tctest_look(&r[%u], %u, &%s, op[%u].%s.u.ref);\n", o->i, view,
			c_owner(o->w, o->op, s->dom).s, o->k, name);
}

static void
answer_status(const struct writing *o)
{
	fprintf(o->out, "\tr[%u].rc = rc;\n\tr[%u].status = op[%u].status;\n", o->i, o->i, o->k);
}

static void
done_copy(const struct writing *o)
{
	answer_status(o);
	view_side(o, 0, &o->op->a, "source");
	view_side(o, 1, &o->op->b, "dest");
}

static void
fill_transfer(const struct writing *o)
{
	struct c_text owner = c_owner(o->w, o->op, o->op->b.dom);

	if (o->op->a.idx < PAGE_SLOTS && !(o->op->flags & OPF_TRANSFER_MAPPED))
		fprintf(o->out, "\tguest_page_unmap(%s.arch, %u);\n", o->d.s, o->op->a.idx);
	fprintf(o->out, "\top[%u] = (struct gnttab_transfer){\n\t\t.mfn = %s,\n"
		"\t\t.domid = %s, .ref = %s, .status = 1,\n\t};\n",
		o->k, c_frame(o->w, o->op, o->op->a.idx).s, c_domid(o->w, o->op->b.dom).s,
		c_ref(o->w, owner, o->op->b.idx).s);
}

static void
done_transfer(const struct writing *o)
{
	fprintf(o->out, "\tctest_sent(&r[%u], rc, &op[%u]);\n", o->i, o->k);
}

static void
look_transfer(const struct writing *o)
{
	fprintf(o->out, "\tctest_look(&r[%u], 0, &%s, op[%u].ref);\n", o->i,
		c_owner(o->w, o->op, o->op->b.dom).s, o->k);
}

/* ------------------------------------------------------------------ swap, cache_flush */

static void
fill_swap(const struct writing *o)
{
	fprintf(o->out, "\top[%u] = (struct gnttab_swap_grant_ref){\n"
		"\t\t.ref_a = %s, .ref_b = %s, .status = 1,\n\t};\n",
		o->k, c_ref(o->w, o->d, o->op->a.idx).s, c_ref(o->w, o->d, o->op->b.idx).s);
}

static void
done_swap(const struct writing *o)
{
	answer_status(o);
	for (unsigned int i = 0; i < 2; i++)
		fprintf(o->out, "\tguest_scribbled(%s.arch, op[%u].ref_%c);\n", o->d.s, o->k,
			'a' + (int)i);
	for (unsigned int i = 0; i < 2; i++)
		fprintf(o->out, "\tctest_look(&r[%u], %u, &%s, op[%u].ref_%c);\n", o->i, i, o->d.s,
			o->k, 'a' + (int)i);
}

static void
fill_cache_flush(const struct writing *o)
{
	static const struct c_name names[] = {
		{ OPF_FLUSH_CLEAN, "GNTTAB_CACHE_CLEAN" },
		{ OPF_FLUSH_INVAL, "GNTTAB_CACHE_INVAL" },
		{ OPF_FLUSH_GREF, "GNTTAB_CACHE_SOURCE_GREF" }, { OPF_FLUSH_ODD, "4" },
	};

	fprintf(o->out, "\top[%u] = (struct gnttab_cache_flush){\n"
		"\t\t.a.dev_bus_addr = %s << XEN_PAGE_SHIFT,\n"
		"\t\t.offset = %u, .length = %u,\n\t\t.op = %s,\n\t};\n",
		o->k, c_frame(o->w, o->op, o->op->a.idx).s, o->op->a.off, o->op->len,
		c_flags(names, 4, o->op->flags).s);
}

static void
done_cache_flush(const struct writing *o)
{
	fprintf(o->out, "\tr[%u].rc = rc;\n", o->i);
}

/* ------------------------------------------------------------------ any of them */

static const struct batch_form forms[OP_KINDS] = {
	[OP_MAP] = { "map_grant_ref", "map_refs", true, fill_map, done_map, NULL },
	[OP_UNMAP] = { "unmap_grant_ref", "unmap_refs", true, fill_unmap, done_unmap, NULL },
	[OP_REPLACE] = { "unmap_and_replace", "unmap_and_replace", false, fill_replace,
			 done_replace, NULL },
	[OP_COPY] = { "copy", "batch_copy", true, fill_copy, done_copy, NULL },
	[OP_TRANSFER] = { "transfer", "transfer", false, fill_transfer, done_transfer,
			  look_transfer },
	[OP_SWAP] = { "swap_grant_ref", "swap_grant_ref", false, fill_swap, done_swap, NULL },
	[OP_CACHE_FLUSH] = { "cache_flush", "cache_flush", false, fill_cache_flush,
			     done_cache_flush, NULL },
};

/* Have `write' write each member that is done.  Returns how many. */
static unsigned int
each(struct writing *o, unsigned int at, unsigned int n, void (*write)(const struct writing *o))
{
	o->k = 0;
	for (o->i = 0; o->i < n; o->i++) {
		o->op = &o->w->program->ops[at + o->i];
		if (!c_done(o->w, at + o->i))
			continue;
		if (write != NULL)
			write(o);
		o->k++;
	}
	return o->k;
}

void
c_write_batch(const struct c_writer *w, unsigned int at, unsigned int n)
{
	const struct op *first = &w->program->ops[at];
	const struct batch_form *form = &forms[first->kind];
	struct writing o = { w, w->out, c_actor(first), first, 0, 0 };
	unsigned int n_done = each(&o, at, n, NULL);

	if (n_done == 0)
		return;
	fprintf(w->out, "\tstruct gnttab_%s op[%u];\n\tint rc;\n\n", form->type, n_done);
	each(&o, at, n, form->fill);
	if (form->of_core)
		fprintf(w->out, "\trc = gnttab_%s(&%s.gt, op, %u);\n", form->call, o.d.s, n_done);
	else
		fprintf(w->out, "\trc = arch_grant_table_op(%s.arch, GNTTABOP_%s, op, %u);\n",
			o.d.s, form->call, n_done);
	each(&o, at, n, form->done);
	if (form->look != NULL)
		each(&o, at, n, form->look);
}
