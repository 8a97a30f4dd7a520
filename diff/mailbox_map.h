/*
 * mailbox_map: the guest's mailbox in the file that is the machine's memory.
 */
#ifndef MAILBOX_MAP_H
#define MAILBOX_MAP_H

#include "diff/mailbox.h"

/*
 * Map the mailbox that begins in the machine's frame `first`, or MAILBOX_FRAME_UNKNOWN.  The file
 * is all of its memory, which begins at the address memory_at.  NULL: there is none.
 */
struct mailbox *mailbox_map(int memory_fd, uint64_t memory_bytes, uint64_t memory_at,
			    uint64_t first);

/* Pre: mailbox_map has mapped it. */
void mailbox_unmap(struct mailbox *m);

#endif
