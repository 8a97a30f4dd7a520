/* guess: what operations bring about.  See guess.h; guess_op.c makes operations of it. */
#include "fuzz/guess.h"

enum { REFS_AT_START = 504 };

void
guess_begin(struct guess *g, const struct program_header *h)
{
	g->header = h;
	for (unsigned int d = 0; d < h->domains; d++) {
		struct guess_domain *x = &g->domain[d];

		*x = (struct guess_domain){ .free = REFS_AT_START };
		x->pages = (uint8_t)((1u << h->pages) - 1);
		x->in[GUESS_FREE] = 0xffff;
	}
}

static void
set_state(struct guess_domain *x, unsigned int slot, enum guess_state s)
{
	if (slot >= REF_SLOTS)
		return;
	x->in[x->state[slot]] &= (uint16_t)~(1u << slot);
	x->in[s] |= (uint16_t)(1u << slot);
	x->state[slot] = (uint8_t)s;
}

static enum guess_state
state_of(const struct guess_domain *x, unsigned int slot)
{
	return slot < REF_SLOTS ? (enum guess_state)x->state[slot] : GUESS_STATES;
}

/* A reference slot begins to be granted or accepted. */
static void
begin_use(struct guess_domain *x, const struct op *o, enum guess_state want, enum guess_state s)
{
	unsigned int slot = o->a.idx;

	if (state_of(x, slot) != want)
		return;
	if (want == GUESS_FREE)
		x->free--;
	set_state(x, slot, s);
	x->peer[slot] = o->b.dom;
	x->page[slot] = o->b.idx;
	x->users[slot] = 0;
}

/* A reference slot's use ends, if it is in state s and nobody maps it. */
static void
end_use(struct guess_domain *x, unsigned int slot, enum guess_state s, enum guess_state then)
{
	if (state_of(x, slot) != s || x->users[slot] > 0)
		return;
	if (s == GUESS_ARRIVED && x->page[slot] < PAGE_SLOTS)
		x->pages |= (uint8_t)(1u << x->page[slot]);
	if (then == GUESS_FREE)
		x->free++;
	set_state(x, slot, then);
}

static void
apply_chain(struct guess_domain *x, const struct op *o)
{
	unsigned int c = o->kind == OP_CLAIM || o->kind == OP_RELEASE ? o->b.idx : o->a.idx;

	switch (o->kind) {
	case OP_ALLOC:
		if (x->chain[c] == 0) {
			x->chain[c] = o->len;
			x->free = x->free > o->len ? x->free - o->len : 0;
		}
		break;
	case OP_CLAIM:
		if (x->chain[c] > 0 && state_of(x, o->a.idx) == GUESS_FREE) {
			x->chain[c]--;
			set_state(x, o->a.idx, GUESS_CLAIMED);
		}
		break;
	case OP_RELEASE:
		if (state_of(x, o->a.idx) == GUESS_CLAIMED) {
			x->chain[c]++;
			set_state(x, o->a.idx, GUESS_FREE);
		}
		break;
	case OP_FREE_CHAIN:
		x->free += x->chain[c];
		x->chain[c] = 0;
		break;
	}
	x->chains &= (uint8_t)~(1u << c);
	x->chains |= (uint8_t)((x->chain[c] > 0) << c);
}

static void
apply_map(struct guess *g, const struct op *o)
{
	struct guess_domain *x = &g->domain[o->actor], *peer;
	unsigned int m = o->a.idx, slot = o->b.idx;

	if (o->b.dom >= g->header->domains || slot >= REF_SLOTS || x->maps >> m & 1)
		return;
	peer = &g->domain[o->b.dom];
	if (peer->state[slot] != GUESS_ACCESS || peer->peer[slot] != o->actor)
		return;
	if (op_where(o) > AT_M0 + MAP_SLOTS || (o->flags & (OPF_MAP_APP | OPF_MAP_PTE)))
		return;
	x->maps |= (uint8_t)(1u << m);
	x->map[m] = (struct guess_map){ o->b.dom, o->b.idx, (o->flags & OPF_MAP_DEV) != 0 };
	peer->users[slot]++;
}

