#define _GNU_SOURCE
#include "diff/host_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/guest.h"
#include "diff/text.h"

enum { FILLS = 8 };	/* pages for `fill', as on other lanes */

/* ------------------------------------------------------------------ a program's names */

/* A reference slot: what it lends. */
struct named_ref {
	grant_ref_t number;
	uint8_t page;
	bool live;
};

struct named_map {
	uint8_t *bytes;		/* NULL: none */
	bool writable;
};

struct host_run {
	const struct host_calls *calls;
	void *host;
	domid_t domid;
	uint8_t *page[PAGE_SLOTS];	/* NULL: the slot is empty */
	bool lent[PAGE_SLOTS];		/* the kernel's page; else of our own memory */
	struct named_ref ref[REF_SLOTS];
	struct named_map map[MAP_SLOTS];
	unsigned int n_filled;
};

static void
new_page(struct host_run *r, unsigned int slot, unsigned int number)
{
	r->page[slot] = aligned_alloc(XEN_PAGE_SIZE, XEN_PAGE_SIZE);
	r->lent[slot] = false;
	ARCH_ASSERT(r->page[slot] != NULL);
	for (unsigned int i = 0; i < XEN_PAGE_SIZE; i++)
		r->page[slot][i] = guest_page_pattern(0, number, i);
}

/* Whether the operand names this domain, the only one whose id was given; `id` of how. */
static bool
is_us(const struct host_run *r, unsigned int code, domid_t *id)
{
	*id = code == DOM_SELF ? DOMID_SELF : r->domid;
	return code == DOM_D0 || code == DOM_SELF;
}

/* The number of a reference that is ours, or of one that cannot be anybody's. */
static bool
is_ours(const struct host_run *r, unsigned int code, grant_ref_t *number)
{
	*number = code < REF_SLOTS ? r->ref[code].number : ~(grant_ref_t)0;
	return code == REF_MAX || (code < REF_SLOTS && r->ref[code].live);
}

/* ------------------------------------------------------------------ operations */

/* Each returns whether the lane can do it; if not, nothing was done. */

/* The library lends new pages only: what the slot held moves into one. */
static bool
do_grant(struct host_run *r, const struct op *o, struct trace_record *t)
{
	unsigned int slot = o->a.idx, page = o->b.idx;
	grant_ref_t number;
	uint8_t *bytes;
	domid_t to;

	if (slot >= REF_SLOTS || page >= PAGE_SLOTS || !is_us(r, o->b.dom, &to) ||
	    r->ref[slot].live || r->page[page] == NULL || r->lent[page])
		return false;
	bytes = r->calls->share(r->host, to, !(o->flags & OPF_GRANT_RO), &number);
	if (bytes == NULL) {
		t->rc = -errno;
		return true;
	}
	memcpy(bytes, r->page[page], XEN_PAGE_SIZE);
	free(r->page[page]);
	r->page[page] = bytes;
	r->lent[page] = true;
	r->ref[slot] = (struct named_ref){ number, (uint8_t)page, true };
	return true;
}

/* To end it is to give the page up: the kernel frees it when nobody has it mapped any more. */
static bool
do_end(struct host_run *r, const struct op *o, struct trace_record *t)
{
	struct named_ref *ref = &r->ref[o->a.idx % REF_SLOTS];
	unsigned int page = o->b.idx;

	if (o->a.idx >= REF_SLOTS || !(o->flags & OPF_END_PAGE) || !ref->live ||
	    ref->page != page)
		return false;
	if (r->calls->unshare(r->host, r->page[page]) != 0) {
		t->rc = -errno;
		return true;
	}
	ref->live = false;
	r->page[page] = NULL;
	return true;
}

static bool
do_map(struct host_run *r, const struct op *o, struct trace_record *t)
{
	struct named_map *m = &r->map[o->a.idx];
	bool writable = !(o->flags & OPF_MAP_RO);
	grant_ref_t number;
	uint8_t *bytes;
	domid_t of;

	if (m->bytes != NULL || op_where(o) != AT_OWN || (o->flags & ~(OPF_MAP_RO | OP_JOIN)) ||
	    !is_us(r, o->b.dom, &of) || !is_ours(r, o->b.idx, &number))
		return false;
	bytes = r->calls->map(r->host, of, number, writable);
	t->status = bytes != NULL ? GNTST_okay : GNTST_general_error;
	if (bytes != NULL)
		*m = (struct named_map){ bytes, writable };
	return true;
}

static bool
do_unmap(struct host_run *r, const struct op *o, struct trace_record *t)
{
	struct named_map *m = &r->map[o->a.idx % MAP_SLOTS];

	if (o->a.idx >= MAP_SLOTS || op_where(o) != AT_OWN || (o->flags & ~OP_JOIN) ||
	    m->bytes == NULL)
		return false;
	t->status = GNTST_general_error;
	if (r->calls->unmap(r->host, m->bytes) == 0) {
		t->status = GNTST_okay;
		m->bytes = NULL;
	}
	return true;
}

