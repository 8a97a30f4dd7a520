#define _GNU_SOURCE
#include "diff/host_side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/guest.h"

enum { FILLS = 8, NOBODY = DOMAINS_MAX };	/* pages for `fill', as on other lanes */

struct named_map {
	uint8_t *bytes;		/* NULL: none */
	bool writable;
};

struct host_side {
	const struct host_calls *calls;
	void *host;
	unsigned int self, n;		/* index of n */
	domid_t real[2];
	uint8_t *page[PAGE_SLOTS];	/* NULL: the slot is empty */
	bool lent[PAGE_SLOTS];		/* the kernel's page; else of our own memory */
	struct host_ref ref[REF_SLOTS];
	struct named_map map[MAP_SLOTS];
	unsigned int n_filled;
	struct host_ref other;		/* of the operation being done */
};

static void
new_page(struct host_side *s, unsigned int slot, unsigned int number)
{
	s->page[slot] = aligned_alloc(XEN_PAGE_SIZE, XEN_PAGE_SIZE);
	s->lent[slot] = false;
	ARCH_ASSERT(s->page[slot] != NULL);
	for (unsigned int i = 0; i < XEN_PAGE_SIZE; i++)
		s->page[slot][i] = guest_page_pattern(s->self, number, i);
}

/* ------------------------------------------------------------------ names */

/* The index of the domain that an operand names, if its id was given, or NOBODY; and the id. */
static unsigned int
whose(const struct host_side *s, unsigned int code, domid_t *id)
{
	unsigned int index = code == DOM_SELF ? s->self : code - DOM_D0;

	if (code != DOM_SELF && index >= s->n)
		return NOBODY;
	*id = code == DOM_SELF ? DOMID_SELF : s->real[index];
	return index;
}

/* The number of a reference that domain index `owner` lends, or of one that cannot be anybody's. */
static bool
is_lent(const struct host_side *s, unsigned int owner, unsigned int code, grant_ref_t *number)
{
	const struct host_ref *ref = owner == s->self ? &s->ref[code % REF_SLOTS] : &s->other;

	*number = code < REF_SLOTS ? ref->number : ~(grant_ref_t)0;
	return owner != NOBODY && (code == REF_MAX || (code < REF_SLOTS && ref->live));
}

bool
host_side_names(const struct op *o, unsigned int *owner, unsigned int *slot)
{
	const struct side *side = o->kind == OP_COPY && o->a.idx < SIDE_FRAME ? &o->a : &o->b;

	*owner = side->dom == DOM_SELF ? o->actor : side->dom - DOM_D0;
	*slot = side->idx;
	return (o->kind == OP_MAP || o->kind == OP_COPY) && *owner < DOMAINS_MAX &&
	       *slot < REF_SLOTS;
}

/* ------------------------------------------------------------------ operations */

/* Each returns whether the lane can do it; if not, nothing was done. */

/* The library lends new pages only: what the slot held moves into one. */
static bool
do_grant(struct host_side *s, const struct op *o, struct trace_record *t)
{
	unsigned int slot = o->a.idx, page = o->b.idx;
	grant_ref_t number;
	uint8_t *bytes;
	domid_t to;

	if (slot >= REF_SLOTS || page >= PAGE_SLOTS || whose(s, o->b.dom, &to) == NOBODY ||
	    s->ref[slot].live || s->page[page] == NULL || s->lent[page])
		return false;
	bytes = s->calls->share(s->host, to, !(o->flags & OPF_GRANT_RO), &number);
	if (bytes == NULL) {
		t->rc = -errno;
		return true;
	}
	memcpy(bytes, s->page[page], XEN_PAGE_SIZE);
	free(s->page[page]);
	s->page[page] = bytes;
	s->lent[page] = true;
	s->ref[slot] = (struct host_ref){ number, (uint8_t)page, true };
	return true;
}

/* To end it is to give the page up: the kernel frees it when nobody has it mapped any more. */
static bool
do_end(struct host_side *s, const struct op *o, struct trace_record *t)
{
	struct host_ref *ref = &s->ref[o->a.idx % REF_SLOTS];
	unsigned int page = o->b.idx;

	if (o->a.idx >= REF_SLOTS || !(o->flags & OPF_END_PAGE) || !ref->live ||
	    ref->page != page)
		return false;
	if (s->calls->unshare(s->host, s->page[page]) != 0) {
		t->rc = -errno;
		return true;
	}
	ref->live = false;
	s->page[page] = NULL;
	return true;
}

static bool
do_map(struct host_side *s, const struct op *o, struct trace_record *t)
{
	struct named_map *m = &s->map[o->a.idx];
	bool writable = !(o->flags & OPF_MAP_RO);
	grant_ref_t number;
	uint8_t *bytes;
	domid_t of;

	if (m->bytes != NULL || op_where(o) != AT_OWN || (o->flags & ~(OPF_MAP_RO | OP_JOIN)) ||
	    !is_lent(s, whose(s, o->b.dom, &of), o->b.idx, &number))
		return false;
	bytes = s->calls->map(s->host, of, number, writable);
	t->status = bytes != NULL ? GNTST_okay : GNTST_general_error;
	if (bytes != NULL)
		*m = (struct named_map){ bytes, writable };
	return true;
}

