/*
 * schedule: see schedule.h and race.h.
 *
 * Whether a step can be taken depends on the machine alone, never on who asks; so the turns that
 * were taken are the same run when they are given back.
 */
#include "arch/sim/schedule.h"

/* ------------------------------------------------------------------ what can be done */

static bool
lock_is_free(const struct next *next)
{
	return next->lock->writer == 0 &&
	       (next->kind == NEXT_LOCK_SHARED || next->lock->readers == 0);
}

static bool
watched_changed(const struct race *r, const struct branch *b)
{
	return !b->watched ||
	       memory_changed(&r->memory, b->watched, b->watched_size, b->watched_time);
}

/* Whether a branch can take its next step, by itself. */
static bool
can_step(const struct race *r, const struct branch *b)
{
	switch (b->next.kind) {
	case NEXT_STEP:
	case NEXT_LOAD:
		return true;
	case NEXT_STORE:
		return b->cpu.n_stores < TURN_STORES_MAX;
	case NEXT_ATOMIC:
	case NEXT_FENCE:
		return b->cpu.n_stores == 0;
	case NEXT_LOCK:
	case NEXT_LOCK_SHARED:
		return b->cpu.n_stores == 0 && lock_is_free(&b->next);
	case NEXT_FLUSH:
		return lock_is_free(&b->next);
	case NEXT_RELAX:
		return watched_changed(r, b);
	default:
		return false;
	}
}

/* Whether nothing can be done but to go on spinning: then who spins finds its bound. */
static bool
only_spins(const struct race *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		if (r->branch[i].cpu.n_stores > 0 || can_step(r, &r->branch[i]))
			return false;
	return true;
}

static bool
steps(const struct race *r, unsigned int i)
{
	const struct branch *b = &r->branch[i];

	return can_step(r, b) || (b->next.kind == NEXT_RELAX && only_spins(r));
}

static unsigned int
stale_max(const struct branch *b)
{
	return b->next.kind == NEXT_LOAD ?
	       cpu_stale_max(&b->cpu, b->next.object, b->next.size) : 0;
}

/* Of a store that others wait for as well STEP and HOLD are the same; it is called STEP. */
static bool
can_hold(const struct branch *b)
{
	return b->next.kind == NEXT_STORE && b->cpu.n_stores == 0;
}

static bool
possible(const struct race *r, struct turn t)
{
	const struct branch *b = &r->branch[t.branch];

	if (t.branch >= r->n)
		return false;
	switch (t.kind) {
	case TURN_STEP:
		return steps(r, t.branch);
	case TURN_HOLD:
		return can_hold(b);
	case TURN_DRAIN:
		return cpu_can_drain(&b->cpu, t.index);
	default:
		return t.index <= stale_max(b);
	}
}

/* ------------------------------------------------------------------ choosing */

/* One after the other, and no store waits.  False if nothing can be done. */
static bool
usual_turn(const struct race *r, struct turn *t)
{
	unsigned int first = r->n;

	*t = (struct turn){.kind = TURN_DRAIN, .branch = (uint8_t)r->current};
	if (r->branch[r->current].cpu.n_stores > 0)
		return true;
	for (unsigned int i = 0; i < r->n; i++) {
		t->branch = (uint8_t)i;
		if (r->branch[i].cpu.n_stores > 0)
			return true;
		if (first == r->n && steps(r, i))
			first = i;
	}
	t->kind = TURN_STEP;
	t->branch = (uint8_t)(steps(r, r->current) ? r->current : first);
	return first < r->n;
}

/* The next turn of the program that is possible. */
static bool
given_turn(struct race *r, struct turn *t)
{
	while (r->turns && r->n_read < r->turns->n) {
		*t = turn_of(r->turns->code[r->n_read++]);
		if (possible(r, *t))
			return true;
	}
	return false;
}

static bool
is_ordering(uint8_t kind)
{
	return kind == NEXT_ATOMIC || kind == NEXT_FENCE || kind == NEXT_LOCK ||
	       kind == NEXT_LOCK_SHARED;
}

static void
option_add(struct race_option *o, unsigned int *n, const struct race *r, struct turn t)
{
	const struct branch *b = &r->branch[t.branch];
	struct race_option *new = &o[(*n)++];

	*new = (struct race_option){.turn = t, .access = RACE_LOCAL};
	if (t.kind == TURN_HOLD ||
	    (t.kind == TURN_STEP && b->next.kind == NEXT_STORE && !can_hold(b)))
		return;
	if (t.kind == TURN_DRAIN) {
		new->access = RACE_WRITE;
		new->shared = true;
		new->object = b->cpu.store[t.index].p;
		new->size = b->cpu.store[t.index].size;
		return;
	}
	new->access = b->next.access;
	new->shared = b->next.shared;
	new->object = b->next.object;
	new->size = b->next.size;
	new->orders = is_ordering(b->next.kind);
}

