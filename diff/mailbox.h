/*
 * mailbox: how programs come into a guest and traces out of it: memory of the guest that the host
 * sees too.
 *
 * A ring of slots.  The host fills slot `asked % MAILBOX_SLOTS` and then increments `asked`; the
 * guest runs what is in slot `done % MAILBOX_SLOTS`, writes its trace there, and then increments
 * `done`.  Each counter has one writer, which releases; the other side acquires.  The host may be
 * up to MAILBOX_SLOTS programs ahead, so neither waits for the other.
 *
 * A guest that was booted with a program beside it begins with that, as if it had been asked: its
 * seed, four bytes with the low one first, and then its bytes.
 *
 * The guest says on its console, in one line, MAILBOX_LINE and the machine frame of the mailbox's
 * first page in hexadecimal; that page lists the frames of all.  Until `magic` is there nothing
 * else is valid.
 *
 * A guest that is not told its machine frames says all ones.  Each page of its mailbox then begins
 * with a stamp, until the host, which looks for them in all memory, clears them.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include "diff/trace.h"

#define MAILBOX_LINE "gntfuzz guest: mailbox 0x"
#define MAILBOX_DIED "gntfuzz guest: panic"	/* begins what a guest says that gives up */
#define MAILBOX_MAGIC 0x31786f626c69616du	/* "mailbox1" */
#define MAILBOX_STAMP 0x706d6174736c696du	/* "mlistamp"; then a page's number */
#define MAILBOX_FRAME_UNKNOWN (~(uint64_t)0)

enum {
	MAILBOX_SLOTS = 32,
	MAILBOX_PAGE = 4096,
	MAILBOX_PAGES_MAX = 256,
	MAILBOX_NO_OP = 0xffff,		/* `at` while no operation is in hand */
	MAILBOX_LAST_PROGRAMS = 512,
	MAILBOX_CARRIED_MAX = 4 + PROGRAM_BYTES_MAX,
};

/* Only the operations that the program has are written, and their records. */
struct mailbox_slot {
	struct program program;		/* normal */
	struct trace trace;
	uint32_t seed;			/* of the delays in its races */
	uint32_t overlapped;		/* races whose operations were under way at once */
};

struct mailbox {
	uint64_t magic;
	uint32_t n_pages;
	uint32_t xen_version;		/* major << 16 | minor << 8 | point */
	uint32_t domains;		/* that there are for programs */
	uint32_t table_frames;		/* that every program starts with, and may have */
	uint32_t asked;
	uint32_t done;
	uint32_t at;			/* the operation in hand: where it hangs, if it does */
	uint32_t worn;			/* 1: good for MAILBOX_LAST_PROGRAMS more, no longer */
	uint64_t frame[MAILBOX_PAGES_MAX];
	struct mailbox_slot slot[MAILBOX_SLOTS] __attribute__((aligned(MAILBOX_PAGE)));
};

_Static_assert(sizeof(struct mailbox) <= (size_t)MAILBOX_PAGES_MAX * MAILBOX_PAGE,
	       "every page has its frame listed");
_Static_assert(offsetof(struct mailbox, slot) == MAILBOX_PAGE,
	       "the list of frames fits the first page");

#endif
