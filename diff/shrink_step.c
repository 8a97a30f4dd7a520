#include "diff/shrink_step.h"

enum {
	PAIRS_OPS_MAX = 24,	/* programs for which pairs are tried: their number is the square */
	FLAG_BITS = 5,
	LOWERINGS = 3,		/* to the least, to half, by one */
};

/* Operands of an operation. */
enum { ACTOR, A_DOM, A_IDX, A_OFF, B_DOM, B_IDX, B_OFF, LEN, OPERANDS };

enum {
	STEPS_OP = OPERANDS * LOWERINGS + FLAG_BITS,
	STEPS_HEADER = PROGRAM_FIELDS * LOWERINGS,
};

static bool
settle(struct program *to, const struct program *p)
{
	program_normalize(to);
	return !program_same(to, p);
}

/* ------------------------------------------------------------------ removing */

bool
shrink_remove(struct program *to, const struct program *p, unsigned int at, unsigned int n)
{
	if (at >= p->n_ops)
		return false;
	if (n > p->n_ops - at)
		n = p->n_ops - at;
	*to = *p;
	/* What was the end of a batch must not let it reach on to what follows. */
	if (at > 0 && !(p->ops[at + n - 1].flags & OP_JOIN))
		to->ops[at - 1].flags &= (uint8_t)~OP_JOIN;
	for (unsigned int i = at; i + n < p->n_ops; i++)
		to->ops[i] = p->ops[i + n];
	to->n_ops = (uint16_t)(p->n_ops - n);
	return settle(to, p);
}

static unsigned int
count_ops(const struct program *p)
{
	return p->n_ops;
}

static bool
remove_one(struct program *to, const struct program *p, unsigned int number)
{
	return shrink_remove(to, p, number, 1);
}

static unsigned int
count_pairs(const struct program *p)
{
	return p->n_ops <= PAIRS_OPS_MAX ? (unsigned int)p->n_ops * p->n_ops : 0;
}

static bool
remove_two(struct program *to, const struct program *p, unsigned int number)
{
	unsigned int first = number / p->n_ops, second = number % p->n_ops;
	struct program between;

	return first < second && shrink_remove(&between, p, second, 1) &&
	       shrink_remove(to, &between, first, 1);
}

static bool
unjoin(struct program *to, const struct program *p, unsigned int number)
{
	if (!(p->ops[number].flags & OP_JOIN))
		return false;
	*to = *p;
	to->ops[number].flags &= (uint8_t)~OP_JOIN;
	return settle(to, p);
}

/* ------------------------------------------------------------------ lowering */

/* v lowered in the given way, towards `least'. */
static unsigned int
lowered(unsigned int v, unsigned int least, unsigned int how)
{
	if (v <= least)
		return v;
	switch (how) {
	case 0: return least;
	case 1: return least + (v - least) / 2;
	default: return v - 1;
	}
}

static void
lower_operand(struct op *o, unsigned int operand, unsigned int how)
{
	switch (operand) {
	case ACTOR: o->actor = (uint8_t)lowered(o->actor, 0, how); break;
	case A_DOM: o->a.dom = (uint8_t)lowered(o->a.dom, 0, how); break;
	case A_IDX: o->a.idx = (uint8_t)lowered(o->a.idx, 0, how); break;
	case A_OFF: o->a.off = (uint16_t)lowered(o->a.off, 0, how); break;
	case B_DOM: o->b.dom = (uint8_t)lowered(o->b.dom, 0, how); break;
	case B_IDX: o->b.idx = (uint8_t)lowered(o->b.idx, 0, how); break;
	case B_OFF: o->b.off = (uint16_t)lowered(o->b.off, 0, how); break;
	case LEN: o->len = (uint16_t)lowered(o->len, 0, how); break;
	}
}

static void
lower_header(struct program_header *h, unsigned int field, unsigned int how)
{
	uint8_t *v = program_field(h, field);

	*v = (uint8_t)lowered(*v, program_fields[field].low, how);
}

static unsigned int
count_lowerings(const struct program *p)
{
	return STEPS_HEADER + p->n_ops * STEPS_OP;
}

static bool
lower(struct program *to, const struct program *p, unsigned int number)
{
	struct op *o;

	*to = *p;
	if (number < STEPS_HEADER) {
		lower_header(&to->header, number / LOWERINGS, number % LOWERINGS);
		return settle(to, p);
	}
	number -= STEPS_HEADER;
	o = &to->ops[number / STEPS_OP];
	number %= STEPS_OP;
	if (number < FLAG_BITS)
		o->flags &= (uint8_t)~(OP_FLAG0 << number);
	else
		lower_operand(o, (number - FLAG_BITS) / LOWERINGS,
			      (number - FLAG_BITS) % LOWERINGS);
	return settle(to, p);
}

enum { LEASTS_OP = FLAG_BITS + OPERANDS };

static unsigned int
count_leasts(const struct program *p)
{
	return PROGRAM_FIELDS + p->n_ops * LEASTS_OP;
}

/* The lowering of that number, to the least. */
static bool
lower_to_least(struct program *to, const struct program *p, unsigned int number)
{
	unsigned int at, which;

	if (number < PROGRAM_FIELDS)
		return lower(to, p, number * LOWERINGS);
	at = (number - PROGRAM_FIELDS) / LEASTS_OP;
	which = (number - PROGRAM_FIELDS) % LEASTS_OP;
	if (which >= FLAG_BITS)
		which = FLAG_BITS + (which - FLAG_BITS) * LOWERINGS;
	return at < p->n_ops && lower(to, p, STEPS_HEADER + at * STEPS_OP + which);
}

const struct shrink_steps shrink_leasts = { count_leasts, lower_to_least };
const struct shrink_steps shrink_removals = { count_ops, remove_one };
const struct shrink_steps shrink_pairs = { count_pairs, remove_two };
const struct shrink_steps shrink_unjoins = { count_ops, unjoin };
const struct shrink_steps shrink_lowerings = { count_lowerings, lower };
