/* race: see race.h.  Freestanding: no libc, no state. */
#include "diff/race.h"

/* A turn's place: the halves of three numbers of two digits, and two indexes. */
static uint16_t *
pair(struct op *o, unsigned int i)
{
	return i < 3 ? &o->a.off : i < 6 ? &o->b.off : &o->len;
}

unsigned int
race_turn(const struct op *o, unsigned int i)
{
	const unsigned int n[] = {
		o->a.idx, o->a.off % RACE_DIGIT, o->a.off / RACE_DIGIT,
		o->b.idx, o->b.off % RACE_DIGIT, o->b.off / RACE_DIGIT,
		o->len % RACE_DIGIT, o->len / RACE_DIGIT,
	};

	return n[i % RACE_TURNS_PER_OP];
}

void
race_put_turn(struct op *o, unsigned int code)
{
	unsigned int i = o->a.dom++;

	if (i == 0)
		o->a.idx = (uint8_t)code;
	else if (i == 3)
		o->b.idx = (uint8_t)code;
	else if (i == 1 || i == 4 || i == 6)
		*pair(o, i) = (uint16_t)code;
	else
		*pair(o, i) = (uint16_t)(*pair(o, i) + code * RACE_DIGIT);
}

unsigned int
race_turn_fitted(unsigned int code, unsigned int branches)
{
	struct turn t = turn_of((uint8_t)code);

	t.branch = (uint8_t)(t.branch % branches);
	return turn_code(t);
}

unsigned int
race_maps_shared(const struct race_place *r, const struct program *p, unsigned int actor)
{
	unsigned int before = 0, shared = 0;

	for (unsigned int b = 0; b < r->n; b++) {
		unsigned int named = 0;

		for (unsigned int at = r->branch[b].from; at < r->branch[b].to; at++) {
			const struct op *o = &p->ops[at];
			bool maps = o->kind == OP_MAP || o->kind == OP_UNMAP ||
				o->kind == OP_REPLACE;

			if (o->actor == actor && maps && o->a.idx < MAP_SLOTS)
				named |= 1u << o->a.idx;
		}
		shared |= before & named;
		before |= named;
	}
	return shared;
}

/* ------------------------------------------------------------------ finding */

unsigned int
program_race(const struct program *p, unsigned int at)
{
	unsigned int n = 1;

	while (p->ops[at + n - 1].kind != OP_RACE_END)
		n++;
	while (at + n < p->n_ops && p->ops[at + n].kind == OP_TURNS)
		n++;
	return n;
}

unsigned int
race_first(const struct program *p)
{
	unsigned int at = 0;

	while (at < p->n_ops && p->ops[at].kind != OP_RACE)
		at++;
	return at;
}

bool
race_any(const struct program *p)
{
	return race_first(p) < p->n_ops;
}

/* The OP_RACE of the race that `at` is in, or n_ops. */
static unsigned int
begin_of(const struct program *p, unsigned int at)
{
	unsigned int end = at;

	/* From its schedule back to its end, which is no other race's. */
	while (p->ops[end].kind == OP_TURNS)
		end--;
	if (end > 0 && p->ops[end].kind == OP_RACE_END)
		end--;
	for (; end > 0 && p->ops[end].kind != OP_RACE; end--)
		if (p->ops[end].kind == OP_RACE_END || p->ops[end].kind == OP_TURNS)
			return p->n_ops;
	return p->ops[end].kind == OP_RACE ? end : p->n_ops;
}

bool
race_at(struct race_place *r, const struct program *p, unsigned int at)
{
	unsigned int i = begin_of(p, at);

	if (i == p->n_ops)
		return false;
	*r = (struct race_place){ .from = (uint16_t)i, .to = (uint16_t)(i + program_race(p, i)) };
	do {
		struct race_branch *b = &r->branch[r->n++];

		b->from = b->to = (uint16_t)++i;
		b->actor = p->ops[i].actor;
		while (!op_is_mark(p->ops[i].kind))
			b->to = (uint16_t)++i;
	} while (p->ops[i].kind == OP_WITH);
	r->turns = (uint16_t)(i + 1);
	return true;
}

unsigned int
race_branch_of(const struct race_place *r, unsigned int at)
{
	for (unsigned int b = 0; b < r->n; b++)
		if (at >= r->branch[b].from && at < r->branch[b].to)
			return b;
	return r->n;
}

unsigned int
race_chain(const struct op *o)
{
	switch (o->kind) {
	case OP_ALLOC:
	case OP_EMPTY:
	case OP_FREE_CHAIN:
		return o->a.idx;
	case OP_CLAIM:
	case OP_RELEASE:
		return o->b.idx;
	default:
		return CHAIN_SLOTS;
	}
}

bool
race_windows_doubtful(const struct race_place *r, const struct program *p, unsigned int actor)
{
	bool shared = race_maps_shared(r, p, actor) != 0;

	for (unsigned int at = r->from; at < r->turns; at++) {
		const struct op *o = &p->ops[at];

		if (o->actor == actor &&
		    (o->kind == OP_REPLACE || (o->kind == OP_MAP && shared)))
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------ the schedule */

unsigned int
race_turns(const struct race_place *r, const struct program *p, uint8_t code[RACE_SCHEDULE_MAX])
{
	unsigned int n = 0;

	for (unsigned int at = r->turns; at < r->to; at++)
		for (unsigned int i = 0; i < race_turns_in(&p->ops[at]); i++)
			code[n++] = (uint8_t)race_turn(&p->ops[at], i);
	return n;
}

/* Make the schedule n operations long. */
static void
resize(struct race_place *r, struct program *p, unsigned int n)
{
	unsigned int old = r->to, to = r->turns + n;

	__builtin_memmove(&p->ops[to], &p->ops[old], (p->n_ops - old) * sizeof p->ops[0]);
	p->n_ops = (uint16_t)(p->n_ops + to - old);
	r->to = (uint16_t)to;
}

void
race_set_turns(struct race_place *r, struct program *p, const uint8_t *code, unsigned int n)
{
	unsigned int room = PROGRAM_OPS_MAX - p->n_ops + r->to - r->turns;
	unsigned int ops = (n + RACE_TURNS_PER_OP - 1) / RACE_TURNS_PER_OP;

	if (ops > room) {
		ops = room;
		n = ops * RACE_TURNS_PER_OP;
	}
	resize(r, p, ops);
	for (unsigned int i = 0; i < n; i++) {
		struct op *o = &p->ops[r->turns + i / RACE_TURNS_PER_OP];

		if (i % RACE_TURNS_PER_OP == 0)
			*o = (struct op){ .kind = OP_TURNS };
		race_put_turn(o, race_turn_fitted(code[i], r->n));
	}
}

unsigned int
race_switches(const uint8_t *code, unsigned int n)
{
	unsigned int cost = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct turn t = turn_of(code[i]);

		cost += t.kind != TURN_STEP;
		cost += i > 0 && t.branch != turn_of(code[i - 1]).branch;
	}
	return cost;
}
