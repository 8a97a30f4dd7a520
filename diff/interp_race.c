/*
 * interp_race: races: each branch on names of its own, page slots as they were before.
 *
 * Nothing that branches share is touched while the race is on, but by the core, the hypervisor and
 * the guests' memory: what names mean is copied before and put together afterwards, pages leave
 * their slots before and come into them afterwards.  So what an operation does hangs on nothing but
 * the order of what LANGUAGE.md calls its steps.
 */
#include "diff/interp_internal.h"

struct interp_held *
interp_held(const struct doing *w)
{
	struct interp_racers *racers = w->in->racers;
	unsigned int at = (unsigned int)(w->op - w->in->program->ops);

	if (!w->in->racing)
		return NULL;
	for (unsigned int i = 0; i < racers->n_held; i++)
		if (racers->held[i].at == at)
			return &racers->held[i];
	return NULL;
}

/* ------------------------------------------------------------------ before */

static bool
takes_page(const struct op *o)
{
	return o->kind == OP_END && (o->flags & OPF_END_PAGE);
}

static bool
holds(const struct op *o)
{
	return takes_page(o) || o->kind == OP_END_TRANSFER || o->kind == OP_END_TRANSFER_REF;
}

/* Room for what operations keep until the race is over, in the order of the program. */
static void
find_holders(struct interp *in)
{
	struct interp_racers *s = in->racers;

	s->n_held = 0;
	for (unsigned int at = s->race.from; at < s->race.turns; at++) {
		const struct op *o = &in->program->ops[at];

		if (op_is_done(o->kind) && holds(o))
			s->held[s->n_held++] = (struct interp_held){ (uint16_t)at, 0 };
	}
}

/* Pages that go to the core leave their slots, and those to be transferred are unmapped. */
void
interp_race_part(struct interp *in, unsigned int d)
{
	const struct interp_racers *s = in->racers;
	struct arch *a = in->domain[d].arch;

	for (unsigned int i = 0; i < s->n_held; i++) {
		const struct op *o = &in->program->ops[s->held[i].at];

		if (o->actor == d && takes_page(o) &&
		    guest_page_frame(a, o->b.idx) != GUEST_FRAME_NONE)
			in->racers->held[i].what = guest_page_park(a, o->b.idx);
	}
	for (unsigned int at = s->race.from; at < s->race.turns; at++) {
		const struct op *o = &in->program->ops[at];

		if (o->actor == d && o->kind == OP_TRANSFER && o->a.idx < PAGE_SLOTS &&
		    !(o->flags & OPF_TRANSFER_MAPPED) &&
		    guest_page_frame(a, o->a.idx) != GUEST_FRAME_NONE)
			guest_page_unmap(a, o->a.idx);
	}
}

/* What branch b maps at, and its chains, are not for later branches of its actor. */
static void
claim(struct interp_racers *s, unsigned int b)
{
	const struct interp *in = &s->branch[b];

	for (unsigned int at = s->race.branch[b].from; at < s->race.branch[b].to; at++) {
		const struct op *o = &in->program->ops[at];
		unsigned int window = interp_window(op_where(o), o->a.idx);

		for (unsigned int later = b + 1; later < s->race.n; later++) {
			struct interp *l = &s->branch[later];

			if (s->race.branch[later].actor != o->actor)
				continue;
			l->chains_claimed |= (uint8_t)(1u << race_chain(o));
			if (o->kind != OP_MAP)
				continue;
			l->maps_claimed |= (uint8_t)(1u << o->a.idx);
			if (window < MAP_SLOTS && !(o->flags & OPF_MAP_NOHOST))
				l->windows_claimed |= (uint8_t)(1u << window);
		}
	}
}

void
interp_race_find(struct interp *in, unsigned int at)
{
	race_at(&in->racers->race, in->program, at);
	find_holders(in);
	for (unsigned int d = 0; d < in->program->header.domains; d++)
		for (unsigned int k = 0; k < CALLBACK_SLOTS; k++)
			in->domain[d].callback[k].called = false;
}

void
interp_race_begin(struct interp *in)
{
	struct interp_racers *s = in->racers;

	for (unsigned int b = 0; b < s->race.n; b++) {
		s->branch[b] = *in;
		s->branch[b].racing = true;
		s->branch[b].maps_claimed = s->branch[b].windows_claimed = 0;
		s->branch[b].chains_claimed = 0;
		s->at[b] = s->race.branch[b].from;
	}
	for (unsigned int b = 0; b < s->race.n; b++)
		claim(s, b);
}

