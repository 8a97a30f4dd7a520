/* mutate_library: programs for a lane that has a kernel's library under it: see diff/host.md. */
#include "fuzz/mutate.h"

#include <string.h>

/* What a domain's names stand for as far as it has been written, if all of it goes well. */
struct names {
	uint8_t lends[REF_SLOTS];	/* the page, or NOTHING */
	uint8_t to[REF_SLOTS];		/* whom: index */
	bool page[PAGE_SLOTS], map[MAP_SLOTS];
};

/* Those of all domains. */
struct world {
	struct names names[2];
	unsigned int domains;
};

enum { NOTHING = 0xff };

/* The first name from `wish` on, round, of n for which has() holds; n if there is none. */
static unsigned int
choose(const struct names *names, unsigned int wish, unsigned int n,
       bool (*has)(const struct names *names, unsigned int i))
{
	for (unsigned int i = 0; i < n; i++)
		if (has(names, (wish + i) % n))
			return (wish + i) % n;
	return n;
}

static bool
lends(const struct names *names, unsigned int slot)
{
	return names->lends[slot] != NOTHING;
}

static bool
lends_not(const struct names *names, unsigned int slot)
{
	return !lends(names, slot);
}

static bool
lends_d0(const struct names *names, unsigned int slot)
{
	return lends(names, slot) && names->to[slot] == 0;
}

static bool
lends_d1(const struct names *names, unsigned int slot)
{
	return lends(names, slot) && names->to[slot] == 1;
}

static bool
has_page(const struct names *names, unsigned int slot)
{
	return names->page[slot];
}

static bool
has_no_page(const struct names *names, unsigned int slot)
{
	return !names->page[slot];
}

/* A page that is not lent: the library lends new ones only. */
static bool
has_free_page(const struct names *names, unsigned int slot)
{
	for (unsigned int i = 0; i < REF_SLOTS; i++)
		if (names->lends[i] == slot)
			return false;
	return names->page[slot];
}

static bool
has_map(const struct names *names, unsigned int map)
{
	return names->map[map];
}

static bool
has_no_map(const struct names *names, unsigned int map)
{
	return !names->map[map];
}

/* ------------------------------------------------------------------ each kind */

/* The domain that the operand names, which becomes any that there is; itself stays so. */
static unsigned int
fit_domain(const struct world *w, const struct op *o, uint8_t *dom)
{
	if (*dom != DOM_SELF)
		*dom = (uint8_t)(DOM_D0 + (*dom + o->a.idx + o->b.idx) % w->domains);
	return *dom == DOM_SELF ? o->actor : *dom - DOM_D0;
}

/* What a domain lends to the actor, or to anybody; REF_SLOTS: nothing. */
static unsigned int
fit_ref(const struct names *owner, const struct op *o, unsigned int wish)
{
	unsigned int slot = choose(owner, wish, REF_SLOTS, o->actor == 0 ? lends_d0 : lends_d1);

	return slot < REF_SLOTS ? slot : choose(owner, wish, REF_SLOTS, lends);
}

/* Each makes *o what can be done with the names, and notes what it does; false if nothing can. */

static bool
fit_grant(const struct world *w, struct op *o, struct names *names)
{
	unsigned int slot = choose(names, o->a.idx, REF_SLOTS, lends_not);
	unsigned int page = choose(names, o->b.idx, PAGE_SLOTS, has_free_page);

	if (slot == REF_SLOTS || page == PAGE_SLOTS)
		return false;
	o->a.idx = (uint8_t)slot;
	o->b.idx = (uint8_t)page;
	names->to[slot] = (uint8_t)fit_domain(w, o, &o->b.dom);
	names->lends[slot] = (uint8_t)page;
	return true;
}

static bool
fit_end(struct op *o, struct names *names)
{
	unsigned int slot = choose(names, o->a.idx, REF_SLOTS, lends);

	if (slot == REF_SLOTS)
		return false;
	o->a.idx = (uint8_t)slot;
	o->b.idx = names->lends[slot];
	o->flags = OPF_END_PAGE;
	names->page[o->b.idx] = false;
	names->lends[slot] = NOTHING;
	return true;
}

static bool
fit_map(const struct world *w, struct op *o, struct names *names)
{
	unsigned int map = choose(names, o->a.idx, MAP_SLOTS, has_no_map);
	const struct names *owner = &w->names[fit_domain(w, o, &o->b.dom)];
	unsigned int slot = fit_ref(owner, o, o->b.idx);

	if (map == MAP_SLOTS || slot == REF_SLOTS)
		return false;
	o->a.idx = (uint8_t)map;
	o->a.dom = AT_OWN;
	o->b.idx = o->b.idx == REF_MAX ? REF_MAX : (uint8_t)slot;
	o->flags &= OPF_MAP_RO;
	names->map[map] = o->b.idx != REF_MAX && o->b.dom != DOM_SELF &&
			  owner->to[slot] == o->actor;
	return true;
}

