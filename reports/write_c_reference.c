/* write_c_reference: the operations that are functions of the core. */
#include "reports/write_c_internal.h"

/* One operation being written: its operands, as C. */
struct writing {
	const struct c_writer *w;
	FILE *out;
	const struct op *op;
	struct c_text d;	/* the actor */
	struct c_text ref;	/* operand a, if it is a reference */
};

static void
look(const struct writing *o)
{
	fprintf(o->out, "\tctest_look(r, 0, &%s, %s);\n", o->d.s, o->ref.s);
}

/* Slot a has a new reference; a transfer to it lands in the page slot `landing'. */
static void
hold(const struct writing *o, unsigned int landing)
{
	fprintf(o->out, "\tif (r->rc > 0)\n\t\tinterp_hold(&%s, %u, (grant_ref_t)r->rc, %u);\n",
		o->d.s, o->op->a.idx, landing);
}

static void
write_grant(const struct writing *o)
{
	bool by_number = o->op->kind == OP_GRANT_REF;

	fprintf(o->out, "\tr->rc = gnttab_grant_foreign_access%s(&%s.gt, %s%s%s,\n\t\t%s, %s);\n",
		by_number ? "_ref" : "", o->d.s, by_number ? o->ref.s : "", by_number ? ", " : "",
		c_domid(o->w, o->op->b.dom).s, c_frame(o->w, o->op, o->op->b.idx).s,
		o->op->flags & OPF_GRANT_RO ? "true" : "false");
	if (!by_number)
		hold(o, 0);
	look(o);
}

static void
write_accept(const struct writing *o)
{
	bool by_number = o->op->kind == OP_ACCEPT_REF;

	fprintf(o->out, "\tr->rc = gnttab_grant_foreign_transfer%s(&%s.gt, %s%s%s,\n"
		"\t\tguest_page_pfn(%s.arch, %u));\n",
		by_number ? "_ref" : "", o->d.s, by_number ? o->ref.s : "", by_number ? ", " : "",
		c_domid(o->w, o->op->b.dom).s, o->d.s, o->op->b.idx);
	if (!by_number)
		hold(o, o->op->b.idx);
	else if (o->op->a.idx < REF_SLOTS)
		fprintf(o->out, "\tif (r->rc == 0)\n\t\t%s.landing[%u] = %u;\n", o->d.s,
			o->op->a.idx, o->op->b.idx);
	look(o);
}

static void
write_end(const struct writing *o)
{
	if (!(o->op->flags & OPF_END_PAGE)) {
		fprintf(o->out, "\tr->rc = gnttab_end_foreign_access(&%s.gt, %s, 0);\n", o->d.s,
			o->ref.s);
	} else {
		fprintf(o->out, "\tuintptr_t page = guest_page_park(%s.arch, %u);\n\n"
			"\tr->rc = gnttab_end_foreign_access(&%s.gt, %s, page);\n"
			"\tif (r->rc < 0 && r->rc != -XEN_ENOMEM)\n"
			"\t\tarch_page_put(%s.arch, page);\n",
			o->d.s, o->op->b.idx, o->d.s, o->ref.s, o->d.s);
	}
	fprintf(o->out, "\tr->value = guest_pages_put(%s.arch);\n", o->d.s);
	look(o);
}

static void
write_end_transfer(const struct writing *o)
{
	struct c_text landing = { "0" };

	if (o->op->a.idx < REF_SLOTS)
		snprintf(landing.s, sizeof(landing.s), "%s.landing[%u]", o->d.s, o->op->a.idx);
	fprintf(o->out, "\tint64_t frame = gnttab_end_foreign_transfer%s(&%s.gt, %s);\n\n"
		"\tr->rc = frame > 0 ? 1 : (int)frame;\n"
		"\tif (frame > 0)\n"
		"\t\tr->value = guest_page_take(%s.arch, %s, (uint64_t)frame) ? %s : 0xff;\n",
		o->op->kind == OP_END_TRANSFER ? "" : "_ref", o->d.s, o->ref.s, o->d.s, landing.s,
		landing.s);
	look(o);
}

static void
write_chain(const struct writing *o)
{
	unsigned int c = o->op->a.idx;

	if (o->op->kind == OP_ALLOC)
		fprintf(o->out, "\tr->rc = gnttab_alloc_grant_references(&%s.gt, %u, "
			"&%s.chain[%u]);\n",
			o->d.s, o->op->len, o->d.s, c);
	else if (o->op->kind == OP_EMPTY)
		fprintf(o->out, "\tr->rc = gnttab_empty_grant_references(&%s.chain[%u]);\n", o->d.s,
			c);
	else
		fprintf(o->out, "\tr->rc = gnttab_free_grant_references(&%s.gt, %s.chain[%u]);\n"
			"\t%s.chain[%u] = INVALID_GRANT_REF;\n",
			o->d.s, o->d.s, c, o->d.s, c);
}

