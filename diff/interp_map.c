/* map, unmap, replace: the operations on mappings. */
#include "diff/interp_internal.h"

/* Keep those members that `fill` prepares; it is told the place each will have. */
static void
keep_filled(struct batch *b, bool (*fill)(struct doing *w, unsigned int place, void *ctx),
	    void *ctx)
{
	for (unsigned int i = 0; i < b->n;)
		if (fill(&b->member[i], i, ctx))
			i++;
		else
			batch_leave_out(b, i);
}

/* ------------------------------------------------------------------ map */

struct map_call {
	struct gnttab_map_grant_ref ops[OP_BATCH_MAX];
	uint8_t names, windows;		/* used by earlier members, or branches */
};

static bool
fill_map(struct doing *w, unsigned int place, void *ctx)
{
	struct map_call *c = ctx;
	const struct op *o = w->op;
	const struct interp_map *m = &w->d->map[o->a.idx];
	bool host = !(o->flags & OPF_MAP_NOHOST), pte = o->flags & OPF_MAP_PTE;
	unsigned int at = op_where(o), window = host ? interp_window(at, o->a.idx) : MAP_SLOTS;
	uint32_t flags = (host ? GNTMAP_host_map : 0) |
			 (o->flags & OPF_MAP_DEV ? GNTMAP_device_map : 0) |
			 (o->flags & OPF_MAP_RO ? GNTMAP_readonly : 0) |
			 (o->flags & OPF_MAP_APP ? GNTMAP_application_map : 0) |
			 (pte ? GNTMAP_contains_pte : 0);

	if (at == AT_ZERO && host && !pte && arch_translated(w->d->arch))
		return interp_skip(w, SKIP_LANE);
	if (m->host || m->dev || c->names >> o->a.idx & 1)
		return interp_skip(w, SKIP_MAP_LIVE);
	if (window < MAP_SLOTS && (w->d->window_used | c->windows) >> window & 1)
		return interp_skip(w, SKIP_MAP_LIVE);
	c->names |= (uint8_t)(1u << o->a.idx);
	if (window < MAP_SLOTS)
		c->windows |= (uint8_t)(1u << window);
	gnttab_set_map_op(&c->ops[place], interp_addr(w->d, pte ? AT_WILD : at, o->a.idx), flags,
			  interp_ref(w->in, interp_owner(w, o->b.dom), o->b.idx),
			  interp_domid(w->in, o->b.dom));
	return true;
}

/* Handles have been given out: a stale one may be in use again. */
static void
forget_stale(struct interp_domain *d)
{
	for (unsigned int i = 0; i < MAP_SLOTS; i++)
		d->map[i].stale_ok = false;
}

void
interp_mapped(struct doing *w, const struct gnttab_map_grant_ref *op)
{
	struct interp_map *m = &w->d->map[w->op->a.idx];
	struct interp_domain *granter = interp_owner(w, w->op->b.dom);
	unsigned int window = interp_window(op_where(w->op), w->op->a.idx), slot;

	forget_stale(w->d);
	m->handle = op->handle;
	m->dev_bus_addr = op->dev_bus_addr;
	m->ref = op->ref;
	m->granter = (uint8_t)(granter - w->in->domain);
	m->host = op->flags & GNTMAP_host_map;
	m->dev = op->flags & GNTMAP_device_map;
	if (m->host && window < MAP_SLOTS)
		w->d->window_used |= (uint8_t)(1u << window);
	if (!arch_translated(granter->arch) &&
	    guest_frame_slot(granter->arch, op->dev_bus_addr >> XEN_PAGE_SHIFT, &slot))
		w->r->value = slot;
}

void
interp_do_map(struct batch *b)
{
	struct map_call c;
	int rc;

	c.names = b->member[0].in->maps_claimed;
	c.windows = b->member[0].in->windows_claimed;
	keep_filled(b, fill_map, &c);
	if (b->n == 0)
		return;
	rc = gnttab_map_refs(b->member[0].d->core, c.ops, b->n);
	for (unsigned int i = 0; i < b->n; i++) {
		struct doing *w = &b->member[i];

		w->r->rc = rc;
		w->r->status = c.ops[i].status;
		w->r->value = 0xff;
		if (c.ops[i].status == GNTST_okay)
			interp_mapped(w, &c.ops[i]);
		interp_view(w, 0, interp_owner(w, w->op->b.dom), c.ops[i].ref);
	}
}

void
interp_pinned(struct doing *w, const struct gnttab_map_grant_ref *ops)
{
	w->r->status = GNTST_okay;
	for (unsigned int i = 0; i < w->op->len; i++)
		if (ops[i].status == GNTST_okay)
			w->r->value++;
		else if (w->r->status == GNTST_okay)
			w->r->status = ops[i].status;
	if (w->r->value > 0)
		forget_stale(w->d);
}

/* Many device mappings of one reference, for which the program has no names: they stay. */
void
interp_do_pin(struct doing *w)
{
	struct gnttab_map_grant_ref ops[PINS_MAX];
	uint32_t flags = GNTMAP_device_map | (w->op->flags & OPF_MAP_RO ? GNTMAP_readonly : 0);
	struct interp_domain *granter = interp_owner(w, w->op->b.dom);
	grant_ref_t ref = interp_ref(w->in, granter, w->op->b.idx);

	ARCH_ASSERT(w->op->len <= PINS_MAX);
	for (unsigned int i = 0; i < w->op->len; i++)
		gnttab_set_map_op(&ops[i], 0, flags, ref, interp_domid(w->in, w->op->b.dom));
	w->r->rc = arch_grant_table_op(w->d->arch, GNTTABOP_map_grant_ref, ops, w->op->len);
	interp_pinned(w, ops);
	interp_view(w, 0, granter, ref);
}

