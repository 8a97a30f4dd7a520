#define _GNU_SOURCE
#include "diff/host_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "diff/host_load.h"

struct library {
	void *handle;
	struct host_log log;
	xengnttab_handle *tab;
	xengntshr_handle *shr;
	__typeof__(xengnttab_open) *tab_open;
	__typeof__(xengnttab_close) *tab_close;
	__typeof__(xengnttab_map_grant_refs) *map;
	__typeof__(xengnttab_unmap) *unmap;
	__typeof__(xengnttab_grant_copy) *copy;
	__typeof__(xengntshr_open) *shr_open;
	__typeof__(xengntshr_close) *shr_close;
	__typeof__(xengntshr_share_pages) *share;
	__typeof__(xengntshr_unshare) *unshare;
};

static bool
load_all(struct library *l, char *why, size_t why_bytes)
{
	const struct host_symbol symbols[] = {
		{ "xengnttab_open", &l->tab_open },
		{ "xengnttab_close", &l->tab_close },
		{ "xengnttab_map_grant_refs", &l->map },
		{ "xengnttab_unmap", &l->unmap },
		{ "xengnttab_grant_copy", &l->copy },
		{ "xengntshr_open", &l->shr_open },
		{ "xengntshr_close", &l->shr_close },
		{ "xengntshr_share_pages", &l->share },
		{ "xengntshr_unshare", &l->unshare },
	};

	l->handle = host_load(HOST_GNTTAB, symbols, sizeof(symbols) / sizeof(symbols[0]), why,
			      why_bytes);
	return l->handle != NULL;
}

/* ------------------------------------------------------------------ the calls */

static void *
library_share(void *host, domid_t to, bool writable, grant_ref_t *ref)
{
	struct library *l = host;

	return l->share(l->shr, to, 1, ref, writable);
}

static int
library_unshare(void *host, void *page)
{
	struct library *l = host;

	return l->unshare(l->shr, page, 1);
}

static void *
library_map(void *host, domid_t of, grant_ref_t ref, bool writable)
{
	struct library *l = host;
	uint32_t domid = of;

	return l->map(l->tab, 1, &domid, &ref, writable ? PROT_READ | PROT_WRITE : PROT_READ);
}

static int
library_unmap(void *host, void *at)
{
	struct library *l = host;

	return l->unmap(l->tab, at, 1);
}

static int
library_copy(void *host, struct host_copy *c)
{
	struct library *l = host;
	xengnttab_grant_copy_segment_t s;
	int rc;

	memset(&s, 0, sizeof(s));
	s.len = c->len;
	s.flags = c->from_ref ? GNTCOPY_source_gref : GNTCOPY_dest_gref;
	if (c->from_ref) {
		s.source.foreign.domid = c->domid;
		s.source.foreign.ref = c->ref;
		s.source.foreign.offset = c->offset;
		s.dest.virt = c->bytes;
	} else {
		s.source.virt = c->bytes;
		s.dest.foreign.domid = c->domid;
		s.dest.foreign.ref = c->ref;
		s.dest.foreign.offset = c->offset;
	}
	rc = l->copy(l->tab, 1, &s);
	c->status = s.status;
	return rc == 0 ? 0 : -1;
}

/* The kernel ends what a closed file has left. */
static void
library_close(void *host)
{
	struct library *l = host;

	if (l->tab != NULL)
		l->tab_close(l->tab);
	if (l->shr != NULL)
		l->shr_close(l->shr);
	host_log_close(&l->log);
	if (l->handle != NULL)
		dlclose(l->handle);
	free(l);
}

const struct host_calls host_library = {
	library_share, library_unshare, library_map, library_unmap, library_copy, library_close,
};

void *
host_library_open(char *why, size_t why_bytes)
{
	struct library *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		snprintf(why, why_bytes, "out of memory");
		return NULL;
	}
	if (!load_all(l, why, why_bytes)) {
		library_close(l);
		return NULL;
	}
	host_log_open(&l->log);
	l->tab = l->tab_open(l->log.log, 0);
	if (l->tab != NULL)
		l->shr = l->shr_open(l->log.log, 0);
	if (l->shr == NULL) {
		snprintf(why, why_bytes, "libxengnttab does not open /dev/xen/%s: %s",
			 l->tab == NULL ? "gntdev" : "gntalloc", strerror(errno));
		library_close(l);
		return NULL;
	}
	return l;
}

/* ------------------------------------------------------------------ who we are */

int
host_library_domid(void)
{
	__typeof__(xs_open) *open_store;
	__typeof__(xs_close) *close_store;
	__typeof__(xs_read) *read_store;
	const struct host_symbol symbols[] = {
		{ "xs_open", &open_store },
		{ "xs_close", &close_store },
		{ "xs_read", &read_store },
	};
	char why[128], *id = NULL;
	void *handle = host_load(HOST_STORE, symbols, 3, why, sizeof(why));
	struct xs_handle *xs;
	unsigned int n;
	int domid = -1;

	if (handle == NULL)
		return -1;
	xs = open_store(0);
	if (xs != NULL) {
		id = read_store(xs, XBT_NULL, "domid", &n);
		if (id != NULL)
			domid = atoi(id);
		free(id);
		close_store(xs);
	}
	dlclose(handle);
	return domid;
}
