/*
 * qemu: an emulated machine that runs a Xen with our guest in it, and the memory that we share.
 *
 * The machine is a child process.  It dies with us, whatever kills us, and leaves no file behind:
 * its memory and its console are anonymous.
 */
#ifndef QEMU_H
#define QEMU_H

#include "diff/console.h"
#include "diff/mailbox.h"

struct qemu;

/* How a machine is. */
enum qemu_state {
	QEMU_RUNS,
	QEMU_BROKEN,	/* QEMU itself ended, or never began */
	QEMU_DIED,	/* Xen or our guest says that it gives up, or has the machine reset */
	QEMU_SILENT,	/* no progress */
};

/* What to boot on what. */
struct qemu_machine {
	const char *emulator;		/* QEMU's command */
	unsigned int memory_mib, cpus;
	uint64_t memory_at;		/* where memory begins */
	/* As QEMU calls them; device NULL: only the type's own. */
	const char *type, *cpu, *device;
	bool exact;			/* count instructions: the same each time */
	bool threads;			/* processors run at once, not one after the other */
	const char *xen;		/* a file, not compressed */
	const char *xen_options;
	const char *guest, *guest_options;
	/* Where there are no modules; they are x86's, and guest_at is 0. */
	uint64_t guest_at, guest_bytes;	/* where it is put, and its size */
	unsigned int guests;		/* domains that Xen makes of it, dom0 the first */
	const void *tree;		/* QEMU's own; see tree.h */
	/* What the guest begins with, before it looks at its mailbox: see mailbox.h. */
	const void *program;
	size_t program_bytes;		/* 0: none */
};

/*
 * Boot it.  Returns the machine, once the guest's mailbox is there (*state is QEMU_RUNS) or it is
 * clear that it will not be (anything else; one line in why[] says what came instead).  NULL: no
 * memory.  The child dies with the calling thread: call it from one that lives as long as the
 * machine shall.
 */
struct qemu *qemu_start(const struct qemu_machine *m, enum qemu_state *state, char *why,
			size_t why_bytes);

/* End the machine; NULL is none. */
void qemu_stop(struct qemu *q);

/* What we share with the guest; valid until qemu_stop.  Pre: it came up. */
struct mailbox *qemu_mailbox(struct qemu *q);

const struct console *qemu_console(const struct qemu *q);

/*
 * Wait until the guest's count of programs done differs from `done`.
 * Returns QEMU_RUNS, or what is wrong with the machine, with one line in why[].
 */
enum qemu_state qemu_wait(struct qemu *q, uint32_t done, char *why, size_t why_bytes);

/* Kibibytes of memory that the machine's process held at the most so far; 0 unknown. */
unsigned long qemu_peak_kib(const struct qemu *q);

#endif
