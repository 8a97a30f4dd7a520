/*
 * model_core: the guest's references, chains, callbacks, growth, and set-up.  Rules 1xx and 4xx of
 * spec.md.
 */
#include "diff/model_internal.h"
#include "diff/race.h"

enum { REFS_PER_LINK_PAGE = 1024, LEGACY_FRAMES = 4, CHAINS = (1 << CHAIN_SLOTS) - 1 };

/* ------------------------------------------------------------------ faults (R1012) */

static bool
counted(uint16_t *fail)
{
	if (*fail == 0)
		return true;
	return --*fail != 0;
}

bool
model_alloc(struct domain *d)
{
	return counted(&d->fail_alloc);
}

bool
model_hypercall(struct model *m, struct domain *d)
{
	model_fence(m);
	if (d->fail_hypercall != 0)
		model_cut(m, &d->fail_hypercall);
	return counted(&d->fail_hypercall);
}

/* ------------------------------------------------------------------ growth */

static uint16_t
boot_frames(const struct model *m)
{
	return m->h.max_frames;
}

/* As set-up leaves it (R101). */
void
core_begin(struct model *m, struct domain *d)
{
	d->mapped = true;
	d->suspended = false;
	d->nr_frames = 1;
	d->hv_frames = m->h.frames;
	d->placed = 1;
	d->link_pages = 1;
	d->recycled.head = REF_NONE;
	d->fresh = GNTTAB_NR_RESERVED_ENTRIES;
	d->free_count = GNTTAB_ENTRIES_PER_FRAME - GNTTAB_NR_RESERVED_ENTRIES;
	d->leaked = 0;
	d->deferred_ready = false;
	d->deferred_first = d->n_deferred = 0;
	d->n_waiting = 0;
}

bool
core_is(const struct model *m, const struct domain *d, uint32_t ref, enum ref_state state)
{
	return ref < d->nr_frames * GNTTAB_ENTRIES_PER_FRAME && m->ref[d->id][ref].state == state;
}

static void
run_callbacks(struct model *m, struct domain *d)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < d->n_waiting; i++) {
		unsigned int k = d->waiting[i];

		if (d->free_count >= d->threshold[k]) {
			d->called |= (uint8_t)(1u << k);
			m->fired |= (uint16_t)((k + 1) << 4 * (m->n_fired++ % CALLBACK_SLOTS));
		} else
			d->waiting[kept++] = (uint8_t)k;
	}
	d->n_waiting = (uint8_t)kept;
}

/* min(what the hypervisor says now, what it said at boot); asking it may fail (R119). */
static unsigned int
max_frames(struct model *m, struct domain *d)
{
	unsigned int now = model_hypercall(m, d) ? m->h.max_frames : (unsigned int)LEGACY_FRAMES;

	return now < boot_frames(m) ? now : boot_frames(m);
}

/* Have frames `from` to `frames` - 1 set up; 0, -XEN_ENOMEM or -XEN_ENODEV. */
static int
set_up(struct model *m, struct domain *d, unsigned int from, unsigned int frames)
{
	if (!d->translated) {
		if (!model_alloc(d))
			return -XEN_ENOMEM;
		if (!model_hypercall(m, d))
			return -XEN_ENODEV;
		model_lock(m, &d->table_locked, &d->hv_frames);
		if (frames > d->hv_frames)
			d->hv_frames = (uint16_t)frames;
		model_unlock(m, &d->table_locked);
		return 0;
	}
	for (unsigned int i = frames; i-- > from;) {
		if (!model_hypercall(m, d) || !model_may_place(m, d, i))
			return -XEN_ENODEV;
		model_lock(m, &d->table_locked, &d->hv_frames);
		if (i >= d->hv_frames)
			d->hv_frames = (uint16_t)(i + 1);
		model_unlock(m, &d->table_locked);
		d->placed |= (uint8_t)(1u << i);
	}
	return 0;
}

/* Grow so that n are free (R103, R104). */
static bool
grow(struct model *m, struct domain *d, unsigned int n)
{
	unsigned int shortfall = n - d->free_count, per_frame = GNTTAB_ENTRIES_PER_FRAME;
	unsigned int more = (shortfall + per_frame - 1) / per_frame;
	unsigned int frames = d->nr_frames + more;

	if (frames > max_frames(m, d))
		return false;
	while (d->link_pages * REFS_PER_LINK_PAGE < frames * GNTTAB_ENTRIES_PER_FRAME) {
		if (!model_alloc(d))
			return false;
		d->link_pages++;
	}
	if (set_up(m, d, d->nr_frames, frames) != 0)
		return false;
	model_cut(m, &d->nr_frames);
	d->nr_frames = (uint16_t)frames;
	d->free_count = (uint16_t)(d->free_count + more * GNTTAB_ENTRIES_PER_FRAME);
	run_callbacks(m, d);
	return true;
}

