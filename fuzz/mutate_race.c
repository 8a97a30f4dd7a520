/* mutate_race: see mutate_race.h.  Whole programs are in mutate_race_scene.c. */
#include "fuzz/mutate_race.h"

#include <string.h>

#include "diff/race.h"
#include "fuzz/guess.h"
#include "fuzz/mutate_race_scene.h"

enum {
	TURNS_MOST = 96,	/* in a schedule that was changed here */
	ANEW_ONE_IN = 8,	/* programs written anew */
	ELSEWHERE_ONE_IN = 8,	/* changes that know nothing of races */
	REACH = 12,		/* operations between two that become a race */
	MARKS = 3,		/* that a race of two branches needs */
};

/* ------------------------------------------------------------------ finding */

/* A race of p, or false. */
static bool
any_race(const struct program *p, struct rng *r, struct race_place *place)
{
	unsigned int n = 0, chosen = 0;

	for (unsigned int i = 0; i < p->n_ops; i++)
		if (p->ops[i].kind == OP_RACE && rng_below(r, ++n) == 0)
			chosen = i;
	return n > 0 && race_at(place, p, chosen);
}

/* An operation of the race that is done. */
static struct op *
any_racer(struct program *p, struct rng *r, const struct race_place *place)
{
	unsigned int n = 0, chosen = place->branch[0].from;

	for (unsigned int i = place->from; i < place->turns; i++)
		if (op_is_done(p->ops[i].kind) && rng_below(r, ++n) == 0)
			chosen = i;
	return &p->ops[chosen];
}

/* ------------------------------------------------------------------ schedules */

/* Another turn of the same branch, or the same of another, or any. */
static void
change_turn(uint8_t *code, struct rng *r, const struct program *p, unsigned int branches)
{
	struct turn t = turn_of(*code);

	switch (rng_below(r, 3)) {
	case 0: t.branch = (uint8_t)rng_below(r, branches); break;
	case 1: t = mutate_race_turn(r, p->header.arm, t.branch); break;
	default: t = mutate_race_turn(r, p->header.arm, rng_below(r, branches)); break;
	}
	*code = turn_code(t);
}

/* Make room for k turns at i; returns the new length, or n if there is no room. */
static unsigned int
open_turns(uint8_t *code, unsigned int n, unsigned int i, unsigned int k)
{
	if (n + k > TURNS_MOST)
		return n;
	memmove(code + i + k, code + i, n - i);
	return n + k;
}

/* A run of plain steps of one branch is put in, or what is there is lengthened or shortened. */
static unsigned int
change_run(uint8_t *code, unsigned int n, struct rng *r, unsigned int branches)
{
	unsigned int i = rng_below(r, n + 1), k = 1 + rng_below(r, rng_below(r, 2) == 0 ? 2 : 12);
	struct turn t = { (uint8_t)rng_below(r, branches), TURN_STEP, 0 };
	unsigned int longer;

	if (n > 0 && rng_below(r, 3) == 0) {
		i = rng_below(r, n);
		k = k < n - i ? k : n - i;
		memmove(code + i, code + i + k, n - i - k);
		return n - k;
	}
	if (i < n && rng_below(r, 2) == 0)
		t = turn_of(code[i]);
	longer = open_turns(code, n, i, k);
	if (longer > n)
		memset(code + i, turn_code(t), k);
	return longer;
}

static void
change_schedule(struct program *p, struct rng *r, struct race_place *place)
{
	uint8_t code[RACE_SCHEDULE_MAX];
	unsigned int n = race_turns(place, p, code);

	if (n > TURNS_MOST)
		n = TURNS_MOST;
	switch (rng_below(r, 8)) {
	case 0: n = mutate_race_schedule(r, p->header.arm, place->n, code); break;
	case 1: n = rng_below(r, n + 1); break;
	case 2: case 3: case 4:
		if (n > 0) {
			change_turn(&code[rng_below(r, n)], r, p, place->n);
			break;
		}
		/* fall through */
	default: n = change_run(code, n, r, place->n); break;
	}
	race_set_turns(place, p, code, n);
}

/* ------------------------------------------------------------------ branches */

/* An operation of the race becomes another that fits its entry. */
static void
change_racer(struct program *p, struct rng *r, const struct race_place *place)
{
	struct op *o = any_racer(p, r, place);

	mutate_race_op(r, o->actor, o);
}

/* One operation more in a branch. */
static void
add_racer(struct program *p, struct rng *r, const struct race_place *place, unsigned int max_ops)
{
	const struct race_branch *b = &place->branch[rng_below(r, place->n)];
	unsigned int at = rng_below(r, 2) == 0 ? b->from : b->to;

	if (p->n_ops >= max_ops)
		return;
	memmove(&p->ops[at + 1], &p->ops[at], (p->n_ops - at) * sizeof p->ops[0]);
	p->n_ops++;
	mutate_race_op(r, b->actor, &p->ops[at]);
}

static void
drop_racer(struct program *p, struct rng *r, const struct race_place *place)
{
	unsigned int at = (unsigned int)(any_racer(p, r, place) - p->ops);

	memmove(&p->ops[at], &p->ops[at + 1], (p->n_ops - at - 1u) * sizeof p->ops[0]);
	p->n_ops--;
}

