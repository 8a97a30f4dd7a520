/*
 * host_pretend: a host that does nothing to the machine: it says each step, if it is to, and
 * answers as a domain would that has all pages to itself.
 */
#ifndef HOST_PRETEND_H
#define HOST_PRETEND_H

#include <stdio.h>

#include "diff/host_calls.h"

/*
 * The host for the calls of *host_pretend: that domain, on a machine of its own, or on that of
 * `beside', another such host, which is closed after it.  Steps are written to `out' unless it is
 * NULL.
 */
void *host_pretend_open(FILE *out, domid_t domid, void *beside);

extern const struct host_calls host_pretend;

/* Pages lent and not ended, and mappings, on that machine: for tests. */
unsigned int host_pretend_live(const void *host);

#endif
