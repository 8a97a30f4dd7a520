#define _POSIX_C_SOURCE 200809L
#include "diff/lane_xen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "diff/qemu.h"
#include "diff/witness.h"
#include "diff/xen_end.h"
#include "diff/xen_probe.h"
#include "diff/xen_setup.h"

_Static_assert((int)LANE_XEN_GIVEN_MAX == (int)MAILBOX_SLOTS, "what is given fits the mailbox");

enum {
	PROBE_EVERY = 500,	/* programs */
	WHY_BYTES = 256,
};

struct xen_lane {
	struct lane lane;
	struct xen_setup setup;
	char console[XEN_SETUP_TEXT];
	unsigned int domains;	/* that the guest has made, at the most */
	struct qemu *qemu;	/* NULL: to be started by the next run */
	uint32_t asked;		/* programs given to this machine */
	uint32_t unproved;	/* of those, since the last probe */
	/* What was given and not yet taken: a ring.  The machine has those below n_put. */
	const struct program *given[MAILBOX_SLOTS];
	uint32_t n_given, n_put, n_taken;
	struct program probe;
	struct trace probe_trace;	/* right after boot */
};

/* ------------------------------------------------------------------ the machine */

/*
 * What a machine in this state means, and its end.  p is the program in hand, NULL for none: while
 * it boots.
 */
static enum verdict
give_up(struct xen_lane *l, enum qemu_state state, const char *reason, const struct program *p,
	char *why, size_t why_bytes)
{
	l->lane.console = NULL;
	if (l->qemu != NULL && xen_end_keep(qemu_console(l->qemu), l->console, sizeof(l->console)))
		l->lane.console = l->console;
	l->lane.n_begun = xen_end_tell(why, why_bytes, reason, p,
				       p != NULL ? qemu_mailbox(l->qemu)->at : 0, l->lane.console);
	qemu_stop(l->qemu);
	l->qemu = NULL;
	return state == QEMU_BROKEN ? VERDICT_ERROR : VERDICT_FAILURE;
}

static void
put(struct xen_lane *l, const struct program *p)
{
	struct mailbox *m = qemu_mailbox(l->qemu);
	struct mailbox_slot *s = &m->slot[l->asked % MAILBOX_SLOTS];

	memcpy(&s->program, p, offsetof(struct program, ops) + p->n_ops * sizeof(p->ops[0]));
	l->asked++;
	l->unproved++;
	__atomic_store_n(&m->asked, l->asked, __ATOMIC_RELEASE);
}

static size_t
trace_bytes(const struct program *p)
{
	return offsetof(struct trace, record) + p->n_ops * sizeof(struct trace_record);
}

/* Wait for the program given as number `number`, and copy its trace. */
static enum verdict
take(struct xen_lane *l, uint32_t number, const struct program *p, struct trace *t, char *why,
     size_t why_bytes)
{
	const struct mailbox *m = qemu_mailbox(l->qemu);
	char reason[WHY_BYTES] = "";
	enum qemu_state state = qemu_wait(l->qemu, number, reason, sizeof(reason));

	if (state != QEMU_RUNS)
		return give_up(l, state, reason, p, why, why_bytes);
	memcpy(t, &m->slot[number % MAILBOX_SLOTS].trace, trace_bytes(p));
	if (t->n_records == p->n_ops)
		return VERDICT_SUCCESS;
	return give_up(l, QEMU_BROKEN, "a trace is not as long as its program", p,
		       why, why_bytes);
}

static void
make_probe(struct xen_lane *l)
{
	struct program_header h = program_header_default;

	h.domains = DOMAINS_MAX;
	xen_setup_adapt(&l->setup, l->domains, &h);
	xen_probe_make(&l->probe, &h);
}