/* A branch is done by another CPU, of the same guest or another. */
static void
change_actor(struct program *p, struct rng *r, const struct race_place *place)
{
	const struct race_branch *b = &place->branch[rng_below(r, place->n)];
	uint8_t actor = (uint8_t)rng_below(r, p->header.domains);

	for (unsigned int i = b->from; i < b->to; i++)
		p->ops[i].actor = actor;
}

static void
change_race(struct program *p, struct rng *r, struct race_place *place, unsigned int max_ops)
{
	switch (rng_below(r, 16)) {
	case 0: change_racer(p, r, place); break;
	case 1: add_racer(p, r, place, max_ops); break;
	case 2: drop_racer(p, r, place); break;
	case 3: change_actor(p, r, place); break;
	case 4: case 5: guess_spoil(r, any_racer(p, r, place)); break;
	case 6: p->header.arm ^= 1; break;
	default: change_schedule(p, r, place); break;
	}
	program_normalize(p);
}

/* ------------------------------------------------------------------ a race around operations */

/* The reference that an operation is about: whose, and which.  False: none. */
static bool
about(const struct op *o, unsigned int *dom, unsigned int *slot)
{
	*dom = o->actor;
	*slot = o->a.idx;
	switch (o->kind) {
	case OP_MAP: case OP_TRANSFER:
		*dom = o->b.dom;
		*slot = o->b.idx;
		break;
	case OP_COPY:
		*dom = o->a.idx < SIDE_FRAME ? o->a.dom : o->b.dom;
		*slot = o->a.idx < SIDE_FRAME ? o->a.idx : o->b.idx;
		break;
	case OP_ENTRY: case OP_FLAGS: case OP_SWAP: case OP_RELEASE: case OP_FREE: break;
	default:
		if (o->kind > OP_END_TRANSFER)
			return false;
		break;
	}
	return *slot < REF_SLOTS;
}

static bool
may_race(const struct program *p, unsigned int i)
{
	struct race_place place;

	return op_is_done(p->ops[i].kind) && !op_table[p->ops[i].kind].alone &&
	       !race_at(&place, p, i);
}

/* A later operation that is about the same reference as operation `at`, not far from it; or 0. */
static unsigned int
partner(const struct program *p, struct rng *r, unsigned int at)
{
	unsigned int dom, slot, other_dom, other_slot, n = 0, chosen = 0;

	if (!may_race(p, at) || !about(&p->ops[at], &dom, &slot))
		return 0;
	for (unsigned int i = at + 1; i < p->n_ops && i <= at + REACH; i++)
		if (may_race(p, i) && about(&p->ops[i], &other_dom, &other_slot) &&
		    other_dom == dom && other_slot == slot && rng_below(r, ++n) == 0)
			chosen = i;
	return chosen;
}

/* Operations `a` and the later `b` as the branches of a race, where `a` was. */
static void
enclose(struct program *p, unsigned int a, unsigned int b)
{
	struct op first = p->ops[a], second = p->ops[b], *to = &p->ops[a];

	first.flags &= (uint8_t)~OP_JOIN;
	second.flags &= (uint8_t)~OP_JOIN;
	memmove(&p->ops[b], &p->ops[b + 1], (p->n_ops - b - 1u) * sizeof p->ops[0]);
	memmove(to + MARKS + 2, to + 1, (p->n_ops - a - 2u) * sizeof p->ops[0]);
	to[0] = (struct op){ .kind = OP_RACE };
	to[1] = first;
	to[2] = (struct op){ .kind = OP_WITH };
	to[3] = second;
	to[4] = (struct op){ .kind = OP_RACE_END };
	p->n_ops += MARKS;
}

bool
mutate_race_around(struct program *p, struct rng *r, unsigned int max_ops)
{
	unsigned int at, other = 0;
	struct race_place place;

	if (p->n_ops < 2 || p->n_ops + (unsigned int)MARKS > max_ops)
		return false;
	at = rng_below(r, p->n_ops);
	for (unsigned int i = 0; i < p->n_ops && other == 0; i++) {
		at = (at + 1) % p->n_ops;
		other = partner(p, r, at);
	}
	if (other == 0)
		return false;
	enclose(p, at, other);
	program_normalize(p);
	if (any_race(p, r, &place))
		change_schedule(p, r, &place);
	program_normalize(p);
	return race_any(p);
}

/* ------------------------------------------------------------------ all of it */

static void
shorten(struct program *p, unsigned int max_ops)
{
	if (p->n_ops <= max_ops)
		return;
	p->n_ops = (uint16_t)max_ops;
	program_normalize(p);
}

void
mutate_race(struct program *p, struct rng *r, unsigned int max_ops)
{
	struct race_place place;

	if (!any_race(p, r, &place)) {
		if (rng_below(r, 2) == 0 || !mutate_race_around(p, r, max_ops))
			mutate_race_random(p, r);
	} else if (rng_below(r, ANEW_ONE_IN) == 0) {
		mutate_race_random(p, r);
	} else if (rng_below(r, ELSEWHERE_ONE_IN) == 0) {
		mutate_program(p, r, max_ops);
	} else {
		for (unsigned int n = 1 + rng_below(r, 3); n > 0; n--)
			if (any_race(p, r, &place))
				change_race(p, r, &place, max_ops);
	}
	shorten(p, max_ops);
	if (!race_any(p)) {
		mutate_race_random(p, r);
		shorten(p, max_ops);
	}
}
