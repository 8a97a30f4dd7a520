/*
 * program_race: what makes the races of a program normal.  See program.h.
 *
 * What is no race loses its marks, and its operations stay, one after the other.
 *
 * Freestanding: no libc, no state.
 */
#include "diff/program_internal.h"

/* Nothing that comes joins, or answers for, what came before. */
static void
part(struct cursor *c)
{
	if (c->last != NULL)
		c->last->flags &= (uint8_t)~OP_JOIN;
	c->last = NULL;
	c->told = true;
}

static void
put_mark(struct cursor *c, struct program *p, enum op_kind kind)
{
	part(c);
	p->ops[c->n++] = (struct op){ .kind = (uint8_t)kind };
}

/* What may be joined or answered for is again what it was when there are no marks. */
static void
find_last(struct cursor *c, struct program *p)
{
	unsigned int n = c->n;

	c->told = n == 0 || !op_is_done(p->ops[n - 1].kind);
	if (n > 0 && p->ops[n - 1].kind == OP_EXPECT)
		n--;
	c->last = n > 0 && op_is_done(p->ops[n - 1].kind) ? &p->ops[n - 1] : NULL;
}

/* Take the open race's marks away. */
static void
dissolve(struct cursor *c, struct program *p)
{
	unsigned int n = c->race.at;

	for (unsigned int i = n; i < c->n; i++)
		if (!op_is_mark(p->ops[i].kind))
			p->ops[n++] = p->ops[i];
	c->n = n;
	c->race.open = false;
	find_last(c, p);
}

static void
begin(struct cursor *c, struct program *p)
{
	if (c->race.open)
		dissolve(c, p);
	c->race.open = c->race.empty = true;
	c->race.branches = 1;
	c->race.ops = 0;
	c->race.at = (uint16_t)c->n;
	put_mark(c, p, OP_RACE);
}

static void
go_on_with(struct cursor *c, struct program *p)
{
	struct race_cursor *r = &c->race;

	if (!r->open || r->empty || r->branches == RACE_BRANCHES_MAX)
		return;
	put_mark(c, p, OP_WITH);
	r->branches++;
	r->empty = true;
}

static void
end(struct cursor *c, struct program *p)
{
	struct race_cursor *r = &c->race;

	if (!r->open)
		return;
	if (r->empty && r->branches > 1) {
		c->n--;
		r->branches--;
	}
	if (r->branches < 2) {
		dissolve(c, p);
		return;
	}
	put_mark(c, p, OP_RACE_END);
	r->open = false;
	r->ended = r->branches;
}

/* One more turn of the race that ended last. */
static void
put_turn(struct cursor *c, struct program *p, unsigned int code)
{
	struct op *o = &p->ops[c->n - 1];

	if (o->kind != OP_TURNS || race_turns_in(o) == RACE_TURNS_PER_OP) {
		o = &p->ops[c->n++];
		*o = (struct op){ .kind = OP_TURNS };
	}
	race_put_turn(o, race_turn_fitted(code, c->race.ended));
}

/* Turns follow their race and each other; all but the last of these operations are full. */
static void
keep_turns(struct cursor *c, struct program *p, const struct op *o)
{
	unsigned int kind = c->n > 0 ? p->ops[c->n - 1].kind : OP_EXPECT;

	if (kind != OP_RACE_END && kind != OP_TURNS)
		return;
	for (unsigned int i = 0; i < race_turns_in(o); i++)
		put_turn(c, p, race_turn(o, i));
}

void
program_keep_mark(struct cursor *c, struct program *p, const struct op *o)
{
	switch (o->kind) {
	case OP_RACE: begin(c, p); break;
	case OP_WITH: go_on_with(c, p); break;
	case OP_RACE_END: end(c, p); break;
	default: keep_turns(c, p, o); break;
	}
}

void
program_fit_race(struct cursor *c, struct program *p, struct op *o)
{
	struct race_cursor *r = &c->race;
	struct op fitted = *o;

	if (r->empty)
		r->actor = o->actor;
	fitted.actor = r->actor;
	if (!cursor_joins(c, &fitted) && (op_table[o->kind].alone || r->ops == RACE_OPS_MAX)) {
		dissolve(c, p);
		return;
	}
	r->ops += !cursor_joins(c, &fitted);
	*o = fitted;
	r->empty = false;
}

void
program_end_race(struct cursor *c, struct program *p)
{
	if (c->race.open)
		dissolve(c, p);
}
