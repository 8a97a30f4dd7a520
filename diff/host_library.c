#define _GNU_SOURCE
#include "diff/host_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xengnttab.h>
#include <xentoollog.h>
#include <xenstore.h>

#define GNTTAB_LIBRARY "libxengnttab.so.1"
#define LOG_LIBRARY "libxentoollog.so.1"
#define XENSTORE_LIBRARY "libxenstore.so.4"

struct library {
	void *handle, *log_handle;
	xentoollog_logger *log;	/* NULL: the library makes one */
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

/* A function's address where a pointer to it is. */
static bool
find(void *handle, const char *name, void *pointer)
{
	void *symbol = dlsym(handle, name);

	memcpy(pointer, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static bool
find_all(struct library *l)
{
	return find(l->handle, "xengnttab_open", &l->tab_open) &&
	       find(l->handle, "xengnttab_close", &l->tab_close) &&
	       find(l->handle, "xengnttab_map_grant_refs", &l->map) &&
	       find(l->handle, "xengnttab_unmap", &l->unmap) &&
	       find(l->handle, "xengnttab_grant_copy", &l->copy) &&
	       find(l->handle, "xengntshr_open", &l->shr_open) &&
	       find(l->handle, "xengntshr_close", &l->shr_close) &&
	       find(l->handle, "xengntshr_share_pages", &l->share) &&
	       find(l->handle, "xengntshr_unshare", &l->unshare);
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

/* What fails is an answer here, and no news: the library's own logger would tell each. */
static void
open_log(struct library *l)
{
	__typeof__(xtl_createlogger_stdiostream) *create;

	l->log_handle = dlopen(LOG_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (l->log_handle != NULL && find(l->log_handle, "xtl_createlogger_stdiostream", &create))
		l->log = (xentoollog_logger *)create(stderr, XTL_CRITICAL, 0);
}

static void
close_log(struct library *l)
{
	__typeof__(xtl_logger_destroy) *destroy;

	if (l->log != NULL && find(l->log_handle, "xtl_logger_destroy", &destroy))
		destroy(l->log);
	if (l->log_handle != NULL)
		dlclose(l->log_handle);
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
	close_log(l);
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
	l->handle = dlopen(GNTTAB_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (l->handle == NULL || !find_all(l)) {
		snprintf(why, why_bytes, "no %s, or one from before Xen 4.8; apt-get install "
			 "--no-install-recommends libxengnttab1", GNTTAB_LIBRARY);
		library_close(l);
		return NULL;
	}
	open_log(l);
	l->tab = l->tab_open(l->log, 0);
	if (l->tab != NULL)
		l->shr = l->shr_open(l->log, 0);
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
	void *handle = dlopen(XENSTORE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	__typeof__(xs_open) *open_store;
	__typeof__(xs_close) *close_store;
	__typeof__(xs_read) *read_store;
	struct xs_handle *xs;
	unsigned int n;
	char *id = NULL;
	int domid = -1;

	if (handle == NULL)
		return -1;
	if (find(handle, "xs_open", &open_store) && find(handle, "xs_close", &close_store) &&
	    find(handle, "xs_read", &read_store) && (xs = open_store(0)) != NULL) {
		id = read_store(xs, XBT_NULL, "domid", &n);
		if (id != NULL)
			domid = atoi(id);
		free(id);
		close_store(xs);
	}
	dlclose(handle);
	return domid;
}
