/*
 * model_race: what is done before and after a race, and what its branches have of their own: page
 * slots do not change while it is on, and each has its own names (LANGUAGE.md, "What a race leaves
 * alone").  Rule R1201.
 */
#include "diff/model_race.h"

#include <stdlib.h>

struct model_claimed
branch_claimed(const struct model *m)
{
	return m->racing ? m->race->branch[m->race->current].claimed :
		(struct model_claimed){ .maps = 0 };
}

struct model_held *
branch_held(const struct now *w)
{
	struct model_racing *r = w->m->race;

	if (!w->m->racing)
		return NULL;
	for (unsigned int i = 0; i < r->n_held; i++)
		if (r->held[i].at == w->o - w->m->program->ops)
			return &r->held[i];
	return NULL;
}

/* ------------------------------------------------------------------ before */

static bool
takes_page(const struct op *o)
{
	return o->kind == OP_END && o->flags & OPF_END_PAGE;
}

static bool
holds(const struct op *o)
{
	return takes_page(o) || o->kind == OP_END_TRANSFER || o->kind == OP_END_TRANSFER_REF;
}

static bool
sends_slot(const struct op *o)
{
	return o->kind == OP_TRANSFER && o->a.idx < PAGE_SLOTS;
}

/* Pages for the core are parked, those to be sent are out of the guest's reach. */
static void
part_with_pages(struct model *m)
{
	struct model_racing *r = m->race;

	r->n_held = 0;
	for (unsigned int at = r->place.from; at < r->place.turns; at++) {
		const struct op *o = &m->program->ops[at];
		struct domain *d = &m->domain[o->actor];
		uint8_t page = d->slot[o->b.idx % PAGE_SLOTS];

		if (!holds(o))
			continue;
		r->held[r->n_held] = (struct model_held){ .at = (uint16_t)at };
		if (takes_page(o) && page != NONE) {
			r->held[r->n_held].what = (uint16_t)(page + 1);
			page_park(m, d, o->b.idx);
		}
		r->n_held++;
	}
	for (unsigned int at = r->place.from; at < r->place.turns; at++) {
		const struct op *o = &m->program->ops[at];
		struct domain *d = &m->domain[o->actor];

		if (sends_slot(o) && !(o->flags & OPF_TRANSFER_MAPPED) && !d->translated &&
		    d->slot[o->a.idx] != NONE)
			d->put_away |= (uint8_t)(1u << o->a.idx);
	}
}

/* What an earlier branch of the same actor maps at, or its chains, are not for a later one. */
static void
claim(const struct op *o, struct model_claimed *later)
{
	unsigned int window = model_window(op_where(o), o->a.idx);

	later->chains |= (uint8_t)(1u << race_chain(o));
	if (o->kind != OP_MAP)
		return;
	later->maps |= (uint8_t)(1u << o->a.idx);
	if (window < MAP_SLOTS && !(o->flags & OPF_MAP_NOHOST))
		later->windows |= (uint8_t)(1u << window);
}

static void
claims(struct model *m, unsigned int branch)
{
	const struct race_place *p = &m->race->place;

	for (unsigned int at = p->branch[branch].from; at < p->branch[branch].to; at++)
		for (unsigned int later = branch + 1; later < p->n; later++)
			if (p->branch[later].actor == p->branch[branch].actor)
				claim(&m->program->ops[at], &m->race->branch[later].claimed);
}

/* How often an operation can change the flags or the domid of entries, at most. */
static unsigned int
changes(const struct op *o)
{
	switch (o->kind) {
	case OP_SWAP:
		return 4;
	case OP_GRANT:
	case OP_GRANT_REF:
	case OP_ACCEPT:
	case OP_ACCEPT_REF:
	case OP_ENTRY:
	case OP_TRANSFER:
		return 2;
	case OP_END_REF:
	case OP_END:
	case OP_TRY_END:
	case OP_END_TRANSFER:
	case OP_END_TRANSFER_REF:
	case OP_FLAGS:
		return 1;
	case OP_TICK:
		return 10;
	default:
		return 0;
	}
}

