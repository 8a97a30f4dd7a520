/*
 * model_unmap: unmap and replace: what the hypervisor answers, and what the interpreter then
 * believes.  Rules 6xx, R1209.
 */
#include "diff/model_internal.h"

enum { ADDRESS_ZERO = MAP_SLOTS + 1 };
enum dev_addr { DEV_NONE, DEV_RIGHT, DEV_WRONG };

struct unmap_call {
	uint16_t handle;
	uint8_t window;			/* MAP_SLOTS: nowhere; ADDRESS_ZERO: leave the host part */
	uint8_t by;			/* replace: the window that gives its page; else NONE */
	enum dev_addr dev;
	int status;
	unsigned int rule;
	/* What is left for after the flush. */
	bool host, device;
	struct claim claim;
};

static void
answer(struct unmap_call *c, int status, unsigned int rule)
{
	c->status = status;
	c->rule = rule;
}

/* ------------------------------------------------------------------ the hypervisor's side */

static bool
window_is(const struct window *v, uint8_t page, const struct domain *d, bool readonly)
{
	return v->page == page && (d->translated || v->writable == !readonly);
}

/* Take the window that is to replace out of the page tables; its page loses that reference. */
static struct window
steal(struct model *m, struct domain *d, unsigned int window)
{
	struct window stolen = d->window[window];

	if (stolen.page != NONE)
		page_touch(m, stolen.page)->refs--;
	d->window[window].page = NONE;
	return stolen;
}

/* End the host part.  False: it is not there. */
static bool
unmap_host(struct model *m, struct domain *d, const struct unmap_call *c, const struct handle *h)
{
	uint8_t page = m->ref[h->granter][h->ref].page;
	struct window put = { .page = NONE };

	model_cut(m, m->page);
	if (c->by != NONE)
		put = steal(m, d, c->by);
	if (c->window >= MAP_SLOTS || !window_is(&d->window[c->window], page, d, h->readonly))
		return false;
	d->window[c->window] = put;
	if (put.page != NONE)
		page_touch(m, put.page)->refs++;
	return true;
}

/* The parts are the handle's no more; pins and references follow after the flush. */
static void
handle_ended(struct model *m, struct unmap_call *c, struct handle *h)
{
	c->claim = (struct claim){
		.granter = &m->domain[h->granter], .ref = h->ref,
		.page = m->ref[h->granter][h->ref].page,
		.readonly = h->readonly, .host = c->host, .dev = c->device,
	};
	h->host &= !c->host;
	h->dev &= !c->device;
}

/* No CPU reaches the page through what was unmapped any more (R1107). */
static void
unmap_complete(struct model *m, struct unmap_call *c)
{
	if (!c->host && !c->device)
		return;
	model_cut(m, m->page);
	page_touch(m, c->claim.page)->refs -= c->host + c->device;
	claim_release(m, &c->claim);
}

/* Whether the device address given is looked at, and is not the page's. */
static bool
dev_addr_is_wrong(const struct profile *p, const struct unmap_call *c, const struct handle *h)
{
	return c->dev == DEV_WRONG && (h->dev || !p->dev_addr_needs_device_map);
}

/* With the entry locked that the handle is for. */
static void
unmap_locked(struct model *m, struct domain *d, struct unmap_call *c, struct handle *h)
{
	bool host, dev;

	if (!h->host && !h->dev) {
		answer(c, GNTST_bad_handle, 601);
		return;
	}
	host = h->host && c->window != ADDRESS_ZERO;
	if (host && c->by != NONE && m->profile->arm64) {
		answer(c, GNTST_general_error, 609);
		return;
	}
	dev = h->dev && c->dev != DEV_NONE;
	if (dev_addr_is_wrong(m->profile, c, h)) {
		answer(c, m->profile->bad_dev_addr_is_told ?
		       GNTST_bad_dev_addr : GNTST_general_error, 602);
		return;
	}
	if (host && !unmap_host(m, d, c, h)) {
		answer(c, GNTST_general_error, c->by == NONE ? 603 : 607);
		return;
	}
	answer(c, GNTST_okay, !host && !dev ? 605 : c->by == NONE ? 604 : 608);
	c->host = host;
	c->device = dev;
	model_cut(m, &d->n_handles);
	handle_ended(m, c, h);
}

static void
unmap_one(struct model *m, struct domain *d, struct unmap_call *c)
{
	struct handle *h = c->handle != HANDLE_NONE ? &m->handle[c->handle] : NULL;
	struct ref *e;

	model_look(m, &d->n_handles);
	if (h == NULL || (!h->host && !h->dev)) {
		answer(c, GNTST_bad_handle, 601);
		return;
	}
	e = model_touch(m, &m->domain[h->granter], h->ref);
	model_lock(m, &e->locked, e);
	model_look(m, &d->n_handles);
	if (e == &m->ref[h->granter][h->ref])
		unmap_locked(m, d, c, h);
	else
		answer(c, GNTST_bad_handle, 601);	/* it is another mapping's by now */
	model_unlock(m, &e->locked);
	if ((c->host || c->device) && !h->host && !h->dev) {
		model_cut(m, &d->n_handles);
		d->n_handles--;
	}
}

