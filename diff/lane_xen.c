#include "diff/lane_xen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "diff/qemu.h"
#include "diff/race.h"
#include "diff/witness.h"
#include "diff/xen_machine.h"

_Static_assert((int)LANE_XEN_GIVEN_MAX == (int)MAILBOX_SLOTS, "what is given fits the mailbox");

enum { WHY_BYTES = 256 };

struct xen_lane {
	struct lane lane;
	struct xen_machine machine;
	/* What was given and not yet taken: a ring.  The machine has those below n_put. */
	const struct program *given[MAILBOX_SLOTS];
	uint32_t given_seed[MAILBOX_SLOTS];
	uint32_t n_given, n_put, n_taken;
	uint32_t seed;		/* of the next one given */
	bool hangs;		/* its Xen has no fix for what flushes_part_of_a_line says */
};

static bool
is_down(const struct xen_lane *l)
{
	return l->machine.qemu == NULL;
}

/* ------------------------------------------------------------------ what it can do */

static void
xen_adapt(struct lane *lane, struct program_header *h)
{
	const struct xen_lane *l = (struct xen_lane *)lane;

	xen_setup_adapt(&l->machine.setup, l->machine.domains, h);
	if (l->machine.domains == 1)
		h->room = program_fields[FIELD_ROOM].high;	/* nobody limits dom0 */
}

/*
 * Whether it asks to invalidate less than what is left of a cache line, which is counted below zero
 * on Arm by a Xen that lacks the fix.
 */
static bool
flushes_part_of_a_line(const struct program *p)
{
	enum { LINE = 64 };

	for (unsigned int i = 0; i < p->n_ops; i++) {
		const struct op *o = &p->ops[i];
		unsigned int into = o->a.off % LINE;

		if (o->kind == OP_CACHE_FLUSH && (o->flags & OPF_FLUSH_CLEAN) == 0 &&
		    (o->flags & OPF_FLUSH_INVAL) != 0 && into != 0 && o->len < LINE - into)
			return true;
	}
	return false;
}

static bool
can_run(struct lane *lane, const struct program *p, char *why, size_t why_bytes)
{
	const struct xen_setup *setup = &((struct xen_lane *)lane)->machine.setup;
	struct program_header h = p->header;

	if (race_any(p) && (setup->pvh || setup->arm64)) {
		snprintf(why, why_bytes, "the program has a race, and on this lane one processor "
			 "runs all domains' parts");
		return false;
	}
	if (setup->arm64 && ((struct xen_lane *)lane)->hangs && flushes_part_of_a_line(p)) {
		snprintf(why, why_bytes, "this Xen is from before the fix of XSA-519, and does not "
			 "come back from cache_flush of part of a line");
		return false;
	}
	xen_adapt(lane, &h);
	if (memcmp(&h, &p->header, sizeof(h)) == 0)
		return true;
	snprintf(why, why_bytes,
		 "this lane has at most %u %s domains%s, with %d grant-table frames and %u of "
		 "maptrack; the header wants another",
		 ((struct xen_lane *)lane)->machine.domains,
		 setup->arm64 ? "Arm" : setup->pvh ? "PVH" : "PV",
		 h.no_transfer ? " that cannot transfer" : "", h.max_frames, h.maptrack);
	return false;
}

/* ------------------------------------------------------------------ open and close */

static void
xen_close(struct lane *lane)
{
	struct xen_lane *l = (struct xen_lane *)lane;

	xen_machine_stop(&l->machine);
	xen_images_close(&l->machine.setup.images);
	free(l);
}

/* A Xen that does not come up is a lane too: one that fails each program. */
static struct lane *
xen_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	struct xen_lane *l = calloc(1, sizeof(*l));
	struct xen_machine *m = &l->machine;
	enum verdict v;

	*broken = true;
	if (l == NULL) {
		snprintf(why, why_bytes, "no memory");
		return NULL;
	}
	l->lane.kind = &lane_xen;
	m->lane = &l->lane;
	m->domains = DOMAINS_MAX;	/* until it says */
	if (!xen_setup_find(&m->setup, spelling + strlen(lane_xen.prefix), why, why_bytes,
			    broken)) {
		xen_close(&l->lane);
		return NULL;
	}
	v = xen_machine_start(m, why, why_bytes);
	if (v == VERDICT_SUCCESS)
		l->hangs = !profile_for(lane_xen_version(&l->lane)).flush_of_read_only_cleans;
	*broken = v == VERDICT_ERROR;
	if (*broken || (v == VERDICT_SUCCESS &&
			!xen_setup_is_taken(&m->setup, &m->probe, &m->probe_trace, why,
					    why_bytes))) {
		xen_close(&l->lane);
		return NULL;
	}
	if (v == VERDICT_FAILURE)
		lane_forget_console(&l->lane);	/* the next start says it again */
	why[0] = 0;
	return &l->lane;
}

/* ------------------------------------------------------------------ running */

/*
 * Put what was given, up to a program that this lane cannot run or until the machine has had
 * enough: either waits until it is its turn to be taken.
 */