/* In the order that race_pick promises. */
static unsigned int
options(const struct race *r, struct race_option *o)
{
	unsigned int n = 0;

	if (steps(r, r->current))
		option_add(o, &n, r, (struct turn){.branch = (uint8_t)r->current});
	for (uint8_t i = 0; i < r->n; i++)
		if (i != r->current && steps(r, i))
			option_add(o, &n, r, (struct turn){.branch = i});
	for (uint8_t i = 0; i < r->n; i++)
		if (can_hold(&r->branch[i]))
			option_add(o, &n, r, (struct turn){.branch = i, .kind = TURN_HOLD});
	for (uint8_t i = 0; i < r->n; i++)
		for (uint8_t k = 0; k < r->branch[i].cpu.n_stores && k < TURN_STORES_MAX; k++)
			if (cpu_can_drain(&r->branch[i].cpu, k))
				option_add(o, &n, r, (struct turn){i, TURN_DRAIN, k});
	for (uint8_t i = 0; i < r->n; i++)
		for (uint8_t k = 1; k <= stale_max(&r->branch[i]); k++)
			option_add(o, &n, r, (struct turn){i, TURN_STALE, k});
	return n;
}

static bool
picked_turn(struct race *r, struct turn *t)
{
	struct race_option o[RACE_OPTIONS_MAX];
	unsigned int n = options(r, o), i = 0;

	if (n > 0)
		i = r->control.pick(r->control.ctx, o, n);
	if (i >= n) {
		r->result.end = RACE_STOPPED;
		return false;
	}
	*t = o[i].turn;
	return true;
}

/* ------------------------------------------------------------------ taking turns */

static bool
all_ended(const struct race *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		if (r->branch[i].next.kind != NEXT_NONE)
			return false;
	return true;
}

void
race_tell(struct race *r, const struct race_event *e)
{
	if (!r->control.saw)
		return;
	sim_racing = NULL;
	r->control.saw(r->control.ctx, e);
	sim_racing = r;
}

static void
drain(struct race *r, struct turn t)
{
	struct cpu *c = &r->branch[t.branch].cpu;
	const struct store *s = &c->store[t.index];

	race_tell(r, &(struct race_event){
		.turn = t, .act = RACE_DRAIN, .object = s->p, .size = s->size, .value = s->v,
		.ordered = s->kind != STORE_PLAIN,
	});
	cpu_drain(c, t.index);
}

/* The hook sees memory as it is, and nobody yields in it. */
static bool
told(struct race *r)
{
	bool go_on;

	if (!r->began || !r->control.after)
		return true;
	sim_racing = NULL;
	go_on = r->control.after(r->control.ctx);
	sim_racing = r;
	if (!go_on)
		r->result.end = RACE_STOPPED;
	return go_on;
}

/* Choose a turn and write it down.  False if there is none: result.end says why. */
static bool
next_turn(struct race *r, struct turn *t)
{
	struct race_result *res = &r->result;
	struct turn usual;

	if (!told(r))
		return false;
	if (!usual_turn(r, &usual)) {
		res->end = all_ended(r) ? RACE_DONE : RACE_DEADLOCK;
		return false;
	}
	if (r->control.pick) {
		if (!picked_turn(r, t))
			return false;
	} else if (!given_turn(r, t)) {
		*t = usual;
	}
	if (t->kind != TURN_DRAIN && res->steps++ == RACE_STEPS_MAX) {
		res->end = RACE_LIVELOCK;
		return false;
	}
	r->began = true;
	res->code[res->n++] = turn_code(*t);
	if (t->branch != usual.branch || t->kind != usual.kind || t->index != usual.index)
		res->needed = res->n;
	return true;
}

static void
go_to(struct race *r, unsigned int me, unsigned int fiber)
{
	if (me < RACE_BRANCHES_MAX && r->branch[me].next.kind == NEXT_NONE)
		fiber_end(r->fibers, fiber);
	else
		fiber_switch(r->fibers, fiber);
}

void
schedule(struct race *r, unsigned int me)
{
	struct turn t;

	while (next_turn(r, &t)) {
		if (t.kind == TURN_DRAIN) {
			drain(r, t);
			continue;
		}
		r->current = t.branch;
		r->branch[t.branch].granted = t;
		if (t.branch != me)
			go_to(r, me, fiber_of(t.branch));
		return;
	}
	if (me != RACE_BRANCHES_MAX)
		go_to(r, me, 0);
}
