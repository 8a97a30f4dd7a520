#define _GNU_SOURCE
#include "reports/history.h"

#include <stdio.h>
#include <string.h>

enum { NOTHING = -1, ENTRIES_PER_FRAME = 512 };

/* What a name stands for while the program goes on. */
struct held_map {
	int entry;		/* that it last mapped; NOTHING before */
	int map;		/* live, as index into history.map; NOTHING */
	bool host, dev;
};

struct walk {
	struct history *h;
	const struct program *p;
	unsigned int side;
	uint32_t number[DOMAINS_MAX][REF_SLOTS];
	struct held_map held[DOMAINS_MAX][MAP_SLOTS];
};

/* ------------------------------------------------------------------ names */

/* The domain that a code stands for in an operation of `actor', as the interpreter takes it. */
static unsigned int
domain_of(const struct program *p, unsigned int code, unsigned int actor)
{
	return code < p->header.domains ? code : actor;
}

static uint32_t
number_of(const struct walk *w, unsigned int owner, unsigned int code)
{
	uint32_t end = w->p->header.max_frames * ENTRIES_PER_FRAME;

	switch (code) {
	case REF_0: return 0;
	case REF_1: return 1;
	case REF_7: return 7;
	case REF_511: return 511;
	case REF_512: return 512;
	case REF_LAST: return end - 1;
	case REF_END: return end;
	case REF_MAX: return UINT32_MAX;
	default: return w->number[owner][code];
	}
}

/* The entry's place, made if need be; NOTHING without room. */
static int
entry_of(struct walk *w, unsigned int owner, unsigned int code)
{
	struct history *h = w->h;
	uint32_t number = number_of(w, owner, code);
	struct history_entry *e;

	for (unsigned int i = 0; i < h->n_entries; i++)
		if (h->entry[i].owner == owner && h->entry[i].number == number)
			return (int)i;
	if (h->n_entries == HISTORY_ENTRIES) {
		h->left_out = true;
		return NOTHING;
	}
	e = &h->entry[h->n_entries];
	e->owner = owner;
	e->number = number;
	if (code < REF_SLOTS)
		snprintf(e->name, sizeof(e->name), "d%u g%u", owner, code);
	else
		snprintf(e->name, sizeof(e->name), "d%u ref=%u", owner, number);
	return (int)h->n_entries++;
}

/* ------------------------------------------------------------------ entries */

/* Whether the kind names a reference of the actor's own in side a. */
static bool
names_own(enum op_kind kind)
{
	return strncmp(op_table[kind].syntax, "%ra", 3) == 0;
}

static struct held_map *
held_of(struct walk *w, const struct op *o)
{
	return o->a.idx < MAP_SLOTS ? &w->held[o->actor][o->a.idx] : NULL;
}

/* The entry that view i of the operation's record is of, or NOTHING. */
static int
viewed(struct walk *w, const struct op *o, unsigned int i)
{
	const struct side *s = i == 0 ? &o->a : &o->b;
	const struct held_map *m;

	switch (o->kind) {
	case OP_MAP: case OP_PIN: case OP_TRANSFER:
		s = &o->b;
		return i == 0 ? entry_of(w, domain_of(w->p, s->dom, o->actor), s->idx) : NOTHING;
	case OP_COPY:
		return s->idx < REF_CODES ?
			       entry_of(w, domain_of(w->p, s->dom, o->actor), s->idx) : NOTHING;
	case OP_UNMAP: case OP_REPLACE:
		m = held_of(w, o);
		return i == 0 && m != NULL ? m->entry : NOTHING;
	case OP_SWAP:
		return entry_of(w, o->actor, s->idx);
	default:
		return i == 0 && names_own((enum op_kind)o->kind) ?
			       entry_of(w, o->actor, o->a.idx) : NOTHING;
	}
}

static void
look(struct walk *w, unsigned int at, const struct trace_record *r)
{
	struct history *h = w->h;

	for (unsigned int e = 0; at > 0 && e < h->n_entries; e++) {
		h->state[w->side][e][at] = h->state[w->side][e][at - 1];
		h->state[w->side][e][at].seen = false;
	}
	for (unsigned int i = 0; i < ENTRY_VIEWS; i++) {
		int e = r->entry[i].dom == VIEW_NONE ? NOTHING : viewed(w, &w->p->ops[at], i);

		if (e != NOTHING)
			h->state[w->side][e][at] =
				(struct history_state){ r->entry[i].flags, true, true };
	}
}

/* ------------------------------------------------------------------ mappings */