static bool
fit_unmap(struct op *o, struct names *names)
{
	unsigned int map = choose(names, o->a.idx, MAP_SLOTS, has_map);

	if (map == MAP_SLOTS)
		return false;
	o->a.idx = (uint8_t)map;
	o->b.idx = AT_OWN;
	o->flags = 0;
	names->map[map] = false;
	return true;
}

/* From what is lent to a page of one's own, or back. */
static bool
fit_copy(const struct world *w, struct op *o, struct names *names)
{
	struct side *lent = o->a.idx < SIDE_FRAME ? &o->a : &o->b;
	struct side *own = lent == &o->a ? &o->b : &o->a;
	const struct names *owner = &w->names[fit_domain(w, o, &lent->dom)];
	unsigned int slot = fit_ref(owner, o, lent->idx);
	unsigned int page = choose(names, own->idx, PAGE_SLOTS, has_page);

	/* Within one page it is not done. */
	if (owner == names && slot < REF_SLOTS && names->lends[slot] == page)
		page = choose(names, page + 1, PAGE_SLOTS, has_page);
	if (slot == REF_SLOTS || page == PAGE_SLOTS)
		return false;
	lent->idx = lent->idx == REF_MAX ? REF_MAX : (uint8_t)slot;
	own->idx = (uint8_t)(SIDE_FRAME + page);
	own->dom = DOM_SELF;
	own->off %= 4096;
	lent->off %= 4096;
	if (own->off + o->len > 4096)
		o->len = (uint16_t)(4096 - own->off);
	o->len += o->len == 0;
	o->flags = 0;
	return true;
}

static bool
fit_name(struct op *o, struct names *names, unsigned int n,
	 bool (*has)(const struct names *names, unsigned int i))
{
	unsigned int name = choose(names, o->a.idx, n, has);

	o->a.idx = (uint8_t)name;
	return name < n;
}

static bool
fit_fill(struct op *o, struct names *names)
{
	if (!fit_name(o, names, PAGE_SLOTS, has_no_page))
		return false;
	names->page[o->a.idx] = true;
	return true;
}

/* ------------------------------------------------------------------ all of it */

/* The kind that stands in for one that a library does not have. */
static unsigned int
stand_in(unsigned int kind)
{
	static const uint8_t kinds[] = {
		OP_GRANT, OP_MAP, OP_END, OP_COPY, OP_UNMAP, OP_FILL, OP_WRITE_MAP, OP_READ_MAP,
		OP_WRITE, OP_READ,
	};

	for (unsigned int i = 0; i < sizeof(kinds); i++)
		if (kinds[i] == kind)
			return kind;
	return kinds[kind % sizeof(kinds)];
}

static bool
fit(struct world *w, struct op *o)
{
	struct names *names = &w->names[o->actor];

	switch (o->kind) {
	case OP_GRANT: return fit_grant(w, o, names);
	case OP_END: return fit_end(o, names);
	case OP_MAP: return fit_map(w, o, names);
	case OP_UNMAP: return fit_unmap(o, names);
	case OP_COPY: return fit_copy(w, o, names);
	case OP_FILL: return fit_fill(o, names);
	case OP_WRITE_MAP:
	case OP_READ_MAP: return fit_name(o, names, MAP_SLOTS, has_map);
	default: return fit_name(o, names, PAGE_SLOTS, has_page);
	}
}

/* Other kinds have other operands: make them normal before they are looked at. */
static void
replace_kinds(struct program *p)
{
	for (unsigned int i = 0; i < p->n_ops; i++) {
		p->ops[i].kind = (uint8_t)stand_in(p->ops[i].kind);
		p->ops[i].flags &= (uint8_t)~OP_JOIN;
	}
	program_normalize(p);
}

void
mutate_for_library(struct program *p)
{
	struct world w = { .domains = p->header.domains };
	unsigned int n = 0;

	replace_kinds(p);
	for (unsigned int d = 0; d < w.domains; d++) {
		memset(w.names[d].lends, NOTHING, sizeof(w.names[d].lends));
		for (unsigned int i = 0; i < p->header.pages; i++)
			w.names[d].page[i] = true;
	}
	for (unsigned int i = 0; i < p->n_ops; i++) {
		struct op o = p->ops[i];

		if (fit(&w, &o))
			p->ops[n++] = o;
	}
	p->n_ops = (uint16_t)n;
	program_normalize(p);
}
