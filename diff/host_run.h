/* host_run: a program, done by a kernel's grant code: each operation a call of host_calls. */
#ifndef HOST_RUN_H
#define HOST_RUN_H

#include <stdio.h>

#include "diff/host_calls.h"
#include "diff/trace.h"

/*
 * Run p as domain `domid' through calls.  Nothing is left lent or mapped after.  The trace is
 * coarse.  Each operation is written to `say' before it is done, unless that is NULL.
 */
void host_run(const struct host_calls *calls, void *host, domid_t domid,
	      const struct program *p, struct trace *t, FILE *say);

#endif
