/* common: what our guests share, PV or PVH: they tell the time by a page that Xen writes. */
#ifndef X86_COMMON_H
#define X86_COMMON_H

#include "arch/xen_abi.h"

/* Nanoseconds since Xen booted; and sleep for about that long. */
uint64_t pv_now_ns(void);
void pv_sleep_ns(uint64_t ns);

/* The page; each sort of guest gets it in its own way. */
shared_info_t *pv_shared_info(void);

#endif
