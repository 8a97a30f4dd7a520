/*
 * host_library: libxengnttab, loaded when it is asked for: a machine without it can do all else.
 */
#ifndef HOST_LIBRARY_H
#define HOST_LIBRARY_H

#include "diff/host_calls.h"

/*
 * Load the library and open gntalloc and gntdev through it.  The host for the calls of
 * *host_library, or NULL with one line in why[].
 */
void *host_library_open(char *why, size_t why_bytes);

extern const struct host_calls host_library;

/* This domain's id as xenstore has it, or -1: it cannot be asked. */
int host_library_domid(void);

#endif
