/*
 * lane_host: the lanes `host:D' and `host:D,P@REF': a program by the grant code of the kernel that
 * runs here, and of domain P's.
 *
 * D is the id of this domain, a program's d0; d1 is P, where an agent does its part, which has lent
 * the page REF to meet at.  gntfuzz's own core is not in it: references are the kernels', got
 * through libxengnttab.  What the library cannot say is SKIP for that operation.  The trace is
 * coarse (coarse.h).  diff/host.md tells it all.
 */
#ifndef LANE_HOST_H
#define LANE_HOST_H

#include "arch/xen_abi.h"
#include "diff/lane.h"

/* What stands behind "host:": "D", "D,P@REF" or "0+raw", then "+plan". */
struct host_want {
	domid_t domid, peer;
	grant_ref_t ref;
	bool two;		/* there is a peer */
	bool raw;		/* hypercalls of our own: lane_raw.h */
	bool plan;		/* do nothing, and say each step to standard output */
};

/* NULL, or what is wrong with it. */
const char *lane_host_read(const char *spelling, struct host_want *want);

/*
 * The lane that somebody has named on the command line, with its prefix; the string outlives all
 * lanes.  No other is opened: a file that says where it was found makes nothing run here.
 */
void lane_host_name(const char *spelling);

extern const struct lane_kind lane_host;

#endif
