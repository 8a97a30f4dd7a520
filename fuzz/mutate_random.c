/*
 * mutate_random: random programs that make sense.
 *
 * Operations are drawn one by one by weight, each fitted to what the guess says has happened, and
 * some spoilt; now and then a scene is begun instead: a few operations that belong together and
 * reach what chance would not.  Every kind of operation can be drawn at any time.
 */
#include "fuzz/writer.h"

enum {
	SPOIL_ONE_IN = 6,	/* operations with a field changed after it was fitted */
	IN_VAIN_ONE_IN = 6,	/* operations that are drawn though nothing is there for them */
	SCENE_ONE_IN = 9,	/* turns that play a scene */
	BATCH_ONE_IN = 4,	/* of the kinds that can */
	HEAVIEST = 16,		/* of weight */
};

/* How often each kind is drawn, relative to the others. */
static const uint8_t weight[OP_KINDS] = {
	[OP_GRANT] = 10, [OP_GRANT_REF] = 9, [OP_QUERY] = 4, [OP_END_REF] = 6, [OP_END] = 6,
	[OP_TRY_END] = 4, [OP_ACCEPT] = 3, [OP_ACCEPT_REF] = 7, [OP_END_TRANSFER_REF] = 3,
	[OP_END_TRANSFER] = 4, [OP_ALLOC] = 4, [OP_EMPTY] = 2, [OP_CLAIM] = 5, [OP_RELEASE] = 5,
	[OP_FREE] = 6, [OP_FREE_CHAIN] = 2, [OP_CALLBACK] = 3, [OP_CANCEL] = 2, [OP_TICK] = 3,
	[OP_SUSPEND] = 1, [OP_RESUME] = 2, [OP_VERSION] = 1, [OP_MAX_FRAMES] = 1, [OP_FOREACH] = 1,
	[OP_XLAT_SETUP] = 1, [OP_XLAT_FREE] = 1, [OP_MAP] = 16, [OP_PIN] = 1,
	[OP_UNMAP] = 12, [OP_REPLACE] = 4, [OP_COPY] = 12, [OP_TRANSFER] = 10,
	[OP_ENTRY] = 3, [OP_FLAGS] = 3, [OP_SWAP] = 4, [OP_SETUP_TABLE] = 3, [OP_QUERY_SIZE] = 2,
	[OP_SET_VERSION] = 2, [OP_GET_VERSION] = 1, [OP_GET_STATUS] = 2, [OP_CACHE_FLUSH] = 2,
	[OP_DUMP_TABLE] = 1, [OP_ADD_TO_PHYSMAP] = 2, [OP_HYPERCALL] = 2, [OP_WRITE] = 4,
	[OP_READ] = 3, [OP_WRITE_MAP] = 3, [OP_READ_MAP] = 3, [OP_FILL] = 3, [OP_FAIL_ALLOC] = 2,
	[OP_FAIL_HYPERCALL] = 2, [OP_PAGE_OUT] = 3, [OP_WIDEN] = 2,
};

void
writer_put(struct writer *w, const struct op *o)
{
	if (w->p->n_ops >= w->n_ops)
		return;
	w->p->ops[w->p->n_ops++] = *o;
	guess_apply(&w->g, o);
}

enum op_kind
writer_kind(struct rng *r)
{
	unsigned int k;

	do
		k = rng_below(r, OP_EXPECT);
	while (rng_below(r, HEAVIEST) >= weight[k]);
	return (enum op_kind)k;
}

/* Some domain has a reference in that state for this one. */
static bool
any_for(const struct writer *w, enum guess_state s, unsigned int actor)
{
	const struct guess *g = &w->g;

	for (unsigned int d = 0; d < w->p->header.domains; d++)
		for (uint32_t in = g->domain[d].in[s]; in != 0; in &= in - 1)
			if (g->domain[d].peer[__builtin_ctz(in)] == actor)
				return true;
	return false;
}

/* What must come first, if `kind` can do nothing yet: the kind itself, or one on the way to it. */
static enum op_kind
leading_to(const struct writer *w, enum op_kind kind, unsigned int actor)
{
	const struct guess_domain *x = &w->g.domain[actor];

	switch (kind) {
	case OP_GRANT_REF: case OP_ACCEPT_REF: case OP_FREE: case OP_RELEASE:
		return x->in[GUESS_CLAIMED] ? kind : leading_to(w, OP_CLAIM, actor);
	case OP_CLAIM: case OP_FREE_CHAIN:
		return x->chains ? kind : OP_ALLOC;
	case OP_QUERY: case OP_END_REF: case OP_TRY_END: case OP_END:
		return x->in[GUESS_ACCESS] ? kind : OP_GRANT;
	case OP_END_TRANSFER: case OP_END_TRANSFER_REF:
		return x->in[GUESS_ACCEPT] | x->in[GUESS_ARRIVED] ? kind : OP_ACCEPT;
	case OP_UNMAP: case OP_REPLACE: case OP_READ_MAP: case OP_WRITE_MAP:
		return x->maps ? kind : leading_to(w, OP_MAP, actor);
	case OP_MAP: case OP_PIN:
		return any_for(w, GUESS_ACCESS, actor) ? kind : OP_GRANT;
	case OP_TRANSFER:
		return any_for(w, GUESS_ACCEPT, actor) ? kind : OP_ACCEPT;
	case OP_PAGE_OUT:
		return w->p->header.hvm >> actor & 1 ? kind : OP_WRITE;
	default:
		return kind;
	}
}

/* Half of a batch is what came before with a field changed. */
void
writer_draw(struct writer *w, enum op_kind kind, unsigned int actor)
{
	unsigned int n = 1;
	struct op o;

	if (rng_below(w->r, IN_VAIN_ONE_IN) > 0)
		kind = leading_to(w, kind, actor);
	if (op_table[kind].joinable && rng_below(w->r, BATCH_ONE_IN) == 0)
		n = 2 + rng_below(w->r, rng_below(w->r, 8) > 0 ? 3 : OP_BATCH_MAX - 1);
	for (unsigned int i = 0; i < n; i++) {
		bool again = i > 0 && rng_below(w->r, 2) == 0;

		if (!again)
			guess_op(&w->g, w->r, kind, actor, &o);
		if (again || rng_below(w->r, SPOIL_ONE_IN) == 0)
			guess_spoil(w->r, &o);
		if (i < n - 1)
			o.flags |= OP_JOIN;
		else
			o.flags &= (uint8_t)~OP_JOIN;
		writer_put(w, &o);
	}
}

/* ------------------------------------------------------------------ a program */

void
mutate_extend(struct program *p, struct rng *r, unsigned int n_ops)
{
	struct writer w = { .p = p, .r = r, .n_ops = n_ops };

	guess_begin(&w.g, &p->header);
	for (unsigned int i = 0; i < p->n_ops; i++)
		guess_apply(&w.g, &p->ops[i]);
	while (p->n_ops < n_ops) {
		unsigned int d = rng_below(r, p->header.domains);

		if (w.g.domain[d].suspended && rng_below(r, 3) == 0)
			writer_draw(&w, OP_RESUME, d);
		else if (rng_below(r, SCENE_ONE_IN) == 0)
			writer_scene(&w, d);
		else
			writer_draw(&w, writer_kind(r), d);
	}
	program_normalize(p);
}

void
mutate_random(struct program *p, struct rng *r, const struct program_header *header,
	      unsigned int n_ops)
{
	if (header != NULL)
		p->header = *header;
	else
		mutate_header(r, &p->header);
	p->n_ops = 0;
	mutate_extend(p, r, n_ops);
}
