/*
 * shrink_race: steps by which a race, or its schedule, becomes less.  See shrink_step.h.
 *
 * A step is known by the place of an operation, the OP_RACE or an OP_TURNS, and what is done there.
 */
#include "diff/race.h"
#include "diff/shrink_step.h"

enum {
	ORDERS = 6,	/* of three branches */
	LESS = ORDERS + 3 * RACE_BRANCHES_MAX,	/* ways to make a race less */
};

static bool
settle(struct program *to, const struct program *p)
{
	program_normalize(to);
	return !program_same(to, p);
}

static void
add(struct program *to, const struct program *p, unsigned int from, unsigned int end)
{
	while (from < end)
		to->ops[to->n_ops++] = p->ops[from++];
}

/* What is before the race; the rest is to be added. */
static void
begin(struct program *to, const struct program *p, const struct race_place *r)
{
	to->header = p->header;
	to->n_ops = 0;
	add(to, p, 0, r->from);
}

/* ------------------------------------------------------------------ races */

/* The branches one after the other, in the given order of all. */
static bool
one_by_one(struct program *to, const struct program *p, const struct race_place *r,
	   unsigned int order)
{
	static const uint8_t orders[ORDERS][RACE_BRANCHES_MAX] = {
		{ 0, 1, 2 }, { 1, 0, 2 }, { 0, 2, 1 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};

	if (r->n < RACE_BRANCHES_MAX && order >= 2)
		return false;
	begin(to, p, r);
	for (unsigned int i = 0; i < r->n; i++) {
		const struct race_branch *b = &r->branch[orders[order][i]];

		add(to, p, b->from, b->to);
	}
	add(to, p, r->to, p->n_ops);
	return settle(to, p);
}

/* The turns of all branches but one, as if that had never been. */
static unsigned int
turns_without(const struct race_place *r, const struct program *p, unsigned int gone,
	      uint8_t code[RACE_SCHEDULE_MAX])
{
	unsigned int n = race_turns(r, p, code), kept = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct turn t = turn_of(code[i]);

		if (t.branch == gone)
			continue;
		t.branch = (uint8_t)(t.branch - (t.branch > gone));
		code[kept++] = turn_code(t);
	}
	return kept;
}

static bool
without_branch(struct program *to, const struct program *p, const struct race_place *r,
	       unsigned int gone)
{
	uint8_t code[RACE_SCHEDULE_MAX];
	struct race_place now;

	if (gone >= r->n)
		return false;
	begin(to, p, r);
	for (unsigned int b = 0; b < r->n; b++) {
		/* Its mark is before it: OP_RACE or OP_WITH, and never two in a row. */
		if (b == gone)
			continue;
		to->ops[to->n_ops++] = (struct op){ .kind = OP_WITH };
		add(to, p, r->branch[b].from, r->branch[b].to);
	}
	to->ops[r->from].kind = OP_RACE;
	to->ops[to->n_ops++] = (struct op){ .kind = OP_RACE_END };
	add(to, p, r->to, p->n_ops);
	program_normalize(to);
	if (race_at(&now, to, r->from) && now.from == r->from)
		race_set_turns(&now, to, code, turns_without(r, p, gone, code));
	return settle(to, p);
}

/* Where the first operation of a branch ends, or its last begins: batches and answers in one. */
static unsigned int
edge(const struct program *p, const struct race_branch *b, bool last)
{
	unsigned int at = b->from, next = at;

	while (next < b->to) {
		at = next;
		next = at + program_batch(p, at);
		while (next < b->to && p->ops[next].kind == OP_EXPECT)
			next++;
		if (!last)
			return next;
	}
	return at;
}

/* The branch's first operation before the race, or its last one after. */
static bool
moved_out(struct program *to, const struct program *p, const struct race_place *r,
	  unsigned int branch, bool last)
{
	const struct race_branch *b = &r->branch[branch];
	unsigned int at;

	if (branch >= r->n)
		return false;
	at = edge(p, b, last);
	begin(to, p, r);
	if (last) {
		add(to, p, r->from, at);
		add(to, p, b->to, r->to);
		add(to, p, at, b->to);
	} else {
		add(to, p, b->from, at);
		add(to, p, r->from, b->from);
		add(to, p, at, r->to);
	}
	add(to, p, r->to, p->n_ops);
	return settle(to, p);
}