static void
put_given(struct xen_lane *l)
{
	char why[WHY_BYTES];

	for (; l->n_put != l->n_given && !xen_machine_has_had_enough(&l->machine); l->n_put++) {
		const struct program *p = l->given[l->n_put % MAILBOX_SLOTS];

		if (!can_run(&l->lane, p, why, sizeof(why)))
			return;
		xen_machine_put(&l->machine, p,
				l->given_seed[l->n_put % MAILBOX_SLOTS]);
	}
}

void
lane_xen_give(struct lane *lane, const struct program *p)
{
	struct xen_lane *l = (struct xen_lane *)lane;

	ARCH_ASSERT(l->n_given - l->n_taken < LANE_XEN_GIVEN_MAX);
	l->given_seed[l->n_given % MAILBOX_SLOTS] = l->seed++;
	l->given[l->n_given++ % MAILBOX_SLOTS] = p;
	if (!is_down(l) && !l->machine.setup.exact)
		put_given(l);
}

void
lane_xen_seed(struct lane *l, uint32_t seed)
{
	((struct xen_lane *)l)->seed = seed;
}

/* As lane_xen_take, for p, which was given first. */
static enum verdict
take_first(struct xen_lane *l, const struct program *p, struct trace *t, char *why,
	   size_t why_bytes)
{
	struct xen_machine *m = &l->machine;
	enum verdict v = VERDICT_SUCCESS;

	if (!can_run(&l->lane, p, why, why_bytes))
		return VERDICT_SKIP;
	if (m->setup.exact)
		return xen_machine_run_exactly(m, p, l->given_seed[l->n_taken % MAILBOX_SLOTS], t,
					       why, why_bytes);
	if (is_down(l))
		v = xen_machine_start(m, why, why_bytes);
	else if (l->n_put == l->n_taken && xen_machine_has_had_enough(m))
		v = xen_machine_refresh(m, why, why_bytes);
	if (v != VERDICT_SUCCESS)
		return v;
	put_given(l);
	return xen_machine_take(m, l->n_put - l->n_taken - 1, p, t, why, why_bytes);
}

enum verdict
lane_xen_take(struct lane *lane, struct trace *t, char *why, size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;
	const struct program *p = l->given[l->n_taken % MAILBOX_SLOTS];
	enum verdict v;

	ARCH_ASSERT(l->n_given != l->n_taken);
	v = take_first(l, p, t, why, why_bytes);
	if (l->n_put == l->n_taken++ || is_down(l))
		l->n_put = l->n_taken;	/* the machine had none, or is gone with what it had */
	return v;
}

enum verdict
lane_xen_run_many(struct lane *lane, const struct program *const programs[],
		  struct trace *const traces[], unsigned int n, unsigned int *n_run, char *why,
		  size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;
	enum verdict v = VERDICT_SUCCESS;
	unsigned int given = 0;

	for (*n_run = 0; *n_run < n; ++*n_run) {
		for (; given < n && given - *n_run < LANE_XEN_GIVEN_MAX; given++)
			lane_xen_give(lane, programs[given]);
		v = lane_xen_take(lane, traces[*n_run], why, why_bytes);
		if (v != VERDICT_SUCCESS)
			break;
	}
	/* Behind one that fails the machine has nothing. */
	l->n_given = l->n_put = l->n_taken;
	return v;
}

bool
lane_xen_overlapped(const struct lane *l)
{
	return ((const struct xen_lane *)l)->machine.overlapped > 0;
}

static enum verdict
xen_run(struct lane *l, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	unsigned int n_run;

	return lane_xen_run_many(l, &p, &t, 1, &n_run, why, why_bytes);
}

enum verdict
lane_xen_check(struct lane *lane, char *why, size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;

	return is_down(l) ? VERDICT_SUCCESS : xen_machine_check(&l->machine, why, why_bytes);
}

void
lane_xen_forget(struct lane *lane)
{
	struct xen_lane *l = (struct xen_lane *)lane;

	if (l->n_put != l->n_taken)
		xen_machine_stop(&l->machine);
	l->n_given = l->n_put = l->n_taken;
}

unsigned int
lane_xen_version(struct lane *l)
{
	const struct xen_lane *x = (struct xen_lane *)l;

	return !is_down(x) ? qemu_mailbox(x->machine.qemu)->xen_version : 0;
}

const char *
lane_xen_file(struct lane *l)
{
	return ((struct xen_lane *)l)->machine.setup.images.xen_name;
}

unsigned long
lane_xen_peak_kib(struct lane *l)
{
	const struct xen_lane *x = (struct xen_lane *)l;

	return !is_down(x) ? qemu_peak_kib(x->machine.qemu) : 0;
}

static enum verdict
xen_profile(struct lane *lane, struct profile *profile, char *why, size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;
	enum verdict v = VERDICT_SUCCESS;

	if (is_down(l))
		v = xen_machine_start(&l->machine, why, why_bytes);
	if (v != VERDICT_SUCCESS)
		return v;
	*profile = profile_for(lane_xen_version(lane));
	if (l->machine.setup.arm64)
		profile_be_arm64(profile);
	profile->timers_fire = true;
	profile->waits_run_out = l->machine.setup.threads;
	return witness_fixes(lane, profile, why, why_bytes);
}

const struct lane_kind lane_xen = {
	"xen:", xen_open, xen_adapt, xen_run, xen_profile, xen_close
};