/* Bring the machine up.  It begins with the program that setup.machine has, if any. */
static enum verdict
boot(struct xen_lane *l, char *why, size_t why_bytes)
{
	char reason[WHY_BYTES] = "";
	enum qemu_state state;

	l->qemu = qemu_start(&l->setup.machine, &state, reason, sizeof(reason));
	if (l->qemu == NULL || state != QEMU_RUNS)
		return give_up(l, state, reason, NULL, why, why_bytes);
	if (qemu_mailbox(l->qemu)->table_frames != XEN_SETUP_TABLE_FRAMES) {
		snprintf(reason, sizeof(reason), "Xen gives %u grant-table frames and not %d",
			 (unsigned int)qemu_mailbox(l->qemu)->table_frames,
			 XEN_SETUP_TABLE_FRAMES);
		return give_up(l, QEMU_BROKEN, reason, NULL, why, why_bytes);
	}
	l->domains = qemu_mailbox(l->qemu)->domains;
	l->asked = 0;
	l->unproved = 0;
	return VERDICT_SUCCESS;
}

static enum verdict
start(struct xen_lane *l, char *why, size_t why_bytes)
{
	enum verdict v = boot(l, why, why_bytes);

	if (v != VERDICT_SUCCESS)
		return v;
	make_probe(l);
	put(l, &l->probe);
	l->unproved = 0;
	return take(l, 0, &l->probe, &l->probe_trace, why, why_bytes);
}

enum verdict
lane_xen_check(struct lane *lane, char *why, size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;
	struct trace t;
	enum verdict v;

	if (l->qemu == NULL || l->unproved == 0)
		return VERDICT_SUCCESS;
	put(l, &l->probe);
	v = take(l, l->asked - 1, &l->probe, &t, why, why_bytes);
	if (v != VERDICT_SUCCESS)
		return v;
	l->unproved = 0;
	if (memcmp(&t, &l->probe_trace, trace_bytes(&l->probe)) == 0)
		return VERDICT_SUCCESS;
	return give_up(l, QEMU_BROKEN, "the machine is not as it was after boot", &l->probe, why,
		       why_bytes);
}

/* ------------------------------------------------------------------ what it can do */

static void
xen_adapt(struct lane *lane, struct program_header *h)
{
	const struct xen_lane *l = (struct xen_lane *)lane;

	xen_setup_adapt(&l->setup, l->domains, h);
	if (l->domains == 1)
		h->room = program_fields[FIELD_ROOM].high;	/* nobody limits dom0 */
}

static bool
can_run(struct lane *lane, const struct program *p, char *why, size_t why_bytes)
{
	struct program_header h = p->header;

	xen_adapt(lane, &h);
	if (memcmp(&h, &p->header, sizeof(h)) == 0)
		return true;
	snprintf(why, why_bytes,
		 "this lane has at most %u %s domains%s, with %d grant-table frames and %u of "
		 "maptrack; the header wants another",
		 ((struct xen_lane *)lane)->domains, h.hvm != 0 ? "PVH" : "PV",
		 h.no_transfer ? " that cannot transfer" : "", h.max_frames, h.maptrack);
	return false;
}

/* ------------------------------------------------------------------ open and close */

static void
xen_close(struct lane *lane)
{
	struct xen_lane *l = (struct xen_lane *)lane;

	qemu_stop(l->qemu);
	xen_images_close(&l->setup.images);
	free(l);
}