static unsigned int
count_less(const struct program *p)
{
	return race_any(p) ? p->n_ops * (unsigned int)LESS : 0;
}

static bool
less(struct program *to, const struct program *p, unsigned int number)
{
	unsigned int at = number / LESS, how = number % LESS;
	struct race_place r;

	if (p->ops[at].kind != OP_RACE || !race_at(&r, p, at))
		return false;
	if (how < ORDERS)
		return one_by_one(to, p, &r, how);
	how -= ORDERS;
	if (how < RACE_BRANCHES_MAX)
		return without_branch(to, p, &r, how);
	how -= RACE_BRANCHES_MAX;
	return moved_out(to, p, &r, how / 2, how % 2);
}

const struct shrink_steps shrink_races = { count_less, less };

/* ------------------------------------------------------------------ schedules */

enum turn_step { CUT, DROP_RUN, SWAP_RUNS, DROP_TURN, PLAIN, LOWER_INDEX, TURN_STEPS };

/* A schedule that is being changed. */
struct schedule {
	uint8_t code[RACE_SCHEDULE_MAX];
	unsigned int n;
};

static unsigned int
branch_of(const struct schedule *s, unsigned int i)
{
	return turn_of(s->code[i]).branch;
}

/* Whether a branch begins to take turns at i, and how many it takes then. */
static unsigned int
run_at(const struct schedule *s, unsigned int i)
{
	unsigned int n = 1;

	if (i > 0 && branch_of(s, i - 1) == branch_of(s, i))
		return 0;
	while (i + n < s->n && branch_of(s, i + n) == branch_of(s, i))
		n++;
	return n;
}

static bool
drop(struct schedule *s, unsigned int i, unsigned int n)
{
	for (s->n -= n; i < s->n; i++)
		s->code[i] = s->code[i + n];
	return n > 0;
}

/* The run at i before the one that is before it. */
static bool
swap_runs(struct schedule *s, unsigned int i)
{
	unsigned int n = run_at(s, i), before = i, cost = race_switches(s->code, s->n);

	if (n == 0 || i == 0)
		return false;
	while (before > 0 && branch_of(s, before - 1) == branch_of(s, i - 1))
		before--;
	for (unsigned int k = 0; k < n; k++) {
		uint8_t code = s->code[i + k];

		for (unsigned int j = i + k; j > before + k; j--)
			s->code[j] = s->code[j - 1];
		s->code[before + k] = code;
	}
	return race_switches(s->code, s->n) < cost;
}

static bool
simplify(struct schedule *s, unsigned int i, bool plain)
{
	struct turn t = turn_of(s->code[i]);

	if (plain ? t.kind == TURN_STEP : t.index <= (t.kind == TURN_STALE))
		return false;
	if (plain)
		t.kind = TURN_STEP;
	t.index = plain ? 0 : (uint8_t)(t.index - 1);
	s->code[i] = turn_code(t);
	return true;
}

static bool
change(struct schedule *s, unsigned int i, enum turn_step how)
{
	switch (how) {
	case CUT: return drop(s, i, s->n - i);
	case DROP_RUN: return drop(s, i, run_at(s, i));
	case SWAP_RUNS: return swap_runs(s, i);
	case DROP_TURN: return drop(s, i, 1);
	case PLAIN: return simplify(s, i, true);
	default: return simplify(s, i, false);
	}
}

static unsigned int
count_turns(const struct program *p)
{
	return race_any(p) ? p->n_ops * (unsigned int)(RACE_TURNS_PER_OP * TURN_STEPS) : 0;
}

static bool
less_schedule(struct program *to, const struct program *p, unsigned int number)
{
	unsigned int at = number / (RACE_TURNS_PER_OP * TURN_STEPS);
	unsigned int turn = number / TURN_STEPS % RACE_TURNS_PER_OP;
	struct schedule s;
	struct race_place r;

	if (p->ops[at].kind != OP_TURNS || turn >= race_turns_in(&p->ops[at]) ||
	    !race_at(&r, p, at))
		return false;
	s.n = race_turns(&r, p, s.code);
	if (!change(&s, (at - r.turns) * RACE_TURNS_PER_OP + turn, number % TURN_STEPS))
		return false;
	*to = *p;
	race_set_turns(&r, to, s.code, s.n);
	return settle(to, p);
}

const struct shrink_steps shrink_schedules = { count_turns, less_schedule };
