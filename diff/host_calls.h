/*
 * host_calls: what the lane `host:' asks of the domain it runs in.
 *
 * host_library does it, through libxengnttab and the kernel's gntalloc and gntdev; host_pretend
 * only says it, and keeps pages of its own.
 */
#ifndef HOST_CALLS_H
#define HOST_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/xen_abi.h"

/* A copy between own memory and what a reference lends: one of the two sides has the reference. */
struct host_copy {
	bool from_ref;
	domid_t domid;
	grant_ref_t ref;
	uint16_t offset;	/* in the page that is lent */
	void *bytes;		/* own memory */
	uint16_t len;
	int16_t status;		/* out: GNTST_*, if the call was made */
};

struct host_calls {
	/*
	 * A new page, lent to a domain: its address, and *ref.  NULL with errno if not, *ref as it
	 * was.
	 */
	void *(*share)(void *host, domid_t to, bool writable, grant_ref_t *ref);
	/* End that, whoever has it mapped; the address is gone.  0, or -1 with errno. */
	int (*unshare)(void *host, void *page);
	/* Map a page that is lent.  Its address, or NULL with errno. */
	void *(*map)(void *host, domid_t of, grant_ref_t ref, bool writable);
	/* 0, or -1 with errno, the page still mapped. */
	int (*unmap)(void *host, void *at);
	/* 0 and c->status, or -1 with errno and nothing done. */
	int (*copy)(void *host, struct host_copy *c);
	/* End all that is left, and free host. */
	void (*close)(void *host);
};

#endif
