/*
 * domctl: the control calls by which dom0 makes other domains.
 *
 * Their layout belongs to one Xen and its tools; Xen refuses a call whose interface version is not
 * its own.  Those we know are in domctl.c.  Each call returns 0 or -XEN_E*.
 */
#ifndef X86_DOMCTL_H
#define X86_DOMCTL_H

#include "arch/arch.h"

/* What Xen knows of a domain. */
struct domctl_info {
	uint64_t pages;			/* that it owns */
	uint64_t shared_info_frame;
	bool ended;			/* crashed or shut down */
};

/* Find out which interface the running Xen has.  False if it is none that we know. */
bool domctl_init(void);

/* A PV domain of that id, with one virtual CPU and the grant-table limits of Xen's command line. */
int domctl_create(domid_t id);

/* The most pages that it may own. */
int domctl_max_pages(domid_t id, uint64_t pages);

/* Make its one virtual CPU; pin it to a processor; let it read the time-stamp counter itself. */
int domctl_make_vcpu(domid_t id);
int domctl_pin(domid_t id, unsigned int cpu);
int domctl_native_tsc(domid_t id);

/* The state that its virtual CPU starts in; and let it start. */
int domctl_set_context(domid_t id, const vcpu_guest_context_t *context);
int domctl_unpause(domid_t id);

/* -XEN_ESRCH if there is no such domain. */
int domctl_get_info(domid_t id, struct domctl_info *info);

#endif
