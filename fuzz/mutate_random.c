/*
 * mutate_random: random programs that make sense.
 *
 * Operations are drawn one by one by weight, each fitted to what the guess says has happened, and
 * some spoilt; now and then a scene is begun instead: a few operations that belong together and
 * reach what chance would not.  Every kind of operation can be drawn at any time.
 */
#include "arch/xen_abi.h"
#include "fuzz/guess.h"

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

/* A program being written. */
struct writer {
	struct program *p;
	struct rng *r;
	unsigned int n_ops;	/* how many are wanted */
	struct guess g;
};

static void
put(struct writer *w, const struct op *o)
{
	if (w->p->n_ops >= w->n_ops)
		return;
	w->p->ops[w->p->n_ops++] = *o;
	guess_apply(&w->g, o);
}

/* Any kind, kept with the chance that its weight gives it. */
static enum op_kind
draw_kind(struct rng *r)
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

/* An operation fitted to the guess. */
static void
fitted(struct writer *w, enum op_kind kind, unsigned int actor)
{
	struct op o;

	guess_op(&w->g, w->r, kind, actor, &o);
	put(w, &o);
}

/*
 * An operation, or a batch of them, fitted and now and then spoilt.  Half of a batch is what came
 * before with a field changed: a hypercall may keep from one operation what the next one uses.
 */
static void
draw(struct writer *w, enum op_kind kind, unsigned int actor)
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
		put(w, &o);
	}
}

/* ------------------------------------------------------------------ scenes */

static unsigned int
other_domain(struct writer *w, unsigned int d)
{
	unsigned int n = w->p->header.domains;

	return n == 1 ? d : (d + 1 + rng_below(w->r, n - 1)) % n;
}

/* Begin an operation of which guess_op fits what the scene does not say. */
static struct op
begin(struct writer *w, enum op_kind kind, unsigned int actor)
{
	struct op o;

	guess_op(&w->g, w->r, kind, actor, &o);
	o.flags = 0;
	return o;
}

/* `from` grants a page to `to`; returns the operation. */
static struct op
grant(struct writer *w, unsigned int from, unsigned int to, bool ro)
{
	struct op o = begin(w, OP_GRANT, from);

	o.b.dom = (uint8_t)to;
	o.flags = ro ? OPF_GRANT_RO : 0;
	put(w, &o);
	return o;
}

/* `o->actor`'s peer maps what *granted granted; returns the operation. */
static struct op
map(struct writer *w, const struct op *granted, uint8_t flags)
{
	struct op o = begin(w, OP_MAP, granted->b.dom % w->p->header.domains);

	o.a.dom = AT_OWN;
	o.b.dom = granted->actor;
	o.b.idx = granted->a.idx;
	o.flags = flags;
	put(w, &o);
	return o;
}

static void
unmap(struct writer *w, const struct op *mapped, uint8_t flags)
{
	struct op o = { .kind = OP_UNMAP, .actor = mapped->actor, .flags = flags };

	o.a.idx = mapped->a.idx;
	put(w, &o);
}

/* A grant ends while it is mapped; later the mapping ends, then the tick. */
static void
scene_deferred(struct writer *w, unsigned int d)
{
	unsigned int to = other_domain(w, d);
	struct op g = grant(w, d, to, rng_below(w->r, 3) == 0);
	struct op m = map(w, &g, g.flags ? OPF_MAP_RO : 0);
	struct op end = { .kind = OP_END, .actor = (uint8_t)d, .a = g.a };

	end.b.idx = g.b.idx % PAGE_SLOTS;
	end.flags = rng_below(w->r, 2) == 0 ? OPF_END_PAGE : 0;
	put(w, &end);
	if (rng_below(w->r, 2) == 0)
		fitted(w, OP_TICK, d);
	unmap(w, &m, 0);
	fitted(w, OP_TICK, d);
}

/* Device mappings, ended with the right and the wrong bus address. */
static void
scene_device(struct writer *w, unsigned int d)
{
	struct op g = grant(w, d, other_domain(w, d), false);
	struct op m = map(w, &g, OPF_MAP_DEV | (rng_below(w->r, 2) == 0 ? OPF_MAP_NOHOST : 0));

	unmap(w, &m, OPF_UNMAP_WRONGDEV | (rng_below(w->r, 2) == 0 ? OPF_UNMAP_DEV : 0));
	unmap(w, &m, OPF_UNMAP_DEV);
	if (rng_below(w->r, 2) == 0)
		unmap(w, &m, OPF_UNMAP_STALE);
}

static struct op
accept(struct writer *w, unsigned int d, unsigned int from)
{
	struct op o = begin(w, OP_ACCEPT, d);

	o.b.dom = (uint8_t)from;
	put(w, &o);
	return o;
}

static void
transfer(struct writer *w, const struct op *accepted, unsigned int page, uint8_t flags)
{
	struct op o = { .kind = OP_TRANSFER, .flags = flags };

	o.actor = accepted->b.dom % w->p->header.domains;
	o.a.idx = (uint8_t)page;
	o.b.dom = accepted->actor;
	o.b.idx = accepted->a.idx;
	put(w, &o);
}