/* ------------------------------------------------------------------ meanwhile */

void
interp_race_branch(struct interp *in, unsigned int b, void (*before)(void *ctx), void *ctx)
{
	struct interp_racers *s = in->racers;
	const struct race_branch *r = &s->race.branch[b];

	for (unsigned int at = r->from; at < r->to;) {
		s->at[b] = (uint16_t)at;
		if (before != NULL)
			before(ctx);
		at += interp_do(&s->branch[b], at);
	}
}

static void
run_branch(void *ctx, unsigned int b)
{
	interp_race_branch(ctx, b, NULL, NULL);
}

static void
run(struct interp *in)
{
	struct interp_racers *s = in->racers;
	struct arch *actor[RACE_BRANCHES_MAX];
	struct guest_turns turns = {
		.code = s->code,
		.n = race_turns(&s->race, in->program, s->code),
		.arm = in->program->header.arm,
	};

	for (unsigned int b = 0; b < s->race.n; b++)
		actor[b] = in->domain[s->race.branch[b].actor].arch;
	guest_at_once(actor, s->race.n, run_branch, in, &turns);
}

/* ------------------------------------------------------------------ names afterwards */

static bool
same_map(const struct interp_map *a, const struct interp_map *b)
{
	return a->handle == b->handle && a->stale == b->stale &&
	       a->dev_bus_addr == b->dev_bus_addr && a->ref == b->ref &&
	       a->granter == b->granter && a->host == b->host && a->dev == b->dev;
}

/* The bits of v, but those that are other ones in `is` than they were in `was`. */
static unsigned int
changed(unsigned int v, unsigned int was, unsigned int is)
{
	return (v & ~(was ^ is)) | (is & (was ^ is));
}

/* What a branch changed of the names as they were. */
static void
put_together(struct interp_domain *d, const struct interp_domain *was,
	     const struct interp_domain *branch)
{
	for (unsigned int s = 0; s < REF_SLOTS; s++) {
		if (branch->ref[s] != was->ref[s])
			d->ref[s] = branch->ref[s];
		if (branch->landing[s] != was->landing[s])
			d->landing[s] = branch->landing[s];
	}
	for (unsigned int c = 0; c < CHAIN_SLOTS; c++)
		if (branch->chain[c] != was->chain[c])
			d->chain[c] = branch->chain[c];
	for (unsigned int m = 0; m < MAP_SLOTS; m++) {
		bool stale_ok = branch->map[m].stale_ok;

		if (!same_map(&branch->map[m], &was->map[m]))
			d->map[m] = branch->map[m];
		d->map[m].stale_ok = stale_ok;
	}
	d->held = (uint16_t)changed(d->held, was->held, branch->held);
	d->window_used = (uint8_t)changed(d->window_used, was->window_used, branch->window_used);
}

/*
 * A handle that one of two branches forgot may be in use by the other, or given back by both
 * together.
 */
static void
put_doubts_away(struct interp_domain *d, unsigned int shared)
{
	for (unsigned int m = 0; m < MAP_SLOTS; m++) {
		d->map[m].stale_ok = false;
		if (!(shared >> m & 1))
			continue;
		d->map[m].handle = INVALID_GRANT_HANDLE;
		d->map[m].host = d->map[m].dev = false;
	}
}

static void
put_names_together(struct interp *in, unsigned int domain)
{
	struct interp_racers *s = in->racers;
	struct interp_domain *d = &in->domain[domain], was = *d;
	uint8_t window_used = was.window_used;
	unsigned int n = 0;

	for (unsigned int b = 0; b < s->race.n; b++) {
		if (s->race.branch[b].actor != domain)
			continue;
		put_together(d, &was, &s->branch[b].domain[domain]);
		window_used |= s->branch[b].domain[domain].window_used;
		n++;
	}
	if (n > 1)
		put_doubts_away(d, race_maps_shared(&s->race, in->program, domain));
	/* A window that was given back may show what the other branch mapped. */
	if (n > 1 && race_windows_doubtful(&s->race, in->program, domain))
		d->window_used = window_used;
}

/* ------------------------------------------------------------------ pages afterwards */

static bool
names_slot(const struct op *o, unsigned int actor, unsigned int slot)
{
	return o->kind == OP_TRANSFER && o->actor == actor && o->a.idx == slot;
}

