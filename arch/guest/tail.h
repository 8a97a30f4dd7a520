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

enum { TAIL_TABLE_MAX = 4096 };		/* frames of a whole table */

/* From now on that many frames of our table come before the program's; 0 at first. */
void tail_begin(uint32_t frames);
uint32_t tail_before(void);

/* Put the references that one operation of a grant-table command names, or put them back. */
void tail_put(unsigned int cmd, void *op);
void tail_put_back(unsigned int cmd, void *op);

/* How a hypercall is made; and the two about the table's size, whose operation is readable. */
typedef long tail_call(unsigned int cmd, void *op);
long tail_setup(struct gnttab_setup_table *op, bool list_is_bad, tail_call *call);
long tail_size(struct gnttab_query_size *op, tail_call *call);

#endif
