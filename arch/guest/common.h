/* common: what our guests share, PV or PVH. */
#ifndef X86_COMMON_H
#define X86_COMMON_H

#include "arch/arch.h"

/* What is kept for services.c.  Each sort's struct arch begins with it. */
struct services {
	unsigned int fail_alloc, fail_hypercall;	/* fail the n-th from now; 0: none */
	unsigned int pages_put, slept_ms;
	uint64_t heap_used;				/* bit p: page p of the heap, by it */
};

/* Count one hypercall.  Whether it is the one that shall fail. */
bool services_is_fated(struct arch *a);

/* Between programs: the heap is empty, nothing shall fail. */
void services_reset(struct arch *a);

/* Xen's version, major << 16 | minor << 8 | point; the last is 0 if Xen does not number it. */
uint32_t guest_xen_version(void);

/* Nanoseconds since Xen booted; and sleep for about that long. */
uint64_t pv_now_ns(void);
void pv_sleep_ns(uint64_t ns);

/* The page; each sort of guest gets it in its own way. */
shared_info_t *pv_shared_info(void);

#endif