/* A Xen that does not come up is a lane too: one that fails each program. */
static struct lane *
xen_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	struct xen_lane *l = calloc(1, sizeof(*l));
	enum verdict v;

	*broken = true;
	if (l == NULL) {
		snprintf(why, why_bytes, "no memory");
		return NULL;
	}
	l->lane.kind = &lane_xen;
	l->domains = DOMAINS_MAX;	/* until it says */
	if (!xen_setup_find(&l->setup, spelling + strlen(lane_xen.prefix), why, why_bytes,
			    broken)) {
		xen_close(&l->lane);
		return NULL;
	}
	v = start(l, why, why_bytes);
	*broken = v == VERDICT_ERROR;
	if (*broken || (v == VERDICT_SUCCESS &&
			!xen_setup_is_taken(&l->setup, &l->probe, &l->probe_trace, why,
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

/* Whether nothing may be put before something else is done: a probe, or another machine. */
static bool
has_had_enough(const struct xen_lane *l)
{
	return l->unproved >= PROBE_EVERY || qemu_mailbox(l->qemu)->worn;
}

/*
 * Put what was given, up to a program that this lane cannot run or until the machine has had
 * enough: either waits until it is its turn to be taken.
 */
static void
put_given(struct xen_lane *l)
{
	char why[WHY_BYTES];

	for (; l->n_put != l->n_given && !has_had_enough(l); l->n_put++) {
		const struct program *p = l->given[l->n_put % MAILBOX_SLOTS];

		if (!can_run(&l->lane, p, why, sizeof(why)))
			return;
		put(l, p);
	}
}

void
lane_xen_give(struct lane *lane, const struct program *p)
{
	struct xen_lane *l = (struct xen_lane *)lane;

	ARCH_ASSERT(l->n_given - l->n_taken < LANE_XEN_GIVEN_MAX);
	l->given[l->n_given++ % MAILBOX_SLOTS] = p;
	if (l->qemu != NULL && !l->setup.exact)
		put_given(l);
}

/* The machine has had enough, and runs nothing.  One that is worn out has done nothing wrong. */
static enum verdict
refresh(struct xen_lane *l, char *why, size_t why_bytes)
{
	enum verdict v = VERDICT_SUCCESS;

	if (l->unproved >= PROBE_EVERY)
		v = lane_xen_check(&l->lane, why, why_bytes);
	if (v != VERDICT_SUCCESS || !qemu_mailbox(l->qemu)->worn)
		return v;
	qemu_stop(l->qemu);
	return start(l, why, why_bytes);
}

/* One program on a machine of its own, which has it from the start: nothing comes from outside. */
static enum verdict
run_exactly(struct xen_lane *l, const struct program *p, struct trace *t, char *why,
	    size_t why_bytes)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	enum verdict v;

	qemu_stop(l->qemu);
	l->setup.machine.program = bytes;
	l->setup.machine.program_bytes = program_encode(p, bytes);
	v = boot(l, why, why_bytes);
	l->setup.machine.program_bytes = 0;
	return v == VERDICT_SUCCESS ? take(l, 0, p, t, why, why_bytes) : v;
}

/* As lane_xen_take, for p, which was given first. */
static enum verdict
take_first(struct xen_lane *l, const struct program *p, struct trace *t, char *why,
	   size_t why_bytes)
{
	enum verdict v = VERDICT_SUCCESS;

	if (!can_run(&l->lane, p, why, why_bytes))
		return VERDICT_SKIP;
	if (l->setup.exact)
		return run_exactly(l, p, t, why, why_bytes);
	if (l->qemu == NULL)
		v = start(l, why, why_bytes);
	else if (l->n_put == l->n_taken && has_had_enough(l))
		v = refresh(l, why, why_bytes);
	if (v != VERDICT_SUCCESS)
		return v;
	put_given(l);
	return take(l, l->asked - (l->n_put - l->n_taken), p, t, why, why_bytes);
}

enum verdict
lane_xen_take(struct lane *lane, struct trace *t, char *why, size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;
	const struct program *p = l->given[l->n_taken % MAILBOX_SLOTS];
	enum verdict v;

	ARCH_ASSERT(l->n_given != l->n_taken);
	v = take_first(l, p, t, why, why_bytes);
	if (l->n_put == l->n_taken++ || l->qemu == NULL)
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

static enum verdict
xen_run(struct lane *l, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	unsigned int n_run;

	return lane_xen_run_many(l, &p, &t, 1, &n_run, why, why_bytes);
}

unsigned int
lane_xen_version(struct lane *l)
{
	const struct xen_lane *x = (struct xen_lane *)l;

	return x->qemu != NULL ? qemu_mailbox(x->qemu)->xen_version : 0;
}

const char *
lane_xen_file(struct lane *l)
{
	return ((struct xen_lane *)l)->setup.images.xen_name;
}

unsigned long
lane_xen_peak_kib(struct lane *l)
{
	const struct xen_lane *x = (struct xen_lane *)l;

	return x->qemu != NULL ? qemu_peak_kib(x->qemu) : 0;
}

static enum verdict
xen_profile(struct lane *lane, struct profile *profile, char *why, size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;
	enum verdict v = l->qemu == NULL ? start(l, why, why_bytes) : VERDICT_SUCCESS;

	if (v != VERDICT_SUCCESS)
		return v;
	*profile = profile_for(lane_xen_version(lane));
	return witness_fixes(lane, profile, why, why_bytes);
}

const struct lane_kind lane_xen = {
	"xen:", xen_open, xen_adapt, xen_run, xen_profile, xen_close
};
