/*
 * model_map: map, unmap, replace: what the hypervisor answers, and what the interpreter then
 * believes.  Rules 5xx, 6xx.
 *
 * A window shows a page (`struct window') whether or not a handle still says so: a PV domain can
 * lose the page-table entry behind a handle, and then the handle's host part cannot be unmapped any
 * more.
 */
#include "diff/model_internal.h"

/* One operation on its way through a hypercall. */
struct map_call {
	uint32_t ref;
	uint8_t window;			/* MAP_SLOTS: an address where nothing can be mapped */
	bool host, dev, readonly, app, pte;
	int16_t status;
	uint16_t rule;
	uint16_t handle;
	uint8_t page;
};

/* ------------------------------------------------------------------ windows */

/* Pre: nothing is mapped there; the interpreter maps over nothing. */
static void
window_show(struct model *m, struct window *v, uint8_t page, bool writable)
{
	ARCH_ASSERT(v->page == NONE);
	page_touch(m, page)->refs++;
	*v = (struct window){ page, writable };
}

/* ------------------------------------------------------------------ map */

static int16_t
map_answer(struct map_call *c, int status, unsigned int rule)
{
	c->status = (int16_t)status;
	c->rule = (uint16_t)rule;
	return c->status;
}

/* Checks 1 to 4: what needs neither handle nor entry. */
static bool
map_named_well(const struct now *w, struct map_call *c)
{
	const struct domain *g = model_by_id(w, w->o->b.dom);

	if (!c->host && !c->dev)
		map_answer(c, GNTST_bad_gntref, 501);
	else if (w->d->translated && (c->dev || c->app || c->pte))
		map_answer(c, GNTST_general_error, 502);
	else if (g == NULL)
		map_answer(c, GNTST_bad_domain, 503);
	else if (!model_policy(w, w->d, g))
		map_answer(c, GNTST_permission_denied, 504);
	else
		return true;
	return false;
}

/* Check 5: a handle is put aside, which is one less for others. */
static bool
handle_take(const struct now *w, struct map_call *c)
{
	model_cut(w->m, &w->d->n_handles);
	if (w->d->n_handles + 1u >= 256u * w->m->h.maptrack) {
		map_answer(c, w->m->profile->no_space_without_handles ?
			   GNTST_no_space : GNTST_no_device_space, 505);
		return false;
	}
	w->d->n_handles++;
	return true;
}

static bool
handle_is_free(const struct model *m, uint16_t handle)
{
	return handle != HANDLE_NONE && !m->handle[handle].host && !m->handle[handle].dev;
}

static void
handle_give(const struct now *w)
{
	model_cut(w->m, &w->d->n_handles);
	w->d->n_handles--;
}

/* Checks 10 and 11, on a page that is pinned for us. */
static bool
map_page_fits(const struct now *w, struct map_call *c, struct claim *claim)
{
	const struct domain *g = claim->granter;

	if ((!claim->held && !claim_hold(w->m, claim, c->page)) ||
	    (c->page >= PAGE_PAGETABLE0 && !c->readonly)) {
		map_answer(c, GNTST_general_error, 511);
		return false;
	}
	model_cut(w->m, w->m->page);
	if (w->d->slot_is_gfn && w->d == g)
		page_unplace(w->m, w->d, c->page);	/* R516 */
	if (c->host && (c->pte || c->window >= MAP_SLOTS)) {
		map_answer(c, GNTST_general_error, 512);
		return false;
	}
	return true;
}

/*
 * A handle that nobody has.  Names of other branches may still mean one that was given back since
 * the race began, or before, and it may be in use again (R1215).
 */