/* A page changes hands, and maybe is granted on by its new owner. */
static void
scene_transfer(struct writer *w, unsigned int d)
{
	struct op a = accept(w, d, other_domain(w, d));
	struct op t = begin(w, OP_TRANSFER, a.b.dom % w->p->header.domains);

	transfer(w, &a, t.a.idx, rng_below(w->r, 8) == 0 ? OPF_TRANSFER_MAPPED : 0);
	fitted(w, rng_below(w->r, 2) == 0 ? OP_END_TRANSFER : OP_END_TRANSFER_REF, d);
	if (rng_below(w->r, 2) == 0)
		fitted(w, OP_GRANT, d);
}

/* Two wide pages to a receiver that must copy each into low memory, where there is room for one. */
static void
scene_wide(struct writer *w, unsigned int d)
{
	unsigned int from = other_domain(w, d);
	uint8_t page[2];

	for (unsigned int i = 0; i < 2; i++) {
		struct op o = begin(w, OP_WIDEN, from);

		if (i > 0 && o.a.idx == page[0])
			o.a.idx = (uint8_t)((o.a.idx + 1) % PAGE_SLOTS);
		page[i] = o.a.idx;
		put(w, &o);
	}
	for (unsigned int i = 0; i < 2; i++) {
		struct op a = accept(w, d, from);

		transfer(w, &a, page[i], 0);
	}
}

/* A page that is paged out is used. */
static void
scene_paged(struct writer *w, unsigned int d)
{
	struct op g = grant(w, d, other_domain(w, d), false);
	struct op o = begin(w, OP_PAGE_OUT, d);

	o.a.idx = g.b.idx % PAGE_SLOTS;
	put(w, &o);
	fitted(w, rng_below(w->r, 2) == 0 ? OP_MAP : OP_COPY, g.b.dom % w->p->header.domains);
}

/* An entry pinned by a reader, and maybe changed since, gets its first writer. */
static void
scene_upgrade(struct writer *w, unsigned int d)
{
	unsigned int to = other_domain(w, d);
	struct op g = grant(w, d, to, false), o;

	map(w, &g, OPF_MAP_RO | (rng_below(w->r, 4) == 0 ? OPF_MAP_DEV : 0));
	if (rng_below(w->r, 2) == 0) {
		o = begin(w, OP_ENTRY, d);
		o.a.idx = g.a.idx;
		o.b.dom = (uint8_t)to;
		o.len = GTF_permit_access | (rng_below(w->r, 2) == 0 ? GTF_reading : 0);
		put(w, &o);
	}
	o = begin(w, OP_COPY, to);
	o.b = (struct side){ (uint8_t)d, g.a.idx, 0 };
	if (rng_below(w->r, 3) > 0)
		put(w, &o);
	else
		map(w, &g, 0);
}

/* Pinned entries and swap. */
static void
scene_swap(struct writer *w, unsigned int d)
{
	struct op g = grant(w, d, other_domain(w, d), false);
	struct op o;

	if (rng_below(w->r, 3) > 0)
		map(w, &g, 0);
	o = begin(w, OP_SWAP, d);
	o.a.idx = g.a.idx;
	put(w, &o);
}

/* The table runs out while somebody waits for references. */
static void
scene_exhaust(struct writer *w, unsigned int d)
{
	struct op o = begin(w, OP_ALLOC, d);

	o.len = (uint16_t)(w->g.domain[d].free + (int)rng_below(w->r, 3) * 512);
	put(w, &o);
	fitted(w, OP_CALLBACK, d);
	fitted(w, rng_below(w->r, 2) == 0 ? OP_GRANT : OP_ALLOC, d);
	if (rng_below(w->r, 2) == 0)
		fitted(w, OP_FREE_CHAIN, d);
}

/* Something fails at once that seldom fails. */
static void
scene_fault(struct writer *w, unsigned int d)
{
	fitted(w, rng_below(w->r, 2) == 0 ? OP_FAIL_ALLOC : OP_FAIL_HYPERCALL, d);
	if (rng_below(w->r, 2) == 0)
		scene_exhaust(w, d);
	else
		draw(w, draw_kind(w->r), d);
}

/* One reference, two mappings, one of them moved to the other's place. */
static void
scene_replace(struct writer *w, unsigned int d)
{
	struct op g = grant(w, d, other_domain(w, d), false);
	struct op a = map(w, &g, 0), b = map(w, &g, 0);
	struct op o = { .kind = OP_REPLACE, .actor = a.actor };

	o.a.idx = a.a.idx;
	o.b.idx = b.a.idx;
	put(w, &o);
	unmap(w, &b, 0);
}

static void (*const scenes[])(struct writer *w, unsigned int d) = {
	scene_deferred, scene_device, scene_transfer, scene_transfer, scene_wide,
	scene_paged, scene_upgrade, scene_swap, scene_exhaust, scene_fault, scene_replace,
};

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
			draw(&w, OP_RESUME, d);
		else if (rng_below(r, SCENE_ONE_IN) == 0)
			scenes[rng_below(r, sizeof scenes / sizeof scenes[0])](&w, d);
		else
			draw(&w, draw_kind(r), d);
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
