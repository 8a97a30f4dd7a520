/*
 * guess_op: operations that make sense where they stand.
 *
 * An operation starts as anything in its kind's ranges, numbers drawn from those that matter; then
 * the operands that decide whether it works are taken from the guess.
 */
#include "fuzz/guess.h"

#include "arch/xen_abi.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint16_t offsets[] = {
	0, 0, 0, 1, 2, 4, 8, 64, 100, 2048, 4088, 4094, 4095, 4096, 5000,
};
static const uint16_t lengths[] = { 0, 1, 8, 8, 64, 64, 100, 1024, 2048, 4095, 4096, 4097, 8191 };
static const uint16_t refs_wanted[] = {
	0, 1, 1, 2, 2, 3, 5, 8, 100, 490, 500, 504, 505, 512, 1000, 1500, 2040, 5000,
};
static const uint16_t entry_flags[] = {
	0, 1, 1, 1, 2, 2, 3, 5, 6, 8, 9, 0x0a, 0x0d, 0x0e, 0x11, 0x19, 0x1d, 0x21, 0x101, 0x105,
};
static const uint16_t lookups[] = { 0, 1, 1, 2, 3, 255, 256, 257, 300 };
static const uint16_t pins[] = { 0, 126, 127, 128, 129, 254, 255, 256 };
static const uint16_t range_lengths[] = { 0, 1, 4095, 4096, 4097, 8192, 12288, 20000 };

int
guess_bit(struct rng *r, uint32_t mask)
{
	unsigned int n = (unsigned int)__builtin_popcount(mask);

	if (n == 0)
		return -1;
	for (n = rng_below(r, n); n > 0; n--)
		mask &= mask - 1;
	return __builtin_ctz(mask);
}

/* Set *v to a random set bit of mask, if there is one. */
static void
pick(struct rng *r, uint32_t mask, uint8_t *v)
{
	int bit = guess_bit(r, mask);

	if (bit >= 0)
		*v = (uint8_t)bit;
}

static uint16_t
one_of(struct rng *r, const uint16_t *values, size_t n)
{
	return values[rng_below(r, (uint32_t)n)];
}

/* A number for the kind; its range is what the caller reduces it to. */
static unsigned int
number(struct rng *r, enum op_kind kind, unsigned int max)
{
	switch (kind) {
	case OP_ALLOC:
		return rng_below(r, 8) > 0 ? rng_below(r, 9) :
		       one_of(r, refs_wanted, COUNT(refs_wanted));
	case OP_CALLBACK: return one_of(r, refs_wanted, COUNT(refs_wanted));
	case OP_COPY: case OP_CACHE_FLUSH: return one_of(r, lengths, COUNT(lengths));
	case OP_ENTRY: case OP_FLAGS: return one_of(r, entry_flags, COUNT(entry_flags));
	case OP_PAGE_OUT: return one_of(r, lookups, COUNT(lookups));
	case OP_FOREACH: return one_of(r, range_lengths, COUNT(range_lengths));
	case OP_HYPERCALL: return rng_below(r, 4) > 0 ? rng_below(r, 13) : rng_below(r, max + 1);
	case OP_PIN: return rng_below(r, 16) > 0 ? 1 + rng_below(r, 3) :
						  one_of(r, pins, COUNT(pins));
	case OP_FAIL_ALLOC: case OP_FAIL_HYPERCALL: return rng_below(r, 4);
	default: return rng_below(r, max + 1);
	}
}

/* An ordinary domain, mostly; mostly not the actor. */
static uint8_t
domain(struct rng *r, const struct program_header *h, unsigned int actor)
{
	unsigned int roll = rng_below(r, 32);

	if (roll == 0)
		return (uint8_t)rng_below(r, DOM_CODES);
	if (roll < 6 || h->domains == 1)
		return (uint8_t)actor;
	return (uint8_t)((actor + 1 + rng_below(r, h->domains - 1u)) % h->domains);
}

static uint16_t
offset(struct rng *r, unsigned int max, unsigned int align)
{
	unsigned int v = rng_below(r, XEN_PAGE_SIZE);

	if (rng_below(r, 4) > 0)
		v = one_of(r, offsets, COUNT(offsets));
	return (uint16_t)((v > max ? max : v) & ~(align - 1));
}

