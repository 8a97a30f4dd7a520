/*
 * stamps: the pages of a mailbox, found in a machine's memory by what is written at their start.
 *
 * For guests that do not know the machine frames of their own pages.  See mailbox.h.
 */
#ifndef STAMPS_H
#define STAMPS_H

#include "diff/mailbox.h"

/* The frame of the mailbox's first page in the memory file, or 0 if there is none. */
uint64_t stamps_first(int memory_fd);

/*
 * Fill in m->frame[] for all pages but the first.  A page that is not found has
 * MAILBOX_FRAME_UNKNOWN.  Pre: m->n_pages is in range.
 */
void stamps_find(int memory_fd, struct mailbox *m);

/* Clear the stamps of a mailbox that is mapped whole. */
void stamps_wipe(struct mailbox *m);

#endif