/* ------------------------------------------------------------------ one reference */

bool
core_take(struct model *m, struct domain *d, uint16_t *ref)
{
	if (d->free_count == 0 && !grow(m, d, 1))
		return false;
	d->free_count--;
	*ref = d->recycled.head != REF_NONE ? list_pop(m, d, &d->recycled) : d->fresh++;
	model_touch(m, d, *ref)->state = STATE_CLAIMED;
	return true;
}

void
core_give(struct model *m, struct domain *d, uint32_t ref)
{
	list_push(m, d, &d->recycled, (uint16_t)ref);
	d->free_count++;
	run_callbacks(m, d);
}

/* ------------------------------------------------------------------ chains */

/*
 * The first n of the free list: recycled ones, then fresh ones (R102, R107).  Pre: n > 0, and so
 * many are free.
 */
static struct list
take_chain(struct model *m, struct domain *d, unsigned int n)
{
	struct list chain = { .head = REF_NONE }, fresh;

	d->free_count = (uint16_t)(d->free_count - n);
	if (d->recycled.head != REF_NONE) {
		chain = list_cut(m, d, &d->recycled, n);
		n -= chain.n;
	}
	if (n == 0)
		return chain;
	fresh = (struct list){ d->fresh, (uint16_t)(d->fresh + n - 1), (uint16_t)n };
	d->fresh = (uint16_t)(d->fresh + n);
	list_splice(m, d, &fresh, &chain);
	return fresh;
}

static void
do_alloc(struct now *w)
{
	struct domain *d = w->d;
	struct list *chain = &d->names->chain[w->o->a.idx];

	if (chain->head != REF_NONE) {
		model_skip(w, SKIP_SLOT_HELD);
		return;
	}
	core_lock(w);
	if (!d->mapped) {
		model_rc(w, -XEN_ENODEV, 106);
	} else if (w->o->len > d->free_count && !grow(w->m, d, w->o->len)) {
		model_rc(w, -XEN_ENOSPC, 104);
	} else {
		if (w->o->len > 0)
			*chain = take_chain(w->m, d, w->o->len);
		model_rc(w, 0, w->o->len == 0 ? 108 : 107);
	}
	core_unlock(w);
}

/* A chain is given back whole, its own order kept. */
static void
do_free_chain(struct now *w)
{
	struct domain *d = w->d;
	struct list chain = d->names->chain[w->o->a.idx];

	d->names->chain[w->o->a.idx].head = REF_NONE;
	core_section(w);
	if (!d->mapped) {
		model_rc(w, -XEN_ENODEV, 106);
		return;
	}
	model_rc(w, 0, 113);
	if (chain.head == REF_NONE)
		return;
	list_splice(w->m, d, &d->recycled, &chain);
	d->free_count = (uint16_t)(d->free_count + chain.n);
	run_callbacks(w->m, d);
}

static void
do_claim(struct now *w)
{
	struct domain *d = w->d;
	unsigned int slot = w->o->a.idx;
	struct list *chain = &d->names->chain[w->o->b.idx];

	if (slot >= REF_SLOTS || d->names->held >> slot & 1) {
		model_skip(w, SKIP_SLOT_HELD);
		return;
	}
	core_section(w);
	if (!d->mapped) {
		model_rc(w, -XEN_ENODEV, 106);
	} else if (chain->head == REF_NONE) {
		model_rc(w, -XEN_ENOSPC, 110);
	} else {
		d->names->ref[slot] = list_pop(w->m, d, chain);
		d->names->held |= (uint16_t)(1u << slot);
		d->names->landing[slot] = 0;
		model_touch(w->m, d, d->names->ref[slot])->state = STATE_CLAIMED;
		model_rc(w, (int)d->names->ref[slot], 109);
	}
	model_view(w, 0, d, d->names->ref[slot]);
}