/* Flags, each set in one of eight operations; what is odd is rarer. */
static uint8_t
flags(struct rng *r, enum op_kind kind)
{
	uint8_t all = program_op_max[kind].flags & (uint8_t)~OP_JOIN;

	return all & (uint8_t)(rng_next(r) & rng_next(r) & rng_next(r));
}

/* References of `granter` that `actor` may map. */
static uint32_t
usable(const struct guess *g, unsigned int granter, unsigned int actor)
{
	const struct guess_domain *x = &g->domain[granter];
	uint32_t mask = 0;

	for (uint32_t in = x->in[GUESS_ACCESS]; in != 0; in &= in - 1) {
		unsigned int slot = (unsigned int)__builtin_ctz(in);

		if (x->peer[slot] == actor)
			mask |= 1u << slot;
	}
	return mask;
}

/* Point a side at a reference that the actor may use, if any domain has one. */
static void
peer_access(const struct guess *g, struct rng *r, unsigned int actor, uint8_t *dom, uint8_t *ref)
{
	unsigned int n = g->header->domains, first = rng_below(r, n);

	for (unsigned int i = 0; i < n; i++) {
		unsigned int d = (first + i) % n;
		uint32_t mask = usable(g, d, actor);

		if (mask != 0) {
			*dom = (uint8_t)d;
			pick(r, mask, ref);
			return;
		}
	}
}

/* Point b at a reference that waits for a page of the actor's. */
static void
peer_accept(const struct guess *g, struct rng *r, struct op *o)
{
	for (unsigned int d = 0; d < g->header->domains; d++) {
		const struct guess_domain *x = &g->domain[d];
		int slot = guess_bit(r, x->in[GUESS_ACCEPT]);

		if (slot >= 0 && x->peer[slot] == o->actor) {
			o->b.dom = (uint8_t)d;
			o->b.idx = (uint8_t)slot;
			return;
		}
	}
}

static void
copy_op(const struct guess *g, struct rng *r, struct op *o)
{
	const struct guess_domain *x = &g->domain[o->actor];
	struct side *own = &o->a, *far = &o->b;

	if (rng_below(r, 2) == 0) {
		own = &o->b;
		far = &o->a;
	}
	own->dom = DOM_SELF;
	own->idx = SIDE_FRAME;
	pick(r, x->pages, &own->idx);
	if (own->idx < PAGE_SLOTS)
		own->idx = (uint8_t)(own->idx + SIDE_FRAME);
	far->idx = (uint8_t)rng_below(r, REF_SLOTS);
	peer_access(g, r, o->actor, &far->dom, &far->idx);
	if (rng_below(r, 16) == 0)
		far->idx = (uint8_t)(REF_SLOTS + rng_below(r, REF_CODES - REF_SLOTS));
	if (rng_below(r, 16) == 0)
		own->dom = (uint8_t)rng_below(r, DOM_CODES);
	if (rng_below(r, 4) == 0)
		peer_access(g, r, o->actor, &own->dom, &own->idx);
	if (rng_below(r, 4) > 0) {
		o->a.off = (uint16_t)(o->a.off % (XEN_PAGE_SIZE / 2));
		o->b.off = (uint16_t)(o->b.off % (XEN_PAGE_SIZE / 2));
		o->len = (uint16_t)(o->len % (XEN_PAGE_SIZE / 2 + 1));
	}
}

/* Pages of the next domain (diff/op.h: FRAME_OTHER_P0) that the actor has mapped by a grant. */
static uint32_t
borrowed(const struct guess *g, unsigned int actor)
{
	unsigned int next = (actor + 1) % g->header->domains;
	const struct guess_domain *x = &g->domain[next];
	uint32_t mask = 0;

	for (uint32_t in = usable(g, next, actor); in != 0; in &= in - 1) {
		unsigned int slot = (unsigned int)__builtin_ctz(in);

		if (x->users[slot] > 0 && x->page[slot] < PAGE_SLOTS)
			mask |= 1u << x->page[slot];
	}
	return mask;
}