/* One side must be a reference, the other a page of ours, in which it has to end. */
static bool
do_copy(struct host_run *r, const struct op *o, struct trace_record *t)
{
	bool from_ref = o->a.idx < SIDE_FRAME;
	const struct side *lent = from_ref ? &o->a : &o->b, *own = from_ref ? &o->b : &o->a;
	unsigned int page = own->idx - SIDE_FRAME;
	struct host_copy c = { .from_ref = from_ref, .offset = lent->off, .len = o->len };

	if (lent->idx >= SIDE_FRAME || own->idx < SIDE_FRAME || own->dom != DOM_SELF ||
	    page >= PAGE_SLOTS || r->page[page] == NULL || o->len == 0 ||
	    own->off + o->len > XEN_PAGE_SIZE || lent->off >= XEN_PAGE_SIZE ||
	    !is_us(r, lent->dom, &c.domid) || !is_ours(r, lent->idx, &c.ref))
		return false;
	/* How bytes are moved within one page is left open. */
	if (lent->idx < REF_SLOTS && r->ref[lent->idx].page == page)
		return false;
	c.bytes = r->page[page] + own->off;
	c.status = GNTST_general_error;
	if (r->calls->copy(r->host, &c) != 0 || c.status != GNTST_okay)
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
do_fill(struct host_run *r, const struct op *o)
{
	if (r->page[o->a.idx] != NULL || r->n_filled == FILLS)
		return false;
	new_page(r, o->a.idx, PAGE_SLOTS + r->n_filled++);
	return true;
}

static bool
do_op(struct host_run *r, const struct op *o, struct trace_record *t)
{
	const struct named_map *m = &r->map[o->a.idx % MAP_SLOTS];

	switch (o->kind) {
	case OP_GRANT: return do_grant(r, o, t);
	case OP_END: return do_end(r, o, t);
	case OP_MAP: return do_map(r, o, t);
	case OP_UNMAP: return do_unmap(r, o, t);
	case OP_COPY: return do_copy(r, o, t);
	case OP_WRITE:
	case OP_READ: return do_bytes(r->page[o->a.idx], o->kind == OP_WRITE, o, t);
	case OP_WRITE_MAP: return m->writable && do_bytes(m->bytes, true, o, t);
	case OP_READ_MAP: return do_bytes(m->bytes, false, o, t);
	case OP_FILL: return do_fill(r, o);
	default: return false;
	}
}

/* ------------------------------------------------------------------ a run */

static void
begin(struct host_run *r, const struct program *p, struct trace *t)
{
	memset(t, 0, sizeof(*t));
	t->kind = TRACE_COARSE;
	t->n_records = p->n_ops;
	t->domains = p->header.domains;
	for (unsigned int s = 0; s < p->header.pages && s < PAGE_SLOTS; s++)
		new_page(r, s, s);
}

/* What is left lent or mapped is not the program's to end. */
static void
end(struct host_run *r, struct trace *t)
{
	for (unsigned int s = 0; s < PAGE_SLOTS; s++)
		if (r->page[s] != NULL)
			t->domain[0].digest[s] = trace_digest(r->page[s]);
	for (unsigned int m = 0; m < MAP_SLOTS; m++)
		if (r->map[m].bytes != NULL)
			r->calls->unmap(r->host, r->map[m].bytes);
	for (unsigned int s = 0; s < PAGE_SLOTS; s++)
		if (r->page[s] != NULL && r->lent[s])
			r->calls->unshare(r->host, r->page[s]);
		else
			free(r->page[s]);
}

static void
say_op(FILE *say, unsigned int at, const struct op *o)
{
	char text[256];

	text_print_op(o, text, sizeof(text));
	fprintf(say, "%u  %s\n", at + 1, text);
}

void
host_run(const struct host_calls *calls, void *host, domid_t domid, const struct program *p,
	 struct trace *t, FILE *say)
{
	struct host_run r = { .calls = calls, .host = host, .domid = domid };

	begin(&r, p, t);
	for (unsigned int i = 0; i < p->n_ops; i++) {
		struct trace_record *rec = &t->record[i];

		trace_record_begin(rec);
		if (say != NULL && op_is_done(p->ops[i].kind))
			say_op(say, i, &p->ops[i]);
		if (op_is_done(p->ops[i].kind) && !do_op(&r, &p->ops[i], rec))
			rec->skip = SKIP_LANE;
		if (!op_is_done(p->ops[i].kind))
			rec->skip = SKIP_EXPECT;
		if (say != NULL && rec->skip == SKIP_LANE)
			fputs("    left out: it cannot be done here\n", say);
	}
	if (say != NULL)
		fputs("at the end\n", say);
	end(&r, t);
}