/* ------------------------------------------------------------------ the interpreter's side */

static struct mapping *
named(const struct now *w)
{
	return w->o->a.idx < MAP_SLOTS ? &w->d->names->map[w->o->a.idx] : NULL;
}

static unsigned int
own_window(const struct now *w)
{
	return w->o->a.idx < MAP_SLOTS ? w->o->a.idx : 0;
}

static void
forget_if_gone(struct mapping *map)
{
	if (map->host || map->dev || map->handle == HANDLE_NONE)
		return;
	map->stale_ok = true;
	map->stale = map->handle;
	map->handle = HANDLE_NONE;
}

/* Answer a batch: run `call' on each, then let `noted' learn of what went well. */
static void
run(struct batch *b, struct unmap_call *calls,
    void (*noted)(struct now *w, const struct unmap_call *c), int rc)
{
	bool made = rc == 0;

	for (unsigned int i = 0; i < b->n && made; i++)
		unmap_one(b->m, b->d, &calls[i]);
	if (made)
		model_flush(b->m, &b->d->accesses);
	for (unsigned int i = 0; i < b->n && made; i++)
		unmap_complete(b->m, &calls[i]);
	for (unsigned int i = 0; i < b->n; i++) {
		struct now *w = &b->member[i];
		const struct mapping *map = named(w);

		w->r->rc = rc;
		model_status(w, calls[i].status, calls[i].rule);
		if (made && calls[i].status == GNTST_okay && map != NULL &&
		    !(w->o->kind == OP_UNMAP && w->o->flags & OPF_UNMAP_STALE))
			noted(w, &calls[i]);
		if (map != NULL && map->granter != NONE)
			model_view(w, 0, &b->m->domain[map->granter], map->ref);
	}
}

static enum dev_addr
dev_addr(const struct now *w)
{
	const struct mapping *map = named(w);

	if (map == NULL || map->granter == NONE)
		return DEV_NONE;
	if (w->o->flags & OPF_UNMAP_WRONGDEV)
		return DEV_WRONG;
	return w->o->flags & OPF_UNMAP_DEV ? DEV_RIGHT : DEV_NONE;
}

static bool
unmap_fill(struct now *w, struct unmap_call *c)
{
	const struct mapping *map = named(w);
	bool stale = w->o->flags & OPF_UNMAP_STALE;
	unsigned int at = op_where(w->o), window = model_window(at, own_window(w));

	if (stale && (map == NULL || !map->stale_ok))
		return model_skip(w, SKIP_NO_MAPPING);
	*c = (struct unmap_call){
		.handle = map == NULL ? (uint16_t)HANDLE_NONE : stale ? map->stale : map->handle,
		.window = (uint8_t)(at == AT_ZERO ? (unsigned int)ADDRESS_ZERO : window),
		.by = NONE,
		.dev = dev_addr(w),
		.status = UNTOUCHED, .rule = 1012,
	};
	return true;
}

static void
unmap_noted(struct now *w, const struct unmap_call *c)
{
	struct mapping *map = named(w);

	if (map->host && c->window != ADDRESS_ZERO) {
		map->host = false;
		w->d->names->window_used &= (uint8_t)~(1u << c->window);
	}
	if (c->dev != DEV_NONE)
		map->dev = false;
	forget_if_gone(map);
}

void
model_do_unmap(struct batch *b)
{
	struct unmap_call calls[OP_BATCH_MAX];

	for (unsigned int i = 0; i < b->n;)
		if (unmap_fill(&b->member[i], &calls[i]))
			i++;
		else
			batch_drop(b, i);
	if (b->n > 0)
		run(b, calls, unmap_noted, model_hypercall(b->m, b->d) ? 0 : -XEN_EFAULT);
}

static void
replace_noted(struct now *w, const struct unmap_call *c)
{
	struct mapping *map = named(w);
	uint8_t to = (uint8_t)(1u << c->window), from = (uint8_t)(1u << c->by);
	bool used = w->d->names->window_used & from;

	if (!map->host)
		return;
	map->host = false;
	w->d->names->window_used &= (uint8_t)~(from | to);
	if (used)
		w->d->names->window_used |= to;
	forget_if_gone(map);
}

void
model_do_replace(struct batch *b)
{
	struct unmap_call calls[OP_BATCH_MAX];
	bool none = model_no_command(b->m, b->d, GNTTABOP_unmap_and_replace);
	int rc = !model_hypercall(b->m, b->d) ? -XEN_EFAULT : none ? -XEN_ENOSYS : 0;

	for (unsigned int i = 0; i < b->n; i++) {
		const struct now *w = &b->member[i];

		calls[i] = (struct unmap_call){
			.handle = named(w) != NULL ? named(w)->handle : (uint16_t)HANDLE_NONE,
			.window = (uint8_t)own_window(w),
			.by = w->o->b.idx,
			.status = UNTOUCHED, .rule = rc == -XEN_ENOSYS ? 947 : 1012,
		};
	}
	run(b, calls, replace_noted, rc);
}