/* Operands of reference operations. */
static void
reference_op(const struct guess *g, struct rng *r, struct op *o)
{
	const struct guess_domain *x = &g->domain[o->actor];

	switch (o->kind) {
	case OP_GRANT: case OP_GRANT_REF:
		pick(r, x->in[o->kind == OP_GRANT ? GUESS_FREE : GUESS_CLAIMED], &o->a.idx);
		o->b.idx = (uint8_t)rng_below(r, FRAME_CODES);
		if (rng_below(r, 12) > 0)
			pick(r, x->pages, &o->b.idx);
		break;
	case OP_ACCEPT: case OP_ACCEPT_REF:
		pick(r, x->in[o->kind == OP_ACCEPT ? GUESS_FREE : GUESS_CLAIMED], &o->a.idx);
		if (rng_below(r, 4) > 0)
			pick(r, (uint8_t)~x->pages, &o->b.idx);
		break;
	case OP_QUERY: case OP_END_REF: case OP_TRY_END: case OP_END:
		pick(r, x->in[GUESS_ACCESS], &o->a.idx);
		pick(r, x->pages, &o->b.idx);
		if (rng_below(r, 3) == 0)
			o->flags |= program_op_max[o->kind].flags;
		break;
	case OP_END_TRANSFER: case OP_END_TRANSFER_REF:
		pick(r, x->in[GUESS_ACCEPT], &o->a.idx);
		pick(r, x->in[GUESS_ARRIVED], &o->a.idx);
		break;
	case OP_FREE:
		pick(r, x->in[GUESS_CLAIMED], &o->a.idx);
		break;
	case OP_ALLOC:
		pick(r, 15u & ~x->chains, &o->a.idx);
		break;
	case OP_EMPTY: case OP_FREE_CHAIN:
		pick(r, x->chains, &o->a.idx);
		break;
	case OP_CLAIM: case OP_RELEASE:
		pick(r, x->in[o->kind == OP_CLAIM ? GUESS_FREE : GUESS_CLAIMED], &o->a.idx);
		pick(r, x->chains, &o->b.idx);
		break;
	case OP_CALLBACK:
		/* Near what is free now, so that a few operations later decide. */
		if (rng_below(r, 2) == 0)
			o->len = (uint16_t)((unsigned int)x->free + rng_below(r, 6));
		break;
	}
}

/* Operands of the peer's side, and of entries and memory. */
static void
other_op(const struct guess *g, struct rng *r, struct op *o)
{
	const struct guess_domain *x = &g->domain[o->actor];

	switch (o->kind) {
	case OP_MAP:
		pick(r, (uint8_t)~x->maps, &o->a.idx);
		o->a.dom = rng_below(r, 8) > 0 ? AT_OWN : (uint8_t)rng_below(r, AT_CODES);
		peer_access(g, r, o->actor, &o->b.dom, &o->b.idx);
		if (rng_below(r, 4) > 0)
			o->flags &= OPF_MAP_RO | OPF_MAP_DEV;
		break;
	case OP_PIN:
		peer_access(g, r, o->actor, &o->b.dom, &o->b.idx);
		break;
	case OP_UNMAP:
		pick(r, x->maps, &o->a.idx);
		o->b.idx = rng_below(r, 8) > 0 ? AT_OWN : (uint8_t)rng_below(r, AT_CODES);
		if (o->a.idx < MAP_SLOTS && x->map[o->a.idx].dev && rng_below(r, 4) > 0)
			o->flags |= OPF_UNMAP_DEV;
		break;
	case OP_REPLACE:
		pick(r, x->maps, &o->a.idx);
		pick(r, x->maps & ~(1u << o->a.idx), &o->b.idx);
		break;
	case OP_COPY:
		copy_op(g, r, o);
		break;
	case OP_TRANSFER:
		pick(r, x->pages, &o->a.idx);
		peer_accept(g, r, o);
		break;
	case OP_ENTRY: case OP_FLAGS:
		pick(r, x->in[GUESS_ACCESS] | x->in[GUESS_ACCEPT] | x->in[GUESS_CLAIMED],
		     &o->a.idx);
		pick(r, x->pages, &o->b.idx);
		break;
	case OP_SWAP:
		pick(r, 0xffffu & ~x->in[GUESS_FREE], &o->a.idx);
		pick(r, 0xffffu & ~x->in[GUESS_FREE], &o->b.idx);
		break;
	case OP_WRITE_MAP: case OP_READ_MAP:
		pick(r, x->maps, &o->a.idx);
		break;
	case OP_CACHE_FLUSH:
		pick(r, x->pages | (borrowed(g, o->actor) << FRAME_OTHER_P0), &o->a.idx);
		o->flags |= (uint8_t)(rng_next(r) & (OPF_FLUSH_CLEAN | OPF_FLUSH_INVAL));
		if (rng_below(r, 4) > 0)
			o->len = (uint16_t)(o->len % (XEN_PAGE_SIZE - o->a.off + 1u));
		break;
	case OP_WRITE: case OP_READ: case OP_PAGE_OUT: case OP_WIDEN:
		pick(r, x->pages, &o->a.idx);
		break;
	case OP_FILL:
		pick(r, (uint8_t)~x->pages, &o->a.idx);
		break;
	}
}