/* A reference moves between its slot, a chain and the free list. */
static void
write_move(const struct writing *o)
{
	unsigned int c = o->op->b.idx;

	if (o->op->kind == OP_CLAIM) {
		fprintf(o->out, "\tr->rc = gnttab_claim_grant_reference(&%s.gt, &%s.chain[%u]);\n",
			o->d.s, o->d.s, c);
		hold(o, 0);
	} else if (o->op->kind == OP_RELEASE) {
		fprintf(o->out, "\tr->rc = gnttab_release_grant_reference(&%s.gt, &%s.chain[%u], "
			"%s);\n",
			o->d.s, o->d.s, c, o->ref.s);
	} else {
		fprintf(o->out, "\tr->rc = gnttab_free_grant_reference(&%s.gt, %s);\n", o->d.s,
			o->ref.s);
	}
	look(o);
}

static void
write_callback(const struct writing *o)
{
	unsigned int k = o->op->a.idx;

	if (o->op->kind == OP_CANCEL)
		fprintf(o->out, "\tgnttab_cancel_free_callback(&%s.gt, &%s.callback[%u].cb);\n",
			o->d.s, o->d.s, k);
	else
		fprintf(o->out, "\tgnttab_request_free_callback(&%s.gt, &%s.callback[%u].cb, "
			"interp_fired,\n\t\t&%s.callback[%u], %u);\n",
			o->d.s, o->d.s, k, o->d.s, k, o->op->len);
	fputs("\t(void)r;\n", o->out);
}

static void
write_foreach(const struct writing *o)
{
	fprintf(o->out, "\tstruct interp_ranges seen = { 0, 0 };\n\n"
		"\tgnttab_foreach_grant(%u, %u, %u, interp_range_seen, &seen);\n"
		"\tr->rc = seen.n;\n\tr->value = seen.sum;\n",
		1000u + o->op->a.idx, o->op->a.off, o->op->len);
}

static void
write_xlat_setup(const struct writing *o)
{
	fprintf(o->out, "\tr->rc = gnttab_setup_auto_xlat_frames(&%s.gt, %s.arch, ", o->d.s,
		o->d.s);
	if (o->op->len == 0)
		fputs("0);\n", o->out);
	else
		fprintf(o->out, "guest_table_addr(%s.arch)%s);\n", o->d.s,
			o->op->len == 2 ? " + 8" : "");
}

/* Those whose only argument is the table, or a number too. */
static void
write_table(const struct writing *o)
{
	static const char *const name[OP_KINDS] = {
		[OP_QUERY] = "query_foreign_access", [OP_END_REF] = "end_foreign_access_ref",
		[OP_TRY_END] = "try_end_foreign_access", [OP_TICK] = "deferred_tick",
		[OP_SUSPEND] = "suspend", [OP_RESUME] = "resume",
		[OP_VERSION] = "request_version", [OP_MAX_FRAMES] = "max_grant_frames",
		[OP_XLAT_FREE] = "free_auto_xlat_frames",
	};
	enum op_kind kind = (enum op_kind)o->op->kind;
	bool of_ref = kind == OP_QUERY || kind == OP_END_REF || kind == OP_TRY_END;

	fprintf(o->out, "\tr->rc = %sgnttab_%s(&%s.gt", kind == OP_MAX_FRAMES ? "(int)" : "",
		name[kind], o->d.s);
	if (of_ref)
		fprintf(o->out, ", %s", o->ref.s);
	else if (kind == OP_VERSION)
		fprintf(o->out, ", %u", o->op->len);
	fputs(");\n", o->out);
	if (kind == OP_TICK)
		fprintf(o->out, "\tr->value = guest_pages_put(%s.arch);\n", o->d.s);
	if (of_ref)
		look(o);
}

void
c_write_reference(const struct c_writer *w, unsigned int at)
{
	const struct op *op = &w->program->ops[at];
	struct writing o = { w, w->out, op, c_actor(op), { "" } };

	o.ref = c_ref(w, o.d, op->a.idx);
	switch (op->kind) {
	case OP_GRANT:
	case OP_GRANT_REF: write_grant(&o); break;
	case OP_ACCEPT:
	case OP_ACCEPT_REF: write_accept(&o); break;
	case OP_END: write_end(&o); break;
	case OP_END_TRANSFER:
	case OP_END_TRANSFER_REF: write_end_transfer(&o); break;
	case OP_ALLOC:
	case OP_EMPTY:
	case OP_FREE_CHAIN: write_chain(&o); break;
	case OP_CLAIM:
	case OP_RELEASE:
	case OP_FREE: write_move(&o); break;
	case OP_CALLBACK:
	case OP_CANCEL: write_callback(&o); break;
	case OP_FOREACH: write_foreach(&o); break;
	case OP_XLAT_SETUP: write_xlat_setup(&o); break;
	default: write_table(&o); break;
	}
}
