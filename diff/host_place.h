/*
 * host_place: whether this machine is a domain of a Xen host on which the lane `host:' may run, and
 * which.
 */
#ifndef HOST_PLACE_H
#define HOST_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where to look, and who says what domain this is.  Tests give folders of their own. */
struct host_place {
	const char *sys;	/* /sys/hypervisor */
	const char *dev;	/* /dev/xen */
	const char *proc;	/* /proc/xen */
	const char *run;	/* where the lock goes */
	int (*domid)(void);	/* this domain's id, or -1 */
};

extern const struct host_place host_place_real;

/* What was found. */
struct host_found {
	uint32_t version;	/* of Xen, as profile_for takes it */
	int lock;		/* held by this process, until it is closed */
};

/* What for. */
enum host_way {
	HOST_ALONE,		/* the kernel's grants */
	HOST_TWO,		/* likewise, with another domain */
	HOST_RAW,		/* hypercalls of our own, which a PV domain alone can make so */
};

/*
 * Whether all is there for the domain `domid', which must be this one.  If not, one line in why[]
 * says what is missing and what to do; nothing is held then.  Nothing but the lock's file is made.
 */
bool host_place_find(struct host_found *f, const struct host_place *place, unsigned int domid,
		     enum host_way way, char *why, size_t why_bytes);

/* Whether it runs on Xen at all; if not, why[] as above. */
bool host_place_is_xen(const struct host_place *place, char *why, size_t why_bytes);

#endif