/* ------------------------------------------------------------------ unmap, replace */

/* The mapping that a handle operand names, or NULL for a bad handle. */
static struct interp_map *
named(const struct doing *w)
{
	return w->op->a.idx < MAP_SLOTS ? &w->d->map[w->op->a.idx] : NULL;
}

static unsigned int
own_window(const struct doing *w)
{
	return w->op->a.idx < MAP_SLOTS ? w->op->a.idx : 0;
}

static grant_handle_t
handle_of(const struct doing *w)
{
	const struct interp_map *m = named(w);

	if (m != NULL)
		return m->handle;
	return w->op->a.idx == HANDLE_BAD ? 0x00ffffffu : 0xffffffffu;
}

static uint64_t
dev_addr(const struct doing *w)
{
	const struct interp_map *m = named(w);

	if (m == NULL || m->granter == VIEW_NONE)
		return 0;
	if (w->op->flags & OPF_UNMAP_WRONGDEV)
		return m->dev_bus_addr + XEN_PAGE_SIZE;
	return w->op->flags & OPF_UNMAP_DEV ? m->dev_bus_addr : 0;
}

static bool
fill_unmap(struct doing *w, unsigned int place, void *ctx)
{
	struct gnttab_unmap_grant_ref *ops = ctx;
	const struct interp_map *m = named(w);
	grant_handle_t handle = handle_of(w);

	if (w->op->flags & OPF_UNMAP_STALE) {
		if (m == NULL || !m->stale_ok)
			return interp_skip(w, SKIP_NO_MAPPING);
		handle = m->stale;
	}
	gnttab_set_unmap_op(&ops[place], interp_addr(w->d, op_where(w->op), own_window(w)), handle);
	ops[place].dev_bus_addr = dev_addr(w);
	return true;
}

static void
forget_if_gone(struct interp_map *m)
{
	if (m->host || m->dev || m->handle == INVALID_GRANT_HANDLE)
		return;
	m->stale = m->handle;
	m->stale_ok = true;
	m->handle = INVALID_GRANT_HANDLE;
}

void
interp_unmapped(struct doing *w, const struct gnttab_unmap_grant_ref *op)
{
	unsigned int window = interp_window(op_where(w->op), own_window(w));
	struct interp_map *m = named(w);

	if (m == NULL)
		return;
	if (m->host && op->host_addr != 0) {
		m->host = false;
		if (window < MAP_SLOTS)
			w->d->window_used &= (uint8_t)~(1u << window);
	}
	if (op->dev_bus_addr != 0)
		m->dev = false;
	forget_if_gone(m);
}

void
interp_view_mapped(struct doing *w)
{
	const struct interp_map *m = named(w);

	if (m != NULL && m->granter != VIEW_NONE)
		interp_view(w, 0, &w->in->domain[m->granter], m->ref);
}

void
interp_do_unmap(struct batch *b)
{
	struct gnttab_unmap_grant_ref ops[OP_BATCH_MAX];
	int rc;

	keep_filled(b, fill_unmap, ops);
	if (b->n == 0)
		return;
	rc = gnttab_unmap_refs(b->member[0].d->core, ops, b->n);
	for (unsigned int i = 0; i < b->n; i++) {
		struct doing *w = &b->member[i];

		w->r->rc = rc;
		w->r->status = ops[i].status;
		if (ops[i].status == GNTST_okay && !(w->op->flags & OPF_UNMAP_STALE))
			interp_unmapped(w, &ops[i]);
		interp_view_mapped(w);
	}
}

void
interp_replaced(struct doing *w)
{
	struct interp_map *m = named(w);
	uint8_t to = (uint8_t)(1u << own_window(w)), from = (uint8_t)(1u << w->op->b.idx);
	bool used = w->d->window_used & from;

	if (m == NULL || !m->host)
		return;
	m->host = false;
	w->d->window_used &= (uint8_t)~(from | to);
	if (used)
		w->d->window_used |= to;
	forget_if_gone(m);
}

void
interp_do_replace(struct batch *b)
{
	struct gnttab_unmap_and_replace ops[OP_BATCH_MAX];
	int rc;

	for (unsigned int i = 0; i < b->n; i++) {
		const struct doing *w = &b->member[i];

		ops[i] = (struct gnttab_unmap_and_replace){
			.host_addr = guest_window_addr(w->d->arch, own_window(w)),
			.new_addr = guest_window_addr(w->d->arch, w->op->b.idx),
			.handle = handle_of(w),
			.status = 1,
		};
	}
	rc = arch_grant_table_op(b->member[0].d->arch, GNTTABOP_unmap_and_replace, ops, b->n);
	for (unsigned int i = 0; i < b->n; i++) {
		struct doing *w = &b->member[i];

		w->r->rc = rc;
		w->r->status = ops[i].status;
		if (ops[i].status == GNTST_okay)
			interp_replaced(w);
		interp_view_mapped(w);
	}
}
