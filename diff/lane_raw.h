/*
 * lane_raw: the lane `host:0+raw': a program by our core, as a process of the dom0 that we are in.
 *
 * Its hypercalls go to Xen past Linux's grant code, with exact answers.  An agent makes them
 * (host_agent.c), which a program may kill, and after which its watcher cleans up.  What would
 * touch others' grants or memory is SKIP for that operation (host_rule.h); the trace is partial
 * (coarse.h).
 */
#ifndef LANE_RAW_H
#define LANE_RAW_H

#include "diff/host_place.h"
#include "diff/lane.h"

/*
 * Open it on the place found, whose lock is the lane's from now on, whatever comes of it.  As
 * lane_kind.open.
 */
struct lane *lane_raw_open(const struct host_found *found, char *why, size_t why_bytes,
			   bool *broken);

/* The same, for a lane that only writes to standard output what each run would do. */
struct lane *lane_raw_open_plan(char *why, size_t why_bytes, bool *broken);

extern const struct lane_kind lane_raw;

#endif
