/* mutate_scene: what belongs together and chance would not bring together.  See writer.h. */
#include "arch/xen_abi.h"
#include "fuzz/writer.h"

/* An operation fitted to the guess. */
static void
fitted(struct writer *w, enum op_kind kind, unsigned int actor)
{
	struct op o;

	guess_op(&w->g, w->r, kind, actor, &o);
	writer_put(w, &o);
}

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
	writer_put(w, &o);
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
	writer_put(w, &o);
	return o;
}

static void
unmap(struct writer *w, const struct op *mapped, uint8_t flags)
{
	struct op o = { .kind = OP_UNMAP, .actor = mapped->actor, .flags = flags };

	o.a.idx = mapped->a.idx;
	writer_put(w, &o);
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
	writer_put(w, &end);
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
	writer_put(w, &o);
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
	writer_put(w, &o);
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
		writer_put(w, &o);
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
	writer_put(w, &o);
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
		writer_put(w, &o);
	}
	o = begin(w, OP_COPY, to);
	o.b = (struct side){ (uint8_t)d, g.a.idx, 0 };
	if (rng_below(w->r, 3) > 0)
		writer_put(w, &o);
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
	writer_put(w, &o);
}

/* The table runs out while somebody waits for references. */
static void
scene_exhaust(struct writer *w, unsigned int d)
{
	struct op o = begin(w, OP_ALLOC, d);

	o.len = (uint16_t)(w->g.domain[d].free + (int)rng_below(w->r, 3) * 512);
	writer_put(w, &o);
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
		writer_draw(w, writer_kind(w->r), d);
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
	writer_put(w, &o);
	unmap(w, &b, 0);
}

static void (*const scenes[])(struct writer *w, unsigned int d) = {
	scene_deferred, scene_device, scene_transfer, scene_transfer, scene_wide,
	scene_paged, scene_upgrade, scene_swap, scene_exhaust, scene_fault, scene_replace,
};

void
writer_scene(struct writer *w, unsigned int d)
{
	scenes[rng_below(w->r, sizeof scenes / sizeof scenes[0])](w, d);
}
