/*
 * host_box: what a lane `host:0+raw' and its agent share: a memory, and a line for one byte at a
 * time.
 *
 * The lane starts the agent, which says HOST_BOX_READY, or HOST_BOX_REFUSED with why[].  Then for
 * each program, which the lane puts into the box, HOST_BOX_RUN goes one way and HOST_BOX_DONE the
 * other.  The agent gives everything back and ends when the line does.
 */
#ifndef HOST_BOX_H
#define HOST_BOX_H

#include "diff/trace.h"

/* The agent's files, which it is started with; the last one keeps others off the host. */
enum { HOST_BOX_MEMORY = 3, HOST_BOX_LINE, HOST_BOX_LOCK };

enum {
	HOST_BOX_READY = 'r', HOST_BOX_REFUSED = 'n', HOST_BOX_RUN = 'g', HOST_BOX_DONE = 'd',
	HOST_BOX_NO_OP = 0xffff,
	HOST_BOX_WHY = 256,
};

struct host_box {
	uint32_t bytes;			/* of this, to the side that made it */
	uint32_t xen_version;		/* as profile_for takes it */
	uint32_t at;			/* the operation in hand, or HOST_BOX_NO_OP */
	char why[HOST_BOX_WHY];
	struct program program;
	struct trace trace;
};

#endif