/* The mapping, as one of both sides if the other has the same; NOTHING without room. */
static int
begin_map(struct walk *w, int entry, unsigned int at, const char *name)
{
	struct history *h = w->h;
	struct history_map *m;

	for (unsigned int i = 0; i < h->n_maps; i++) {
		m = &h->map[i];
		if (m->from != at || m->entry != (unsigned int)entry || m->side[w->side])
			continue;
		m->side[w->side] = true;
		m->to = w->p->n_ops;
		return (int)i;
	}
	if (h->n_maps == HISTORY_MAPS) {
		h->left_out = true;
		return NOTHING;
	}
	m = &h->map[h->n_maps];
	*m = (struct history_map){ .entry = (unsigned int)entry, .from = at, .to = w->p->n_ops };
	m->side[w->side] = true;
	snprintf(m->name, sizeof(m->name), "%s", name);
	return (int)h->n_maps++;
}

static void
take_map(struct walk *w, const struct op *o, unsigned int at)
{
	struct held_map *m = &w->held[o->actor][o->a.idx];
	char name[24];

	m->entry = viewed(w, o, 0);
	m->host = !(o->flags & OPF_MAP_NOHOST);
	m->dev = o->flags & OPF_MAP_DEV;
	m->map = NOTHING;
	snprintf(name, sizeof(name), "d%u m%u %s", o->actor, o->a.idx,
		 o->flags & OPF_MAP_RO ? "ro" : "rw");
	if (m->entry != NOTHING)
		m->map = begin_map(w, m->entry, at, name);
}

static void
take_pin(struct walk *w, const struct op *o, unsigned int at, uint32_t pins)
{
	int entry = viewed(w, o, 0);
	char name[24];

	snprintf(name, sizeof(name), "d%u pins %u", o->actor, pins);
	if (entry != NOTHING && pins > 0)
		begin_map(w, entry, at, name);
}

/* Parts of a mapping go; with the last one it is gone. */
static void
take_unmap(struct walk *w, const struct op *o, unsigned int at)
{
	struct held_map *m = held_of(w, o);

	if (m == NULL || (o->kind == OP_UNMAP && o->flags & OPF_UNMAP_STALE))
		return;
	if (o->kind == OP_REPLACE || op_where(o) != AT_ZERO)
		m->host = false;
	if (o->kind == OP_UNMAP && o->flags & (OPF_UNMAP_DEV | OPF_UNMAP_WRONGDEV))
		m->dev = false;
	if (m->host || m->dev || m->map == NOTHING)
		return;
	w->h->map[m->map].to = at;
	m->map = NOTHING;
}

/* ------------------------------------------------------------------ both */

static void
follow(struct walk *w, unsigned int at, const struct trace_record *r)
{
	const struct op *o = &w->p->ops[at];
	bool okay = r->skip == SKIP_NOT && r->status == 0;

	/* The reference that a slot names from now on; the look is at that one. */
	if (op_table[o->kind].result == 'g' && r->skip == SKIP_NOT && r->rc > 0 &&
	    o->a.idx < REF_SLOTS)
		w->number[o->actor][o->a.idx] = (uint32_t)r->rc;
	if (okay && o->kind == OP_MAP)
		take_map(w, o, at);
	else if (o->kind == OP_PIN && r->skip == SKIP_NOT)
		take_pin(w, o, at, r->value);
	else if (okay && (o->kind == OP_UNMAP || o->kind == OP_REPLACE))
		take_unmap(w, o, at);
	look(w, at, r);
}

static void
walk(struct history *h, unsigned int side, const struct program *p, const struct trace *t,
     unsigned int n)
{
	struct walk w = { .h = h, .p = p, .side = side };

	for (unsigned int d = 0; d < DOMAINS_MAX; d++) {
		for (unsigned int s = 0; s < REF_SLOTS; s++)
			w.number[d][s] = 8 + s;
		for (unsigned int m = 0; m < MAP_SLOTS; m++)
			w.held[d][m] = (struct held_map){ .entry = NOTHING, .map = NOTHING };
	}
	for (unsigned int i = 0; i < n && i < p->n_ops; i++)
		follow(&w, i, &t->record[i]);
}

void
history_of(struct history *h, const struct program *p, const struct trace *expected,
	   unsigned int n_expected, const struct trace *got, unsigned int n_got)
{
	memset(h, 0, sizeof(*h));
	walk(h, HISTORY_EXPECTED, p, expected, n_expected);
	walk(h, HISTORY_GOT, p, got, n_got);
}
