#define _GNU_SOURCE
#include "diff/stamps.h"

#include <unistd.h>

enum { STAMP_BYTES = 16 };

/*
 * The first page at or after *frame that begins with `word`; the word after it goes to *next.
 * Memory that was never touched is left out: reading it would make the machine larger.
 */
static bool
find(int fd, uint64_t *frame, uint64_t word, uint64_t *next)
{
	off_t at = (off_t)*frame * MAILBOX_PAGE, end;

	while ((at = lseek(fd, at, SEEK_DATA)) >= 0 && (end = lseek(fd, at, SEEK_HOLE)) > at) {
		for (at -= at % MAILBOX_PAGE; at < end; at += MAILBOX_PAGE) {
			uint64_t start[STAMP_BYTES / sizeof(uint64_t)];

			if (pread(fd, start, sizeof(start), at) != sizeof(start))
				return false;
			if (start[0] != word)
				continue;
			*frame = (uint64_t)at / MAILBOX_PAGE;
			*next = start[1];
			return true;
		}
	}
	return false;
}

uint64_t
stamps_first(int memory_fd)
{
	uint64_t frame = 0, next;

	return find(memory_fd, &frame, MAILBOX_MAGIC, &next) ? frame : 0;
}

void
stamps_find(int memory_fd, struct mailbox *m)
{
	uint64_t frame = 0, page;

	for (uint32_t i = 1; i < m->n_pages; i++)
		m->frame[i] = MAILBOX_FRAME_UNKNOWN;
	for (; find(memory_fd, &frame, MAILBOX_STAMP, &page); frame++)
		if (page < m->n_pages)
			m->frame[page] = frame;
}

void
stamps_wipe(struct mailbox *m)
{
	for (uint32_t i = 1; i < m->n_pages; i++)
		__builtin_memset((uint8_t *)m + (size_t)i * MAILBOX_PAGE, 0, STAMP_BYTES);
}
