/*
 * mutate: small changes to programs.  See mutate.h; mutate_random.c writes whole ones.
 *
 * Every change keeps most of the program.  Operations that are put in are fitted to what comes
 * before them, as far as guess.h can tell.
 */
#include "fuzz/guess.h"

#include <string.h>

enum {
	CHANGES_MAX = 6,	/* changes at once; half of the calls make one */
	BLOCK_MAX = 8,		/* operations moved, doubled or taken out at once */
	CROSS_BLOCKS_MAX = 4,
	ANEW_ONE_IN = 4,	/* calls write a program anew, and as many the rest of one */
	ANEW_OPS_MAX = 64,	/* operations written so */
};

uint64_t
rng_next(struct rng *r)
{
	/* SplitMix64 (Steele, Lea, Flood 2014). */
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

/* ------------------------------------------------------------------ blocks of operations */

/* Make room for n operations at `at`. */
static void
open_gap(struct program *p, unsigned int at, unsigned int n)
{
	memmove(&p->ops[at + n], &p->ops[at], (p->n_ops - at) * sizeof p->ops[0]);
	p->n_ops = (uint16_t)(p->n_ops + n);
}

static void
cut(struct program *p, unsigned int at, unsigned int n)
{
	memmove(&p->ops[at], &p->ops[at + n], (p->n_ops - at - n) * sizeof p->ops[0]);
	p->n_ops = (uint16_t)(p->n_ops - n);
}

/* A random block of *p, not empty.  Pre: n_ops > 0. */
static unsigned int
block(const struct program *p, struct rng *r, unsigned int *n)
{
	unsigned int at = rng_below(r, p->n_ops), most = p->n_ops - at;

	*n = 1 + rng_below(r, most < BLOCK_MAX ? most : BLOCK_MAX);
	return at;
}

/* ------------------------------------------------------------------ changes */

/* What often follows an operation, and whether its actor or the domain that it names does it. */
static const struct follow {
	uint8_t kind, next;
	bool peer;
} follows[] = {
	{ OP_GRANT, OP_MAP, true }, { OP_GRANT, OP_COPY, true }, { OP_GRANT, OP_END_REF, false },
	{ OP_GRANT, OP_END, false }, { OP_GRANT, OP_SWAP, false }, { OP_GRANT, OP_FLAGS, false },
	{ OP_GRANT_REF, OP_MAP, true }, { OP_GRANT_REF, OP_END_REF, false },
	{ OP_END_REF, OP_FREE, false }, { OP_END_REF, OP_GRANT_REF, false },
	{ OP_END_REF, OP_RELEASE, false }, { OP_END, OP_TICK, false },
	{ OP_ACCEPT, OP_TRANSFER, true }, { OP_ACCEPT_REF, OP_TRANSFER, true },
	{ OP_TRANSFER, OP_END_TRANSFER, true }, { OP_TRANSFER, OP_END_TRANSFER_REF, true },
	{ OP_TRANSFER, OP_FILL, false }, { OP_ALLOC, OP_CLAIM, false },
	{ OP_ALLOC, OP_FREE_CHAIN, false }, { OP_ALLOC, OP_CALLBACK, false },
	{ OP_CLAIM, OP_GRANT_REF, false }, { OP_CLAIM, OP_ACCEPT_REF, false },
	{ OP_CLAIM, OP_RELEASE, false }, { OP_CALLBACK, OP_FREE_CHAIN, false },
	{ OP_CALLBACK, OP_CANCEL, false }, { OP_SUSPEND, OP_RESUME, false },
	{ OP_MAP, OP_UNMAP, false }, { OP_MAP, OP_MAP, false }, { OP_MAP, OP_WRITE_MAP, false },
	{ OP_MAP, OP_READ_MAP, false }, { OP_MAP, OP_END_REF, true }, { OP_MAP, OP_REPLACE, false },
	{ OP_UNMAP, OP_UNMAP, false }, { OP_UNMAP, OP_TICK, true }, { OP_REPLACE, OP_UNMAP, false },
	{ OP_ENTRY, OP_MAP, true }, { OP_PAGE_OUT, OP_COPY, true },
	{ OP_WIDEN, OP_TRANSFER, false }, { OP_FAIL_ALLOC, OP_ALLOC, false },
	{ OP_FAIL_HYPERCALL, OP_MAP, false },
};

/* A kind and actor to follow *o; anything if nothing in particular does. */
static enum op_kind
follow_kind(const struct op *o, struct rng *r, unsigned int domains, unsigned int *actor)
{
	unsigned int n = 0, chosen = 0;

	for (unsigned int i = 0; i < sizeof follows / sizeof follows[0]; i++)
		if (follows[i].kind == o->kind && rng_below(r, ++n) == 0)
			chosen = i;
	if (n == 0) {
		*actor = rng_below(r, domains);
		return (enum op_kind)rng_below(r, OP_EXPECT);
	}
	*actor = follows[chosen].peer && o->b.dom < domains ? o->b.dom : o->actor;
	return (enum op_kind)follows[chosen].next;
}

/* Use the same names as *o does where both kinds have them. */
static void
same_names(struct op *next, const struct op *o)
{
	bool map_end = next->kind == OP_UNMAP || next->kind == OP_REPLACE ||
		       next->kind == OP_WRITE_MAP || next->kind == OP_READ_MAP;

	if (o->kind == OP_MAP && map_end)
		next->a.idx = o->a.idx;
	else if (next->kind == OP_MAP &&
		 (o->kind == OP_GRANT || o->kind == OP_GRANT_REF || o->kind == OP_ENTRY)) {
		next->b.dom = o->actor;
		next->b.idx = o->a.idx;
	} else if (o->kind == OP_TRANSFER && next->kind <= OP_END_TRANSFER)
		next->a.idx = o->b.idx;
	else if (o->kind == next->kind ||
		 (o->kind <= OP_END_TRANSFER && next->kind <= OP_END_TRANSFER))
		next->a.idx = o->a.idx;
}

/* An operation at a random place, fitted to what is before it. */
static void
change_insert(struct program *p, struct rng *r, unsigned int max_ops)
{
	unsigned int at = rng_below(r, p->n_ops + 1u), actor = rng_below(r, p->header.domains);
	enum op_kind kind = (enum op_kind)rng_below(r, OP_EXPECT);
	struct guess g;
	struct op o;

	if (p->n_ops >= max_ops)
		return;
	guess_begin(&g, &p->header);
	for (unsigned int i = 0; i < at; i++)
		guess_apply(&g, &p->ops[i]);
	if (at > 0 && rng_below(r, 2) == 0) {
		kind = follow_kind(&p->ops[at - 1], r, p->header.domains, &actor);
		guess_op(&g, r, kind, actor, &o);
		same_names(&o, &p->ops[at - 1]);
	} else {
		guess_op(&g, r, kind, actor, &o);
	}
	open_gap(p, at, 1);
	p->ops[at] = o;
}

static void
change_field(struct program *p, struct rng *r, unsigned int max_ops)
{
	(void)max_ops;
	if (p->n_ops > 0)
		guess_spoil(r, &p->ops[rng_below(r, p->n_ops)]);
}

static void
change_actor(struct program *p, struct rng *r, unsigned int max_ops)
{
	struct op *o;

	(void)max_ops;
	if (p->n_ops == 0)
		return;
	o = &p->ops[rng_below(r, p->n_ops)];
	o->actor = (uint8_t)rng_below(r, p->header.domains);
}

/* An operation becomes another kind, its operands as far as they fit. */
static void
change_kind(struct program *p, struct rng *r, unsigned int max_ops)
{
	struct op *o;

	(void)max_ops;
	if (p->n_ops == 0)
		return;
	o = &p->ops[rng_below(r, p->n_ops)];
	if (!op_is_done(o->kind))
		return;
	o->kind = (uint8_t)rng_below(r, OP_EXPECT);
	program_normalize(p);
}

static void
change_join(struct program *p, struct rng *r, unsigned int max_ops)
{
	(void)max_ops;
	if (p->n_ops > 0)
		p->ops[rng_below(r, p->n_ops)].flags ^= OP_JOIN;
}

static void
change_delete(struct program *p, struct rng *r, unsigned int max_ops)
{
	unsigned int n, at;

	(void)max_ops;
	if (p->n_ops == 0)
		return;
	at = block(p, r, &n);
	cut(p, at, rng_below(r, 2) == 0 ? 1 : n);
}

/* A block again, behind itself or anywhere. */
static void
change_double(struct program *p, struct rng *r, unsigned int max_ops)
{
	struct op held[BLOCK_MAX];
	unsigned int n, at;

	if (p->n_ops == 0)
		return;
	at = block(p, r, &n);
	if (p->n_ops + n > max_ops)
		return;
	memcpy(held, &p->ops[at], n * sizeof held[0]);
	at = rng_below(r, 2) == 0 ? at + n : rng_below(r, p->n_ops + 1u);
	open_gap(p, at, n);
	memcpy(&p->ops[at], held, n * sizeof held[0]);
}

/* An operation again with a field changed, in the same hypercall or in the next. */
static void
change_again(struct program *p, struct rng *r, unsigned int max_ops)
{
	unsigned int at;

	if (p->n_ops == 0 || p->n_ops >= max_ops)
		return;
	at = rng_below(r, p->n_ops);
	open_gap(p, at + 1, 1);
	p->ops[at + 1] = p->ops[at];
	guess_spoil(r, &p->ops[at + 1]);
	if (op_table[p->ops[at].kind].joinable && rng_below(r, 2) == 0)
		p->ops[at].flags |= OP_JOIN;
}

static void
change_move(struct program *p, struct rng *r, unsigned int max_ops)
{
	struct op held[BLOCK_MAX];
	unsigned int n, at;

	(void)max_ops;
	if (p->n_ops == 0)
		return;
	at = block(p, r, &n);
	memcpy(held, &p->ops[at], n * sizeof held[0]);
	cut(p, at, n);
	at = rng_below(r, p->n_ops + 1u);
	open_gap(p, at, n);
	memcpy(&p->ops[at], held, n * sizeof held[0]);
}

static void
change_swap(struct program *p, struct rng *r, unsigned int max_ops)
{
	unsigned int i, j;
	struct op held;

	(void)max_ops;
	if (p->n_ops == 0)
		return;
	i = rng_below(r, p->n_ops);
	j = rng_below(r, p->n_ops);
	held = p->ops[i];
	p->ops[i] = p->ops[j];
	p->ops[j] = held;
}

static void
change_header(struct program *p, struct rng *r, unsigned int max_ops)
{
	unsigned int i = rng_below(r, FIELD_ARM);	/* that is no matter without a race */
	const struct program_field *f = &program_fields[i];

	(void)max_ops;
	*program_field(&p->header, i) = (uint8_t)(f->low + rng_below(r, f->high - f->low + 1u));
	program_normalize(p);
}

/* A change leaves every field in its range; what is then odd about batches is normalized last. */
typedef void change_fn(struct program *p, struct rng *r, unsigned int max_ops);

/* Often listed, often done. */
static change_fn *const changes[] = {
	change_insert, change_insert, change_insert, change_insert,
	change_field, change_field, change_field, change_field,
	change_delete, change_delete, change_again, change_double, change_move, change_swap,
	change_join, change_kind, change_actor, change_header,
};

static void
write_anew(struct program *p, struct rng *r, bool all, unsigned int max_ops)
{
	unsigned int n = 1 + rng_below(r, ANEW_OPS_MAX);

	p->n_ops = (uint16_t)(all ? 0 : rng_below(r, p->n_ops + 1u));
	n += p->n_ops;
	n = n < max_ops ? n : max_ops;
	if (all)
		mutate_random(p, r, NULL, n);
	else
		mutate_extend(p, r, n);
}

/*
 * Small changes alone take long to get from nothing to a program that does something, and keep to
 * what the corpus happens to begin with.
 */
void
mutate_program(struct program *p, struct rng *r, unsigned int max_ops)
{
	unsigned int n = 1, roll = rng_below(r, ANEW_ONE_IN);

	if (p->n_ops > max_ops)
		p->n_ops = (uint16_t)max_ops;
	if (p->n_ops == 0 || roll < 2) {
		write_anew(p, r, p->n_ops == 0 || roll == 0, max_ops);
		return;
	}
	while (n < CHANGES_MAX && rng_below(r, 2) == 0)
		n++;
	for (; n > 0; n--)
		changes[rng_below(r, sizeof changes / sizeof changes[0])](p, r, max_ops);
	program_normalize(p);
}

/* ------------------------------------------------------------------ crossing */

/* Copy operations [at, at + n) of *from behind those of *out, as far as there is room. */
static void
append(struct program *out, const struct program *from, unsigned int at, unsigned int n,
       unsigned int max_ops)
{
	if (n > max_ops - out->n_ops)
		n = max_ops - out->n_ops;
	memcpy(&out->ops[out->n_ops], &from->ops[at], n * sizeof out->ops[0]);
	out->n_ops = (uint16_t)(out->n_ops + n);
}

/* Blocks of one and the other in turn, each going on where it was left. */
void
mutate_cross(struct program *out, const struct program *a, const struct program *b, struct rng *r,
	     unsigned int max_ops)
{
	const struct program *from[2] = { a, b };
	unsigned int at[2] = { 0, 0 }, turns = 1 + rng_below(r, CROSS_BLOCKS_MAX);
	unsigned int side = rng_below(r, 2);

	out->header = from[side]->header;
	out->n_ops = 0;
	for (unsigned int t = 0; t <= turns; t++, side ^= 1) {
		unsigned int left = from[side]->n_ops - at[side];
		unsigned int n = t == turns ? left : rng_below(r, left + 1);

		append(out, from[side], at[side], n, max_ops);
		at[side] += n;
		/* The other goes on from about the same time, or from wherever it was. */
		if (rng_below(r, 2) == 0 && at[side] <= from[side ^ 1]->n_ops)
			at[side ^ 1] = at[side];
	}
	program_normalize(out);
}

void
mutate_for_machine(struct program *p)
{
	for (unsigned int i = 0; i < p->n_ops; i++) {
		struct op *o = &p->ops[i];

		if (o->kind != OP_WIDEN && o->kind != OP_PAGE_OUT)
			continue;
		o->kind = OP_READ;
		o->len = 0;
	}
}