static void
apply_unmap(struct guess *g, const struct op *o)
{
	struct guess_domain *x = &g->domain[o->actor];
	unsigned int m = o->a.idx;
	uint8_t *users;

	if (m >= MAP_SLOTS || !(x->maps >> m & 1) || op_where(o) != AT_OWN ||
	    (o->flags & OPF_UNMAP_STALE))
		return;
	if (x->map[m].dev && !(o->flags & OPF_UNMAP_DEV))
		return;
	x->maps &= (uint8_t)~(1u << m);
	users = &g->domain[x->map[m].granter].users[x->map[m].slot];
	if (*users > 0)
		--*users;
}

static void
apply_transfer(struct guess *g, const struct op *o)
{
	struct guess_domain *x = &g->domain[o->actor], *to;

	if (o->a.idx < PAGE_SLOTS)
		x->pages &= (uint8_t)~(1u << o->a.idx);
	if (o->b.dom >= g->header->domains || o->b.idx >= REF_SLOTS)
		return;
	to = &g->domain[o->b.dom];
	if (to->state[o->b.idx] == GUESS_ACCEPT && to->peer[o->b.idx] == o->actor)
		set_state(to, o->b.idx, GUESS_ARRIVED);
}

static void
apply_end(struct guess_domain *x, const struct op *o)
{
	end_use(x, o->a.idx, GUESS_ACCESS, o->kind == OP_END_REF ? GUESS_CLAIMED : GUESS_FREE);
	if (o->kind != OP_END)
		return;
	/* Deferred: the slot is free all the same. */
	if (state_of(x, o->a.idx) == GUESS_ACCESS)
		set_state(x, o->a.idx, GUESS_FREE);
	if (o->flags & OPF_END_PAGE)
		x->pages &= (uint8_t)~(1u << o->b.idx);
}

static void
apply_end_transfer(struct guess_domain *x, const struct op *o)
{
	enum guess_state then = o->kind == OP_END_TRANSFER ? GUESS_FREE : GUESS_CLAIMED;

	end_use(x, o->a.idx, GUESS_ACCEPT, then);
	end_use(x, o->a.idx, GUESS_ARRIVED, then);
}

void
guess_apply(struct guess *g, const struct op *o)
{
	struct guess_domain *x = &g->domain[o->actor];

	switch (o->kind) {
	case OP_GRANT: begin_use(x, o, GUESS_FREE, GUESS_ACCESS); break;
	case OP_GRANT_REF: begin_use(x, o, GUESS_CLAIMED, GUESS_ACCESS); break;
	case OP_ACCEPT: begin_use(x, o, GUESS_FREE, GUESS_ACCEPT); break;
	case OP_ACCEPT_REF: begin_use(x, o, GUESS_CLAIMED, GUESS_ACCEPT); break;
	case OP_END_REF: case OP_TRY_END: case OP_END: apply_end(x, o); break;
	case OP_END_TRANSFER: case OP_END_TRANSFER_REF: apply_end_transfer(x, o); break;
	case OP_FREE: end_use(x, o->a.idx, GUESS_CLAIMED, GUESS_FREE); break;
	case OP_ALLOC: case OP_CLAIM: case OP_RELEASE: case OP_FREE_CHAIN: apply_chain(x, o); break;
	case OP_SUSPEND: x->suspended = true; break;
	case OP_RESUME: x->suspended = false; break;
	case OP_MAP: apply_map(g, o); break;
	case OP_UNMAP: apply_unmap(g, o); break;
	case OP_TRANSFER: apply_transfer(g, o); break;
	case OP_FILL: x->pages |= (uint8_t)(1u << o->a.idx); break;
	}
}