static uint16_t
handle_choose(struct model *m, const struct domain *d)
{
	uint16_t again[1 + 2 * MAP_SLOTS];
	unsigned int n = 1, i;

	for (unsigned int s = 0; m->racing && s < MAP_SLOTS; s++) {
		const struct mapping *map = &d->own.map[s];

		if (handle_is_free(m, map->handle))
			again[n++] = map->handle;
		if (map->stale_ok && handle_is_free(m, map->stale))
			again[n++] = map->stale;
	}
	i = model_choose(m, n);
	if (i == 0)
		return m->n_handles++;
	model_cut(m, &d->n_handles);
	return again[i];
}

/* The page's mappings hold it from now on. */
static void
map_done(struct model *m, struct domain *d, struct map_call *c, const struct domain *g)
{
	m->page[c->page].refs--;
	c->handle = handle_choose(m, d);
	m->handle[c->handle] = (struct handle){
		.ref = (uint16_t)c->ref, .granter = g->id,
		.host = c->host, .dev = c->dev, .readonly = c->readonly,
	};
	if (c->host)
		window_show(m, &d->window[c->window], c->page, !c->readonly);
	page_touch(m, c->page)->refs += c->dev;
	map_answer(c, GNTST_okay, d->slot_is_gfn && d == g ? 516 : 513);
}

/* With a handle at hand: the rest. */
static bool
map_handle(const struct now *w, struct map_call *c)
{
	static const struct { int16_t status; uint16_t rule; } failed[] = {
		[CLAIM_PINNED] = { GNTST_general_error, 507 },
		[CLAIM_REFUSED] = { GNTST_general_error, 508 },
		[CLAIM_EAGAIN] = { GNTST_eagain, 509 },
		[CLAIM_BAD_PAGE] = { GNTST_bad_page, 510 },
	};
	struct claim claim = {
		.ref = c->ref, .grantee = w->d->id,
		.readonly = c->readonly, .host = c->host, .dev = c->dev,
	};
	enum claim_result result;

	claim.granter = model_by_id(w, w->o->b.dom);
	model_look(w->m, &claim.granter->hv_frames);
	if (c->ref >= claim.granter->hv_frames * GNTTAB_ENTRIES_PER_FRAME) {
		map_answer(c, GNTST_bad_gntref, 506);
		return false;
	}
	result = claim_entry(w->m, &claim, &c->page);
	if (result != CLAIM_OKAY) {
		map_answer(c, failed[result].status, failed[result].rule);
		return false;
	}
	if (!map_page_fits(w, c, &claim)) {
		claim_release(w->m, &claim);
		return false;
	}
	map_done(w->m, w->d, c, claim.granter);
	return true;
}

static void
map_one(const struct now *w, struct map_call *c)
{
	if (map_named_well(w, c) && handle_take(w, c) && !map_handle(w, c))
		handle_give(w);
}

/* The core's retries of one operation.  Returns 0, or the error of a hypercall that failed. */
static int
map_again(const struct now *w, struct map_call *c)
{
	for (unsigned int i = 0; i < EAGAIN_RETRIES && c->status == GNTST_eagain; i++) {
		if (!model_hypercall(w->m, w->d))
			return -XEN_EFAULT;
		map_one(w, c);
	}
	if (c->status == GNTST_eagain)
		map_answer(c, GNTST_bad_page, 514);
	return 0;
}

static int
map_all(const struct batch *b, struct map_call *calls)
{
	if (!model_hypercall(b->m, b->d))
		return -XEN_EFAULT;
	for (unsigned int i = 0; i < b->n; i++)
		map_one(&b->member[i], &calls[i]);
	for (unsigned int i = 0; i < b->n; i++)
		if (calls[i].status == GNTST_eagain && map_again(&b->member[i], &calls[i]) != 0)
			return -XEN_EFAULT;
	return 0;
}