/* A value for `idx` below its maximum: a slot rather than a special. */
static uint8_t
index_below(struct rng *r, unsigned int max)
{
	unsigned int slots = max == REF_CODES - 1 ? REF_SLOTS : max >= 8 ? 8 : max + 1;

	return (uint8_t)(rng_below(r, 16) > 0 ? rng_below(r, slots) : rng_below(r, max + 1));
}

/* What an operation asks about a domain hangs on which id that is, where it has nothing else. */
static void
ask_anybody(struct rng *r, const struct op *max, struct op *o)
{
	if (max->a.idx > 0 || max->b.idx > 0 || rng_below(r, 4) > 0)
		return;
	if (max->a.dom > 0)
		o->a.dom = (uint8_t)rng_below(r, DOM_CODES);
	if (max->b.dom > 0)
		o->b.dom = (uint8_t)rng_below(r, DOM_CODES);
}

void
guess_op(const struct guess *g, struct rng *r, enum op_kind kind, unsigned int actor, struct op *o)
{
	const struct op *max = &program_op_max[kind];
	unsigned int align = kind == OP_READ || kind == OP_READ_MAP ? 4 : 1;

	*o = (struct op){ .kind = (uint8_t)kind, .actor = (uint8_t)actor };
	if (max->a.idx > 0)
		o->a.idx = index_below(r, max->a.idx);
	if (max->b.idx > 0)
		o->b.idx = index_below(r, max->b.idx);
	if (max->a.dom > 0)
		o->a.dom = domain(r, g->header, actor);
	if (max->b.dom > 0)
		o->b.dom = domain(r, g->header, actor);
	ask_anybody(r, max, o);
	if (max->a.off > 0)
		o->a.off = offset(r, max->a.off, align);
	if (max->b.off > 0)
		o->b.off = offset(r, max->b.off, align);
	if (max->len > 0)
		o->len = (uint16_t)number(r, kind, max->len);
	if (max->flags > 0)
		o->flags = flags(r, kind);
	if (kind <= OP_XLAT_FREE)
		reference_op(g, r, o);
	else
		other_op(g, r, o);
}

/* v near, or anywhere in its range. */
static unsigned int
other_value(struct rng *r, unsigned int v, unsigned int max)
{
	switch (rng_below(r, 4)) {
	case 0: return v < max ? v + 1 : 0;
	case 1: return v > 0 ? v - 1 : max;
	default: return rng_below(r, max + 1);
	}
}

void
guess_spoil(struct rng *r, struct op *o)
{
	const struct op *max = &program_op_max[o->kind];
	uint8_t all = max->flags & (uint8_t)~OP_JOIN;
	uint32_t used = (uint32_t)(max->a.dom > 0) | (uint32_t)(max->a.idx > 0) << 1 |
			(uint32_t)(max->a.off > 0) << 2 | (uint32_t)(max->b.dom > 0) << 3 |
			(uint32_t)(max->b.idx > 0) << 4 | (uint32_t)(max->b.off > 0) << 5 |
			(uint32_t)(max->len > 0) << 6 | (uint32_t)(all > 0) << 7;

	switch (guess_bit(r, used)) {
	case 0: o->a.dom = (uint8_t)other_value(r, o->a.dom, max->a.dom); break;
	case 1: o->a.idx = (uint8_t)other_value(r, o->a.idx, max->a.idx); break;
	case 2: o->a.off = (uint16_t)other_value(r, o->a.off, max->a.off); break;
	case 3: o->b.dom = (uint8_t)other_value(r, o->b.dom, max->b.dom); break;
	case 4: o->b.idx = (uint8_t)other_value(r, o->b.idx, max->b.idx); break;
	case 5: o->b.off = (uint16_t)other_value(r, o->b.off, max->b.off); break;
	case 6: o->len = (uint16_t)other_value(r, o->len, max->len); break;
	case 7: o->flags ^= all & (uint8_t)(1u << (1 + rng_below(r, OP_FLAGS_MAX))); break;
	}
}
