/*
 * domu: our guest as a domain that somebody's tools have made, and not Xen or our dom0: what it is
 * told it must find out, and what it says goes through a ring that dom0 reads.
 */
#ifndef GUEST_DOMU_H
#define GUEST_DOMU_H

#include <stdbool.h>

#include "arch/xen_abi.h"

struct xencons_interface;

/*
 * Be such a domain: its console's ring, and the channel by which its reader is told.  Returns when
 * somebody has read a greeting, or after DOMU_PATIENCE_S: until then the grant table holds what the
 * reader is given the ring by.
 */
void domu_begin(struct xencons_interface *ring, uint32_t channel);

/* Whether it was begun; and our id: 0 if not. */
bool domu_is(void);
domid_t domu_domid(void);

/* Print, a line's end as terminals have it; wait for the reader where the ring is full. */
void domu_say(const char *s);

/* Wait until all is read, as that ends with the domain; nothing where there is no ring. */
void domu_flush(void);

/* Nobody may read.  For how long a guest waits for that in all, in seconds. */
enum { DOMU_PATIENCE_S = 10 };

#endif
