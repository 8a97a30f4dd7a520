/*
 * tail: the last frames of a grant table, as if they were a table of their own.
 *
 * Where the beginning of its table is not a program's to use, or larger than a program's whole
 * table, its references, frames and sizes are put into those of the table's end on their way to
 * Xen, and back.  What a program gets wrong on purpose stays as wrong.
 */
#ifndef GUEST_TAIL_H
#define GUEST_TAIL_H

#include "arch/arch.h"

enum {
	TAIL_TABLE_MAX = 4096,		/* frames of a whole table */
	TAIL_DOMAINS = 3,		/* domains 0, 1 and 2 may have a tail */
};

/* From now on that many frames of a domain's table come before the program's; 0 at first. */
void tail_begin(domid_t domid, uint32_t frames);
uint32_t tail_before(domid_t domid);

/*
 * Put the references that one operation of a grant-table command names, or put them back.  `self'
 * is the domain that makes the call, here and below.
 */
void tail_put(domid_t self, unsigned int cmd, void *op);
void tail_put_back(domid_t self, unsigned int cmd, void *op);

/* Whether nothing can be read there, on purpose. */
bool tail_is_bad(const void *address);

/* How a hypercall is made; and the two about a table's size, whose operation is readable. */
typedef long tail_call(void *ctx, unsigned int cmd, void *op);
long tail_setup(domid_t self, struct gnttab_setup_table *op, tail_call *call, void *ctx);
long tail_size(domid_t self, struct gnttab_query_size *op, tail_call *call, void *ctx);

#endif