/* What became of the page in a slot that transfers of the race named; told to all of them. */
static void
settle_slot(struct interp *in, unsigned int actor, unsigned int slot)
{
	const struct race_place *r = &in->racers->race;
	struct trace_record *record = in->trace->record;
	bool given = false, kept;

	for (unsigned int at = r->from; at < r->turns; at++)
		given = given || (names_slot(&in->program->ops[at], actor, slot) &&
				  record[at].status == GNTST_okay);
	kept = guest_page_settle(in->domain[actor].arch, slot, given);
	for (unsigned int at = r->from; at < r->turns; at++)
		if (names_slot(&in->program->ops[at], actor, slot) && record[at].skip == SKIP_NOT)
			record[at].value = kept;
}

void
interp_race_settle(struct interp *in, unsigned int d)
{
	const struct race_place *r = &in->racers->race;
	uint8_t settled = 0;

	for (unsigned int at = r->from; at < r->turns; at++) {
		const struct op *o = &in->program->ops[at];

		if (o->actor != d || o->kind != OP_TRANSFER || o->a.idx >= PAGE_SLOTS ||
		    in->trace->record[at].skip != SKIP_NOT || (settled >> o->a.idx & 1))
			continue;
		settled |= (uint8_t)(1u << o->a.idx);
		settle_slot(in, d, o->a.idx);
	}
}

/* Frames that came go into their landing slots. */
void
interp_race_take(struct interp *in, unsigned int d)
{
	const struct interp_racers *s = in->racers;

	for (unsigned int i = 0; i < s->n_held; i++) {
		const struct op *o = &in->program->ops[s->held[i].at];
		struct trace_record *r = &in->trace->record[s->held[i].at];

		if (o->actor != d || takes_page(o) || s->held[i].what == 0)
			continue;
		if (!guest_page_take(in->domain[d].arch, r->value, s->held[i].what))
			r->value = 0xff;
	}
}

/* The callbacks of d that were called in the race, in the order of their slots. */
static uint16_t
called(const struct interp_domain *d)
{
	unsigned int n = 0;
	uint16_t fired = 0;

	for (unsigned int k = 0; k < CALLBACK_SLOTS; k++)
		if (d->callback[k].called)
			fired |= (uint16_t)((k + 1) << 4 * n++);
	return fired;
}

/* What records hold of the time after their operation is here of the time after the race. */
static void
tell(struct interp *in)
{
	const struct race_place *race = &in->racers->race;

	for (unsigned int at = race->from; at < race->to; at++) {
		const struct op *o = &in->program->ops[at];
		const struct interp_domain *d = &in->domain[o->actor];
		struct trace_record *r = &in->trace->record[at];

		if (op_is_mark(o->kind)) {
			trace_record_begin(r);
			r->skip = SKIP_EXPECT;
		} else if (r->skip == SKIP_NOT && (o->kind == OP_END || o->kind == OP_TICK)) {
			r->value = guest_pages_put(d->arch);
		}
		r->free_count = (uint16_t)gnttab_free_count(d->core);
		r->fired = called(d);
	}
}

unsigned int
interp_race_skip(struct interp *in, unsigned int at)
{
	unsigned int n = program_race(in->program, at);

	for (unsigned int i = at; i < at + n; i++) {
		struct trace_record *r = &in->trace->record[i];

		trace_record_begin(r);
		r->skip = op_is_done(in->program->ops[i].kind) ? SKIP_LANE : SKIP_EXPECT;
		r->free_count = r->fired = 0;
	}
	return n;
}

unsigned int
interp_race_end(struct interp *in)
{
	const struct race_place *r = &in->racers->race;

	for (unsigned int d = 0; d < in->program->header.domains; d++)
		put_names_together(in, d);
	tell(in);
	return r->to - r->from;
}

/* All parts, where one place may do them for all domains. */
unsigned int
interp_race(struct interp *in, unsigned int at)
{
	unsigned int domains = in->program->header.domains;

	if (in->racers == NULL)
		return interp_race_skip(in, at);
	interp_race_find(in, at);
	for (unsigned int d = 0; d < domains; d++)
		interp_race_part(in, d);
	interp_race_begin(in);
	run(in);
	for (unsigned int d = 0; d < domains; d++)
		interp_race_settle(in, d);
	for (unsigned int d = 0; d < domains; d++)
		interp_race_take(in, d);
	return interp_race_end(in);
}
