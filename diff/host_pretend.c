#define _GNU_SOURCE
#include "diff/host_pretend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES_MAX = 1024, FIRST_REF = 8 };

/* A page that was lent: its reference is FIRST_REF + its place. */
struct lent {
	uint8_t *bytes;
	domid_t to;
	bool writable, ended;
	unsigned int n_mapped;
};

struct pretend {
	FILE *out;
	struct lent lent[PAGES_MAX];
	unsigned int n;
};

static void __attribute__((format(printf, 2, 3)))
say(struct pretend *h, const char *format, ...)
{
	va_list args;

	if (h->out == NULL)
		return;
	va_start(args, format);
	fputs("    ", h->out);
	vfprintf(h->out, format, args);
	fputc('\n', h->out);
	va_end(args);
}

static struct lent *
lent_at(struct pretend *h, const void *bytes)
{
	for (unsigned int i = 0; i < h->n; i++)
		if (h->lent[i].bytes == bytes)
			return &h->lent[i];
	return NULL;
}

/* What a reference lends, if it may be used so. */
static struct lent *
lent_by(struct pretend *h, grant_ref_t ref, bool writable)
{
	struct lent *l;

	if (ref < FIRST_REF || ref - FIRST_REF >= h->n)
		return NULL;
	l = &h->lent[ref - FIRST_REF];
	return l->ended || (writable && !l->writable) ? NULL : l;
}

static void *
pretend_share(void *host, domid_t to, bool writable, grant_ref_t *ref)
{
	struct pretend *h = host;
	struct lent *l = &h->lent[h->n];

	say(h, "xengntshr_share_pages: one new page, lent to domain %u, %s", to,
	    writable ? "writable" : "read-only");
	if (h->n == PAGES_MAX || (l->bytes = calloc(1, XEN_PAGE_SIZE)) == NULL) {
		errno = ENOSPC;
		return NULL;
	}
	l->to = to;
	l->writable = writable;
	*ref = FIRST_REF + h->n++;
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
	struct lent *l = lent_by(h, ref, writable);

	say(h, "xengnttab_map_grant_refs: what the reference of domain %u lends, %s", of,
	    writable ? "writable" : "read-only");
	if (l == NULL || l->to != of) {
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
	struct lent *l = lent_by(h, c->ref, !c->from_ref);

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

	for (unsigned int i = 0; i < h->n; i++)
		free(h->lent[i].bytes);
	free(h);
}

const struct host_calls host_pretend = {
	pretend_share, pretend_unshare, pretend_map, pretend_unmap, pretend_copy, pretend_close,
};

void *
host_pretend_open(FILE *out)
{
	struct pretend *h = calloc(1, sizeof(*h));

	if (h != NULL)
		h->out = out;
	return h;
}

unsigned int
host_pretend_live(const void *host)
{
	const struct pretend *h = host;
	unsigned int n = 0;

	for (unsigned int i = 0; i < h->n; i++)
		n += !h->lent[i].ended + h->lent[i].n_mapped;
	return n;
}