/* Whether the branches beside `branch' can change an entry as often as the hypervisor tries. */
static bool
is_restless(const struct model *m, unsigned int branch)
{
	unsigned int n = 0;

	for (unsigned int b = 0; b < m->race->place.n; b++) {
		const struct race_branch *place = &m->race->place.branch[b];

		for (unsigned int at = place->from; b != branch && at < place->to; at++)
			n += changes(&m->program->ops[at]);
	}
	return n >= CLAIM_TRIES;
}

/* What races need; a model that never has one does without. */
static struct model_racing *
racing(struct model *m)
{
	if (m->race == NULL) {
		m->race = calloc(1, sizeof *m->race);
		ARCH_ASSERT(m->race != NULL);
		m->race->stacks = fibers_new();
		ARCH_ASSERT(m->race->stacks != NULL);
	}
	return m->race;
}

static void
begin(struct model *m, unsigned int at, struct trace *t)
{
	struct model_racing *r = racing(m);

	race_at(&r->place, m->program, at);
	r->trace = t;
	r->current = 0;
	r->given_up = false;
	r->now = 0;
	part_with_pages(m);
	for (unsigned int b = 0; b < r->place.n; b++) {
		struct model_branch *branch = &r->branch[b];

		branch->wait = WAIT_NOTHING;
		branch->restless = is_restless(m, b);
		branch->delays = store_matters(m, &r->place.branch[b]);
		branch->n_stores = 0;
		branch->seen = 0;
		branch->claimed = (struct model_claimed){ .maps = 0 };
		branch->next = (struct model_option){
			.object = m->page, .branch = (uint8_t)b, .id = (uint8_t)b, .looks = true,
		};
		for (unsigned int d = 0; d < m->h.domains; d++)
			branch->names[d] = m->domain[d].own;
	}
	for (unsigned int b = 0; b < r->place.n; b++)
		claims(m, b);
	for (unsigned int d = 0; d < m->h.domains; d++)
		m->domain[d].called = 0;
	sections_begin(m);
}

/* ------------------------------------------------------------------ afterwards */

static bool
same_map(const struct mapping *a, const struct mapping *b)
{
	return a->handle == b->handle && a->granter == b->granter && a->host == b->host &&
	       a->dev == b->dev && a->ref == b->ref;
}

/* Take over what a branch changed of the names as they were. */
static void
put_together(struct names *to, const struct names *was, const struct names *branch)
{
	uint16_t held = branch->held ^ was->held;
	uint8_t used = branch->window_used ^ was->window_used;

	for (unsigned int s = 0; s < REF_SLOTS; s++) {
		if (branch->ref[s] != was->ref[s])
			to->ref[s] = branch->ref[s];
		if (branch->landing[s] != was->landing[s])
			to->landing[s] = branch->landing[s];
	}
	for (unsigned int c = 0; c < CHAIN_SLOTS; c++)
		if (branch->chain[c].head != was->chain[c].head ||
		    branch->chain[c].n != was->chain[c].n)
			to->chain[c] = branch->chain[c];
	for (unsigned int i = 0; i < MAP_SLOTS; i++) {
		if (!same_map(&branch->map[i], &was->map[i]))
			to->map[i] = branch->map[i];
		to->map[i].stale_ok = branch->map[i].stale_ok;
	}
	to->held = (uint16_t)((to->held & ~held) | (branch->held & held));
	to->window_used = (uint8_t)((to->window_used & ~used) | (branch->window_used & used));
}

/* What two branches of the domain have done may be neither's: whose it is, nobody is sure of. */
static void
doubts_after(struct names *to, unsigned int shared)
{
	for (unsigned int i = 0; i < MAP_SLOTS; i++) {
		struct mapping *map = &to->map[i];

		map->stale_ok = false;
		if (shared >> i & 1) {
			map->handle = HANDLE_NONE;
			map->host = map->dev = false;
		}
	}
}

