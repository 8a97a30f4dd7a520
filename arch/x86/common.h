/* common: what our guests share, PV or PVH: they say things, tell the time, and die. */
#ifndef X86_COMMON_H
#define X86_COMMON_H

#include "arch/xen_abi.h"

/* Nanoseconds since Xen booted; and sleep for about that long. */
uint64_t pv_now_ns(void);
void pv_sleep_ns(uint64_t ns);

/* Print to Xen's console: a string; and one with a number in hexadecimal behind it. */
void pv_say(const char *s);
void pv_say_number(const char *s, uint64_t v);

/*
 * What each has of its own: the page in which Xen tells it the time, and where its last page fault
 * was.
 */
const shared_info_t *pv_shared_info(void);
uint64_t pv_fault_address(void);

#endif
