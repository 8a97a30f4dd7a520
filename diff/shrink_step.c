#include "diff/shrink_step.h"

enum {
	PAIRS_OPS_MAX = 24,	/* programs for which pairs are tried: their number is the square */
	FLAG_BITS = 5,
	CODES_MAX = 64,		/* more than any operand has that is no number */
	WORDS_MAX = 16,		/* the same for a word of the header */
	NUMBER_BITS = 16,
	NUMBER_LOWERINGS = 2 + NUMBER_BITS,	/* to 0, to half, by 2^15, 2^14, ... 1 */
};

_Static_assert((int)SIDE_CODES <= (int)CODES_MAX && (int)DOM_CODES <= (int)CODES_MAX,
	       "every code lower than an operand's has a step");

/* Operands of an operation: codes, which have few values, then numbers. */
enum { ACTOR, A_DOM, A_IDX, B_DOM, B_IDX, CODES, A_OFF = CODES, B_OFF, LEN, OPERANDS };

enum {
	NUMBERS = OPERANDS - CODES,
	STEPS_CODES = CODES * CODES_MAX,
	STEPS_OP = FLAG_BITS + STEPS_CODES + NUMBERS * NUMBER_LOWERINGS,
	STEPS_HEADER = PROGRAM_FIELDS * WORDS_MAX,
};

static bool
settle(struct program *to, const struct program *p)
{
	program_normalize(to);
	return !program_same(to, p);
}

/* ------------------------------------------------------------------ removing */

/* The last of the operations and marks [from, to), or NULL. */
static const struct op *
last_done(const struct program *p, unsigned int from, unsigned int to)
{
	while (to > from)
		if (p->ops[--to].kind != OP_EXPECT)
			return &p->ops[to];
	return NULL;
}

bool
shrink_remove(struct program *to, const struct program *p, unsigned int at, unsigned int n)
{
	const struct op *last, *before;

	if (at >= p->n_ops)
		return false;
	if (n > p->n_ops - at)
		n = p->n_ops - at;
	*to = *p;
	/* What was the end of a batch must not let it reach on to what follows. */
	last = last_done(p, at, at + n);
	before = last_done(p, 0, at);
	if (last != NULL && !(last->flags & OP_JOIN) && before != NULL)
		to->ops[before - p->ops].flags &= (uint8_t)~OP_JOIN;
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

static unsigned int
operand(const struct op *o, unsigned int which)
{
	switch (which) {
	case ACTOR: return o->actor;
	case A_DOM: return o->a.dom;
	case A_IDX: return o->a.idx;
	case B_DOM: return o->b.dom;
	case B_IDX: return o->b.idx;
	case A_OFF: return o->a.off;
	case B_OFF: return o->b.off;
	default: return o->len;
	}
}

static void
set_operand(struct op *o, unsigned int which, unsigned int v)
{
	switch (which) {
	case ACTOR: o->actor = (uint8_t)v; break;
	case A_DOM: o->a.dom = (uint8_t)v; break;
	case A_IDX: o->a.idx = (uint8_t)v; break;
	case B_DOM: o->b.dom = (uint8_t)v; break;
	case B_IDX: o->b.idx = (uint8_t)v; break;
	case A_OFF: o->a.off = (uint16_t)v; break;
	case B_OFF: o->b.off = (uint16_t)v; break;
	case LEN: o->len = (uint16_t)v; break;
	}
}

/* p with that operand of operation `at' lowered to v, if that is lower. */
static bool
lower_operand(struct program *to, const struct program *p, unsigned int at, unsigned int which,
	      unsigned int v)
{
	/* An answer that was lowered would lie; turns have steps of their own. */
	if (!op_is_done(p->ops[at].kind) || v >= operand(&p->ops[at], which))
		return false;
	*to = *p;
	set_operand(&to->ops[at], which, v);
	return settle(to, p);
}

static bool
lower_word(struct program *to, const struct program *p, unsigned int field, unsigned int v)
{
	struct program_header h = p->header;

	if (v < program_fields[field].low || v >= *program_field(&h, field))
		return false;
	*to = *p;
	*program_field(&to->header, field) = (uint8_t)v;
	return settle(to, p);
}

static bool
clear_flag(struct program *to, const struct program *p, unsigned int at, unsigned int flag)
{
	if (!(p->ops[at].flags & OP_FLAG0 << flag))
		return false;
	*to = *p;
	to->ops[at].flags &= (uint8_t)~(OP_FLAG0 << flag);
	return settle(to, p);
}

/* v lowered in the given way of NUMBER_LOWERINGS; or v. */
static unsigned int
lowered(unsigned int v, unsigned int how)
{
	unsigned int less;

	if (how < 2)
		return how == 0 ? 0 : v / 2;
	less = 1u << (NUMBER_LOWERINGS - 1 - how);
	return v >= less ? v - less : v;
}

static unsigned int
count_lowerings(const struct program *p)
{
	return STEPS_HEADER + p->n_ops * STEPS_OP;
}

static bool
lower(struct program *to, const struct program *p, unsigned int number)
{
	unsigned int at, which;

	if (number < STEPS_HEADER)
		return lower_word(to, p, number / WORDS_MAX, number % WORDS_MAX);
	at = (number - STEPS_HEADER) / STEPS_OP;
	number = (number - STEPS_HEADER) % STEPS_OP;
	if (number < FLAG_BITS)
		return clear_flag(to, p, at, number);
	number -= FLAG_BITS;
	if (number < STEPS_CODES)
		return lower_operand(to, p, at, number / CODES_MAX, number % CODES_MAX);
	number -= STEPS_CODES;
	which = CODES + number / NUMBER_LOWERINGS;
	return lower_operand(to, p, at, which,
			     lowered(operand(&p->ops[at], which), number % NUMBER_LOWERINGS));
}

enum { VALUES = 1 << NUMBER_BITS };

static unsigned int
count_values(const struct program *p)
{
	return p->n_ops * NUMBERS * VALUES;
}

/* A number lowered to any value. */
static bool
lower_to_value(struct program *to, const struct program *p, unsigned int number)
{
	return lower_operand(to, p, number / VALUES / NUMBERS, CODES + number / VALUES % NUMBERS,
			     number % VALUES);
}

enum { LEASTS_OP = FLAG_BITS + OPERANDS };

static unsigned int
count_leasts(const struct program *p)
{
	return PROGRAM_FIELDS + p->n_ops * LEASTS_OP;
}

static bool
lower_to_least(struct program *to, const struct program *p, unsigned int number)
{
	unsigned int at, which;

	if (number < PROGRAM_FIELDS)
		return lower_word(to, p, number, program_fields[number].low);
	at = (number - PROGRAM_FIELDS) / LEASTS_OP;
	which = (number - PROGRAM_FIELDS) % LEASTS_OP;
	if (at >= p->n_ops)
		return false;
	if (which < FLAG_BITS)
		return clear_flag(to, p, at, which);
	return lower_operand(to, p, at, which - FLAG_BITS, 0);
}

const struct shrink_steps shrink_leasts = { count_leasts, lower_to_least };
const struct shrink_steps shrink_removals = { count_ops, remove_one };
const struct shrink_steps shrink_pairs = { count_pairs, remove_two };
const struct shrink_steps shrink_unjoins = { count_ops, unjoin };
const struct shrink_steps shrink_lowerings = { count_lowerings, lower };
const struct shrink_steps shrink_values = { count_values, lower_to_value };
