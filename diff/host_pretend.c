#define _GNU_SOURCE
#include "diff/host_pretend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES_MAX = 1024, FIRST_REF = 8 };

/* A page that was lent: its reference is FIRST_REF + its place. */
struct lent {
	uint8_t *bytes;
	domid_t of, to;
	bool writable, ended;
	unsigned int n_mapped;
};

struct machine {
	struct lent lent[PAGES_MAX];
	unsigned int n, n_domains;
};

struct pretend {
	FILE *out;
	struct machine *machine;
	domid_t domid;
};

static void __attribute__((format(printf, 2, 3)))
say(struct pretend *h, const char *format, ...)
{
	va_list args;

	if (h->out == NULL)
		return;
	va_start(args, format);
	if (h->machine->n_domains > 1)
		fprintf(h->out, "    in domain %u: ", h->domid);
	else
		fputs("    ", h->out);
	vfprintf(h->out, format, args);
	fputc('\n', h->out);
	va_end(args);
}

static struct lent *
lent_at(struct pretend *h, const void *bytes)
{
	struct machine *m = h->machine;

	for (unsigned int i = 0; i < m->n; i++)
		if (m->lent[i].bytes == bytes)
			return &m->lent[i];
	return NULL;
}

/* What a domain's reference lends to this one, if it may be used so. */
static struct lent *
lent_by(struct pretend *h, domid_t of, grant_ref_t ref, bool writable)
{
	struct lent *l;

	if (ref < FIRST_REF || ref - FIRST_REF >= h->machine->n)
		return NULL;
	l = &h->machine->lent[ref - FIRST_REF];
	if (l->ended || (writable && !l->writable))
		return NULL;
	return l->of == of && l->to == h->domid ? l : NULL;
}

static void *
pretend_share(void *host, domid_t to, bool writable, grant_ref_t *ref)
{
	struct pretend *h = host;
	struct machine *m = h->machine;
	struct lent *l = &m->lent[m->n];

	say(h, "xengntshr_share_pages: one new page, lent to domain %u, %s", to,
	    writable ? "writable" : "read-only");
	if (m->n == PAGES_MAX || (l->bytes = calloc(1, XEN_PAGE_SIZE)) == NULL) {
		errno = ENOSPC;
		return NULL;
	}
	l->of = h->domid;
	l->to = to;
	l->writable = writable;
	*ref = FIRST_REF + m->n++;
	return l->bytes;
}

static int
pretend_unshare(void *host, void *page)
{
	struct pretend *h = host;
	struct lent *l = lent_at(h, page);

	say(h, "xengntshr_unshare: that page; the kernel frees it when nobody maps it");
	l->ended = true;
	return 0;
}

static void *
pretend_map(void *host, domid_t of, grant_ref_t ref, bool writable)
{
	struct pretend *h = host;
	struct lent *l = lent_by(h, of, ref, writable);

	say(h, "xengnttab_map_grant_refs: what the reference of domain %u lends, %s", of,
	    writable ? "writable" : "read-only");
	if (l == NULL) {
		errno = EINVAL;
		return NULL;
	}
	l->n_mapped++;
	return l->bytes;
}

static int
pretend_unmap(void *host, void *at)
{
	struct pretend *h = host;

	say(h, "xengnttab_unmap: that mapping");
	lent_at(h, at)->n_mapped--;
	return 0;
}

static int
pretend_copy(void *host, struct host_copy *c)
{
	struct pretend *h = host;
	domid_t of = c->domid == DOMID_SELF ? h->domid : c->domid;
	struct lent *l = lent_by(h, of, c->ref, !c->from_ref);

	say(h, "xengnttab_grant_copy: %u bytes %s offset %u of what the reference lends", c->len,
	    c->from_ref ? "from" : "to", c->offset);
	if (c->offset + c->len > XEN_PAGE_SIZE) {
		errno = EINVAL;
		return -1;
	}
	c->status = l != NULL ? GNTST_okay : GNTST_general_error;
	if (l != NULL && c->from_ref)
		memmove(c->bytes, l->bytes + c->offset, c->len);
	else if (l != NULL)
		memmove(l->bytes + c->offset, c->bytes, c->len);
	return 0;
}

static void
pretend_close(void *host)
{
	struct pretend *h = host;
	struct machine *m = h->machine;

	free(h);
	if (--m->n_domains > 0)
		return;
	for (unsigned int i = 0; i < m->n; i++)
		free(m->lent[i].bytes);
	free(m);
}

const struct host_calls host_pretend = {
	pretend_share, pretend_unshare, pretend_map, pretend_unmap, pretend_copy, pretend_close,
};

void *
host_pretend_open(FILE *out, domid_t domid, void *beside)
{
	struct pretend *h = calloc(1, sizeof(*h)), *other = beside;
	struct machine *m = other != NULL ? other->machine : calloc(1, sizeof(*m));

	if (h == NULL || m == NULL) {
		free(h);
		if (other == NULL)
			free(m);
		return NULL;
	}
	*h = (struct pretend){ out, m, domid };
	m->n_domains++;
	return h;
}

unsigned int
host_pretend_live(const void *host)
{
	const struct machine *m = ((const struct pretend *)host)->machine;
	unsigned int n = 0;

	for (unsigned int i = 0; i < m->n; i++)
		n += !m->lent[i].ended + m->lent[i].n_mapped;
	return n;
}
