/*
 * lane_xen: our guest as up to three domains of an unmodified Xen, in QEMU.  See lane.h for
 * lanes, and xen_setup.h for what a spelling may ask of one.
 *
 * d0 is dom0; d1 and d2 run beside it, and each does what a program says it does.  All grant-table
 * frames are there from the start: lane_adapt puts that into a header, and a program that wants
 * more is SKIP.  On a Xen whose control calls the guest does not know there is d0 alone, and its
 * console says so.  As a PVH domain d0 is alone too; it loses pages for good, so that its machine
 * wears out, and is started anew.  On Arm all are translated, and do one thing at a time.
 *
 * The guest cleans up after each program.  That it does is checked: after every so many programs,
 * and when asked, a probe must have the trace that it had right after boot; if not, that is
 * ERROR.
 *
 * A machine that panics, hangs or resets fails the program in hand; the next one gets a new
 * machine.
 */
#ifndef LANE_XEN_H
#define LANE_XEN_H

#include "diff/lane.h"

/*
 * Programs are given ahead, and their traces taken in the same order, so that the machine works
 * while the caller looks at a trace.
 *
 * Give a program; it stays the caller's, unchanged, until its trace is taken.
 * Pre: l is of lane_xen, fewer than LANE_XEN_GIVEN_MAX programs are given and not taken.
 */
enum { LANE_XEN_GIVEN_MAX = 32 };
void lane_xen_give(struct lane *l, const struct program *p);

/*
 * The seed of the next program that is given, which the delays in its races hang on; each one after
 * it has the next higher.  0 if nothing else was said.  Pre: l is of lane_xen.
 */
void lane_xen_seed(struct lane *l, uint32_t seed);

/*
 * Take the trace of the program that was given first; as lane_run.  Those behind one that fails
 * are run all the same, on the next machine.  Pre: one was given.
 */
enum verdict lane_xen_take(struct lane *l, struct trace *t, char *why, size_t why_bytes);

/*
 * Whether in some race of the program that was taken last operations of two branches were under way
 * at once, and not one after the other.  Pre: its trace was taken.
 */
bool lane_xen_overlapped(const struct lane *l);

/* Forget what was given and not taken.  A machine that has begun with it is ended. */
void lane_xen_forget(struct lane *l);

/*
 * Run n programs, the machine never waiting for us between them; traces[i] is that of programs[i].
 * *n_run programs have a trace; if that is less than n, verdict and why[] are programs[*n_run]'s.
 * Pre: l is of lane_xen, no program is given.
 */
enum verdict lane_xen_run_many(struct lane *l, const struct program *const programs[],
			       struct trace *const traces[], unsigned int n, unsigned int *n_run,
			       char *why, size_t why_bytes);

/* Run the probe now.  SUCCESS, or ERROR if the machine is not as at boot.  Pre: none is given. */
enum verdict lane_xen_check(struct lane *l, char *why, size_t why_bytes);

/*
 * Of which Xen: major << 16 | minor << 8 | point; and the machine's peak of memory in KiB.  0 if it
 * is down.
 */
unsigned int lane_xen_version(struct lane *l);
unsigned long lane_xen_peak_kib(struct lane *l);

/* A name by which the Xen that it boots can be read, while it is open. */
const char *lane_xen_file(struct lane *l);

#endif
