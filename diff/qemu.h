/*
 * qemu: an emulated machine that runs a Xen with our guest in it, and the memory that we share with it.
 *
 * The machine is a child process; it dies with us, whatever kills us, and leaves no file behind: its memory and its
 * console are anonymous.  Only a console worth keeping is written out, by qemu_keep_console.
 */
#ifndef QEMU_H
#define QEMU_H

#include <stdbool.h>
#include <stddef.h>

#include "diff/mailbox.h"

struct qemu;

/* How a machine is. */
enum qemu_state {
	QEMU_RUNS,
	QEMU_BROKEN,	/* QEMU itself ended, or never began */
	QEMU_DIED,	/* Xen or our guest says that it gives up */
	QEMU_SILENT,	/* no progress */
};

/*
 * Boot `xen` (a file, not compressed) with the options `xen_options` and our guest; return once the guest's mailbox is there,
 * or with what came instead in *state and one line of it in why[].
 * Returns the machine in any state, for qemu_keep_console and qemu_stop; NULL without memory.
 * The child dies with the calling thread: call it from one that lives as long as the machine shall.
 */
struct qemu *qemu_start(const char *xen, const char *xen_options, const char *guest, enum qemu_state *state,
			char *why, size_t why_bytes);

/* End the machine; NULL is none. */
void qemu_stop(struct qemu *q);

/* What we share with the guest; valid until qemu_stop. */
struct mailbox *qemu_mailbox(struct qemu *q);

/*
 * Wait until the guest's count of programs done differs from `done`.
 * Returns QEMU_RUNS, or what is wrong with the machine, with one line in why[].
 */
enum qemu_state qemu_wait(struct qemu *q, uint32_t done, char *why, size_t why_bytes);

/* Write what was said on the console to a new file in `folder`; its name goes to path[].  False if that fails. */
bool qemu_keep_console(struct qemu *q, const char *folder, char *path, size_t path_bytes);

/* Kibibytes of memory that the machine's process holds at the most so far; 0 unknown. */
unsigned long qemu_peak_kib(const struct qemu *q);

#endif