/* release and free: a claimed reference goes back to a chain, or to the free list. */
static void
do_return(struct now *w)
{
	struct domain *d = w->d;
	uint32_t ref = model_ref(w->m, d, w->o->a.idx);

	core_section(w);
	if (!d->mapped) {
		model_rc(w, -XEN_ENODEV, 106);
	} else if (!core_is(w->m, d, ref, STATE_CLAIMED)) {
		model_rc(w, -XEN_EINVAL, 105);
	} else {
		if (w->o->kind == OP_FREE) {
			core_give(w->m, d, ref);
			model_rc(w, 0, 112);
		} else {
			list_push(w->m, d, &d->names->chain[w->o->b.idx], (uint16_t)ref);
			model_rc(w, 0, 111);
		}
		if (w->o->a.idx < REF_SLOTS)
			d->names->held &= (uint16_t)~(1u << w->o->a.idx);
	}
	model_view(w, 0, d, ref);
}

/* ------------------------------------------------------------------ callbacks */

static bool
waits(const struct domain *d, unsigned int k)
{
	for (unsigned int i = 0; i < d->n_waiting; i++)
		if (d->waiting[i] == k)
			return true;
	return false;
}

static void
do_callback(struct now *w)
{
	struct domain *d = w->d;
	unsigned int k = w->o->a.idx, kept = 0;

	core_section(w);
	if (w->o->kind == OP_CALLBACK) {
		if (!waits(d, k)) {
			d->waiting[d->n_waiting++] = (uint8_t)k;
			d->threshold[k] = w->o->len;
			run_callbacks(w->m, d);
		}
		model_rc(w, 0, 114);
		return;
	}
	for (unsigned int i = 0; i < d->n_waiting; i++)
		if (d->waiting[i] != k)
			d->waiting[kept++] = d->waiting[i];
	d->n_waiting = (uint8_t)kept;
	model_rc(w, 0, 115);
}

/* ------------------------------------------------------------------ set-up */

static void
do_suspend(struct now *w)
{
	core_lock(w);
	model_cut(w->m, &w->d->nr_frames);
	w->d->suspended = true;
	if (!w->d->translated)
		w->d->mapped = false;
	model_rc(w, 0, 401);
	core_unlock(w);
}

static void
do_resume(struct now *w)
{
	struct domain *d = w->d;
	int rc;

	core_lock(w);
	if (!d->suspended) {
		model_rc(w, 0, 402);
	} else if (max_frames(w->m, d) < d->nr_frames) {
		model_rc(w, -XEN_ENOSYS, 404);
	} else {
		rc = set_up(w->m, d, 0, d->nr_frames);
		model_cut(w->m, &d->nr_frames);
		d->suspended = rc != 0;
		d->mapped |= rc == 0;
		model_rc(w, rc, rc == 0 ? 403 : rc == -XEN_ENOMEM ? 405 : 406);
	}
	core_unlock(w);
}

/* Each page of 4 KiB that the range touches, in order (R120). */
static void
do_foreach(struct now *w)
{
	unsigned int off = w->o->a.off, left = w->o->len;

	for (unsigned int k = 0; left > 0; k++) {
		unsigned int len = left < XEN_PAGE_SIZE - off ? left : XEN_PAGE_SIZE - off;

		w->r->value += (k + 1) * ((1000 + w->o->a.idx + k) * 3 + off * 5 + len * 7);
		w->r->rc++;
		left -= len;
		off = 0;
	}
	w->r->rule = 120;
}

void
model_do_core(struct now *w)
{
	if (branch_claimed(w->m).chains & 1u << race_chain(w->o) & CHAINS) {
		model_skip(w, SKIP_SLOT_HELD);
		return;
	}
	switch (w->o->kind) {
	case OP_ALLOC: do_alloc(w); break;
	case OP_EMPTY: model_rc(w, w->d->names->chain[w->o->a.idx].head == REF_NONE, 117); break;
	case OP_CLAIM: do_claim(w); break;
	case OP_RELEASE:
	case OP_FREE: do_return(w); break;
	case OP_FREE_CHAIN: do_free_chain(w); break;
	case OP_CALLBACK:
	case OP_CANCEL: do_callback(w); break;
	case OP_SUSPEND: do_suspend(w); break;
	case OP_RESUME: do_resume(w); break;
	case OP_VERSION: model_rc(w, w->o->len == 1 ? 1 : -XEN_ENOSYS, 118); break;
	case OP_MAX_FRAMES: model_rc(w, (int)max_frames(w->m, w->d), 119); break;
	case OP_FOREACH: do_foreach(w); break;
	case OP_XLAT_SETUP: model_rc(w, -XEN_EINVAL, 121); break;
	default: model_rc(w, w->d->translated ? -XEN_EBUSY : 0, 122); break;
	}
}
