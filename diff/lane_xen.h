/*
 * lane_xen: our guest as the only domain of an unmodified Xen, in QEMU.  See lane.h for the lane itself.
 *
 * What it can do now: one PV domain, d0.  lane_adapt says so in the header; a program that wants more is SKIP.
 */
#ifndef LANE_XEN_H
#define LANE_XEN_H

#include "diff/lane.h"

/*
 * Run n programs, the machine never waiting for us between them; traces[i] is that of programs[i].
 * *n_run programs have a trace; if that is less than n, the verdict and why[] are those of programs[*n_run].
 * Pre: l is of lane_xen.
 */
enum verdict lane_xen_run_many(struct lane *l, const struct program *const programs[], struct trace *const traces[],
			       unsigned int n, unsigned int *n_run, char *why, size_t why_bytes);

/* Of which Xen: major << 16 | minor; and the machine's peak of memory in KiB. */
unsigned int lane_xen_version(struct lane *l);
unsigned long lane_xen_peak_kib(struct lane *l);

#endif