static bool
map_fill(struct now *w, struct map_call *c, uint8_t *names, uint8_t *windows)
{
	const struct op *o = w->o;
	const struct mapping *map = &w->d->names->map[o->a.idx];
	bool host = !(o->flags & OPF_MAP_NOHOST);
	unsigned int window = host ? model_window(op_where(o), o->a.idx) : (unsigned int)MAP_SLOTS;

	if (op_where(o) == AT_ZERO && host && !(o->flags & OPF_MAP_PTE) && w->d->translated)
		return model_skip(w, SKIP_LANE);
	if (map->host || map->dev || *names >> o->a.idx & 1)
		return model_skip(w, SKIP_MAP_LIVE);
	if (window < MAP_SLOTS && (w->d->names->window_used | *windows) >> window & 1)
		return model_skip(w, SKIP_MAP_LIVE);
	*names |= (uint8_t)(1u << o->a.idx);
	if (window < MAP_SLOTS)
		*windows |= (uint8_t)(1u << window);
	*c = (struct map_call){
		.ref = model_ref(w->m, model_owner(w, o->b.dom), o->b.idx),
		.window = (uint8_t)window,
		.host = host, .dev = o->flags & OPF_MAP_DEV, .readonly = o->flags & OPF_MAP_RO,
		.app = o->flags & OPF_MAP_APP, .pte = o->flags & OPF_MAP_PTE,
		.status = UNTOUCHED, .rule = 1012,
	};
	return true;
}

/* Handles have been given out: a stale one may be in use again. */
static void
forget_stale(struct domain *d)
{
	for (unsigned int i = 0; i < MAP_SLOTS; i++)
		d->names->map[i].stale_ok = false;
}

/* The interpreter notes a mapping, and names the frame that the hypervisor told. */
static void
map_noted(struct now *w, const struct map_call *c)
{
	struct domain *d = w->d;
	const struct domain *g = model_owner(w, w->o->b.dom);
	const struct page *page = &w->m->page[c->page];

	forget_stale(d);
	d->names->map[w->o->a.idx] = (struct mapping){
		.handle = c->handle, .granter = g->id, .ref = c->ref,
		.host = c->host, .dev = c->dev,
	};
	if (c->host)
		d->names->window_used |= (uint8_t)(1u << c->window);
	if (!g->translated && page->owner == g->id && page->slot != NONE)
		w->r->value = page->slot;
}

void
model_do_map(struct batch *b)
{
	struct map_call calls[OP_BATCH_MAX];
	struct model_claimed claimed = branch_claimed(b->m);
	uint8_t names = claimed.maps, windows = claimed.windows;
	int rc;

	for (unsigned int i = 0; i < b->n;)
		if (map_fill(&b->member[i], &calls[i], &names, &windows))
			i++;
		else
			batch_drop(b, i);
	if (b->n == 0)
		return;
	rc = map_all(b, calls);
	for (unsigned int i = 0; i < b->n; i++) {
		struct now *w = &b->member[i];

		w->r->rc = rc;
		model_status(w, calls[i].status, calls[i].rule);
		w->r->value = NONE;
		if (calls[i].status == GNTST_okay)
			map_noted(w, &calls[i]);
		model_view(w, 0, model_owner(w, w->o->b.dom), calls[i].ref);
	}
}

void
model_do_pin(struct now *w)
{
	const struct op *o = w->o;
	const struct domain *g = model_owner(w, o->b.dom);
	struct map_call c = {
		.ref = model_ref(w->m, g, o->b.idx), .window = MAP_SLOTS,
		.dev = true, .readonly = o->flags & OPF_MAP_RO,
	};

	model_status(w, GNTST_okay, 515);
	if (!model_hypercall(w->m, w->d)) {
		model_status(w, o->len > 0 ? UNTOUCHED : GNTST_okay, 1012);
		w->r->rc = -XEN_EFAULT;
	}
	for (unsigned int i = 0; i < o->len && w->r->rc == 0; i++) {
		map_one(w, &c);
		if (c.status == GNTST_okay)
			w->r->value++;
		else if (w->r->status == GNTST_okay)
			model_status(w, c.status, c.rule);
	}
	if (w->r->value > 0)
		forget_stale(w->d);
	model_view(w, 0, g, c.ref);
}