static void
names_after(struct model *m, struct domain *d)
{
	const struct names was = d->own;
	uint8_t window_used = was.window_used;
	unsigned int n = 0;

	d->names = &d->own;
	for (unsigned int b = 0; b < m->race->place.n; b++)
		if (m->race->place.branch[b].actor == d->id) {
			put_together(&d->own, &was, &m->race->branch[b].names[d->id]);
			window_used |= m->race->branch[b].names[d->id].window_used;
			n++;
		}
	if (n > 1)
		doubts_after(&d->own, race_maps_shared(&m->race->place, m->program, d->id));
	if (n > 1 && race_windows_doubtful(&m->race->place, m->program, d->id))
		d->own.window_used = window_used;
}

/* A slot that transfers named is empty now, if its page is gone. */
static void
settle(struct model *m)
{
	const struct race_place *r = &m->race->place;

	for (unsigned int at = r->from; at < r->turns; at++) {
		const struct op *o = &m->program->ops[at];
		struct domain *d = &m->domain[o->actor];
		struct trace_record *record = &m->race->trace->record[at];
		uint8_t *slot = &d->slot[o->a.idx % PAGE_SLOTS];

		if (!sends_slot(o) || record->skip != SKIP_NOT)
			continue;
		if (*slot != NONE && m->page[*slot].slot != o->a.idx)
			*slot = NONE;
		record->value = *slot != NONE;
	}
}

/* Frames that came go into their landing slots. */
static void
take(struct model *m)
{
	for (unsigned int i = 0; i < m->race->n_held; i++) {
		const struct model_held *h = &m->race->held[i];
		const struct op *o = &m->program->ops[h->at];
		struct trace_record *r = &m->race->trace->record[h->at];

		if (takes_page(o) || h->what == 0)
			continue;
		if (!page_take(m, &m->domain[o->actor], r->value, h->what))
			r->value = NONE;
	}
}

/* What records say of the time after their operation is here of the time after the race. */
/* The callbacks of d that were called in the race, in the order of their slots. */
static uint16_t
called(const struct domain *d)
{
	unsigned int n = 0;
	uint16_t fired = 0;

	for (unsigned int k = 0; k < CALLBACK_SLOTS; k++)
		if (d->called >> k & 1)
			fired |= (uint16_t)((k + 1) << 4 * n++);
	return fired;
}

static void
tell(struct model *m)
{
	const struct race_place *place = &m->race->place;

	for (unsigned int at = place->from; at < place->to; at++) {
		const struct op *o = &m->program->ops[at];
		const struct domain *d = &m->domain[o->actor];
		struct trace_record *r = &m->race->trace->record[at];

		if (op_is_mark(o->kind)) {
			trace_record_begin(r);
			r->skip = SKIP_EXPECT;
		} else if (r->skip == SKIP_NOT && (o->kind == OP_END || o->kind == OP_TICK)) {
			r->value = d->pages_put;
		}
		r->free_count = d->free_count;
		r->fired = called(d);
	}
}

unsigned int
model_do_race(struct model *m, unsigned int at, struct trace *t)
{
	begin(m, at, t);
	if (!sections_run(m))
		return 0;
	for (unsigned int d = 0; d < m->h.domains; d++)
		names_after(m, &m->domain[d]);
	settle(m);
	for (unsigned int d = 0; d < m->h.domains; d++)
		m->domain[d].put_away = 0;
	take(m);
	tell(m);
	m->fired = m->n_fired = 0;
	return m->race->place.to - at;
}

void
model_fini(struct model *m)
{
	if (m->race != NULL)
		fibers_free(m->race->stacks);
	free(m->race);
	m->race = NULL;
}

void
model_set_order(struct model *m, const struct model_order *order)
{
	m->order = order ? *order : (struct model_order){ .pick = NULL };
}