static bool
do_unmap(struct host_side *s, const struct op *o, struct trace_record *t)
{
	struct named_map *m = &s->map[o->a.idx % MAP_SLOTS];

	if (o->a.idx >= MAP_SLOTS || op_where(o) != AT_OWN || (o->flags & ~OP_JOIN) ||
	    m->bytes == NULL)
		return false;
	t->status = GNTST_general_error;
	if (s->calls->unmap(s->host, m->bytes) == 0) {
		t->status = GNTST_okay;
		m->bytes = NULL;
	}
	return true;
}

/* One side must be a reference, the other a page of ours, in which it has to end. */
static bool
do_copy(struct host_side *s, const struct op *o, struct trace_record *t)
{
	bool from_ref = o->a.idx < SIDE_FRAME;
	const struct side *lent = from_ref ? &o->a : &o->b, *own = from_ref ? &o->b : &o->a;
	unsigned int page = own->idx - SIDE_FRAME, owner;
	struct host_copy c = { .from_ref = from_ref, .offset = lent->off, .len = o->len };

	if (lent->idx >= SIDE_FRAME || own->idx < SIDE_FRAME || own->dom != DOM_SELF ||
	    page >= PAGE_SLOTS || s->page[page] == NULL || o->len == 0 ||
	    own->off + o->len > XEN_PAGE_SIZE || lent->off >= XEN_PAGE_SIZE ||
	    !is_lent(s, owner = whose(s, lent->dom, &c.domid), lent->idx, &c.ref))
		return false;
	/* How bytes are moved within one page is left open. */
	if (owner == s->self && lent->idx < REF_SLOTS && s->ref[lent->idx].page == page)
		return false;
	c.bytes = s->page[page] + own->off;
	c.status = GNTST_general_error;
	if (s->calls->copy(s->host, &c) != 0 || c.status != GNTST_okay)
		c.status = GNTST_general_error;
	t->status = c.status;
	return true;
}

/* To read and to write, through a page slot or a mapping. */
static bool
do_bytes(uint8_t *bytes, bool write, const struct op *o, struct trace_record *t)
{
	if (bytes == NULL)
		return false;
	if (write)
		memcpy(bytes + (o->a.off & ~1u), &o->len, sizeof(o->len));
	else
		memcpy(&t->value, bytes + (o->a.off & ~3u), sizeof(t->value));
	return true;
}

static bool
do_fill(struct host_side *s, const struct op *o)
{
	if (s->page[o->a.idx] != NULL || s->n_filled == FILLS)
		return false;
	new_page(s, o->a.idx, PAGE_SLOTS + s->n_filled++);
	return true;
}

static bool
do_op(struct host_side *s, const struct op *o, struct trace_record *t)
{
	const struct named_map *m = &s->map[o->a.idx % MAP_SLOTS];

	switch (o->kind) {
	case OP_GRANT: return do_grant(s, o, t);
	case OP_END: return do_end(s, o, t);
	case OP_MAP: return do_map(s, o, t);
	case OP_UNMAP: return do_unmap(s, o, t);
	case OP_COPY: return do_copy(s, o, t);
	case OP_WRITE:
	case OP_READ: return do_bytes(s->page[o->a.idx], o->kind == OP_WRITE, o, t);
	case OP_WRITE_MAP: return m->writable && do_bytes(m->bytes, true, o, t);
	case OP_READ_MAP: return do_bytes(m->bytes, false, o, t);
	case OP_FILL: return do_fill(s, o);
	default: return false;
	}
}


/* ------------------------------------------------------------------ a program */

/* What is left lent or mapped is not the program's to end. */
static void
end(struct host_side *s)
{
	for (unsigned int m = 0; m < MAP_SLOTS; m++)
		if (s->map[m].bytes != NULL)
			s->calls->unmap(s->host, s->map[m].bytes);
	for (unsigned int p = 0; p < PAGE_SLOTS; p++)
		if (s->page[p] != NULL && s->lent[p])
			s->calls->unshare(s->host, s->page[p]);
		else
			free(s->page[p]);
	memset(s->map, 0, sizeof(s->map));
	memset(s->ref, 0, sizeof(s->ref));
	memset(s->page, 0, sizeof(s->page));
	s->n_filled = 0;
}

void
host_side_answer(struct host_side *s, const struct host_ask *ask, struct host_answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	trace_record_begin(&answer->record);
	switch (ask->kind) {
	case ASK_BEGIN:
		end(s);
		for (unsigned int p = 0; p < ask->pages && p < PAGE_SLOTS; p++)
			new_page(s, p, p);
		break;
	case ASK_OP:
		s->other = ask->other;
		if (!do_op(s, &ask->op, &answer->record))
			answer->record.skip = SKIP_LANE;
		memcpy(answer->ref, s->ref, sizeof(s->ref));
		break;
	default:
		for (unsigned int p = 0; p < PAGE_SLOTS; p++)
			if (s->page[p] != NULL)
				answer->digest[p] = trace_digest(s->page[p]);
		end(s);
	}
}

struct host_side *
host_side_new(const struct host_calls *calls, void *host, unsigned int self, const domid_t *real,
	      unsigned int n)
{
	struct host_side *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->calls = calls;
	s->host = host;
	s->self = self;
	s->n = n;
	memcpy(s->real, real, n * sizeof(*real));
	return s;
}

void
host_side_free(struct host_side *s)
{
	if (s != NULL)
		end(s);
	free(s);
}
