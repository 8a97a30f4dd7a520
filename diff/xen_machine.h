/*
 * xen_machine: a machine that runs one Xen and our guest: brought up, given programs, put to the
 * proof, and told of when it ends.
 *
 * It is down until it is started, and again once anything is wrong with it: what that was is told
 * to its lane, and the caller decides whether to start it again.
 */
#ifndef XEN_MACHINE_H
#define XEN_MACHINE_H

#include "diff/lane.h"
#include "diff/xen_setup.h"

struct xen_machine {
	struct lane *lane;	/* whose console and n_begun tell of the last end */
	struct xen_setup setup;
	unsigned int domains;	/* that the guest has made, at the most */
	struct qemu *qemu;	/* NULL: down */
	uint32_t asked;		/* programs given to this machine */
	uint32_t overlapped;	/* of the last taken: races that were at once; see mailbox.h */
	uint32_t unproved;	/* of those, since the last probe */
	struct program probe;
	struct trace probe_trace;	/* right after boot */
	char console[XEN_SETUP_TEXT];
};

/*
 * Bring it up, and run the probe.  Here and below: unless the verdict is SUCCESS there is a line in
 * why[], and the machine is down.  Pre: setup was found; it is down.
 */
enum verdict xen_machine_start(struct xen_machine *m, char *why, size_t why_bytes);

/* End it; nothing if it is down. */
void xen_machine_stop(struct xen_machine *m);

/*
 * Give it a program, and the seed of the delays in its races.  Pre: it is up, fewer than
 * MAILBOX_SLOTS are given and not taken.
 */
void xen_machine_put(struct xen_machine *m, const struct program *p, uint32_t seed);

/* Take the trace of p, behind which `n_behind` more were given. */
enum verdict xen_machine_take(struct xen_machine *m, uint32_t n_behind, const struct program *p,
			      struct trace *t, char *why, size_t why_bytes);

/* Whether nothing may be given before xen_machine_refresh. */
bool xen_machine_has_had_enough(const struct xen_machine *m);

/* Run the probe: ERROR if the machine is not as at boot.  Pre: it is up and runs nothing. */
enum verdict xen_machine_check(struct xen_machine *m, char *why, size_t why_bytes);

/*
 * Check it if it is time to; start another if it is worn out, which is nothing wrong.  Pre: as for
 * the check.
 */
enum verdict xen_machine_refresh(struct xen_machine *m, char *why, size_t why_bytes);

/* One program on a machine of its own, which has it from the start: nothing comes from outside. */
enum verdict xen_machine_run_exactly(struct xen_machine *m, const struct program *p, uint32_t seed,
				     struct trace *t, char *why, size_t why_bytes);

#endif
