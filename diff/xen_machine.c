#include "diff/xen_machine.h"

#include <stdio.h>
#include <string.h>

#include "diff/qemu.h"
#include "diff/xen_end.h"
#include "diff/xen_probe.h"

enum {
	PROBE_EVERY = 500,	/* programs */
	WHY_BYTES = 256,
};

void
xen_machine_stop(struct xen_machine *m)
{
	qemu_stop(m->qemu);
	m->qemu = NULL;
}

/*
 * What a machine in this state means, and its end.  p is the program in hand, NULL for none: while
 * it boots.
 */
static enum verdict
give_up(struct xen_machine *m, enum qemu_state state, const char *reason, const struct program *p,
	char *why, size_t why_bytes)
{
	m->lane->console = NULL;
	if (m->qemu != NULL && xen_end_keep(qemu_console(m->qemu), m->console, sizeof(m->console)))
		m->lane->console = m->console;
	m->lane->n_begun = xen_end_tell(why, why_bytes, reason, p,
					p != NULL ? qemu_mailbox(m->qemu)->at : 0,
					m->lane->console);
	xen_machine_stop(m);
	return state == QEMU_BROKEN ? VERDICT_ERROR : VERDICT_FAILURE;
}

void
xen_machine_put(struct xen_machine *m, const struct program *p, uint32_t seed)
{
	struct mailbox *box = qemu_mailbox(m->qemu);
	struct mailbox_slot *s = &box->slot[m->asked % MAILBOX_SLOTS];

	memcpy(&s->program, p, offsetof(struct program, ops) + p->n_ops * sizeof(p->ops[0]));
	s->seed = seed;
	m->asked++;
	m->unproved++;
	__atomic_store_n(&box->asked, m->asked, __ATOMIC_RELEASE);
}

static size_t
trace_bytes(const struct program *p)
{
	return offsetof(struct trace, record) + p->n_ops * sizeof(struct trace_record);
}

/* Wait for the program given as number `number`, and copy its trace. */
static enum verdict
take(struct xen_machine *m, uint32_t number, const struct program *p, struct trace *t, char *why,
     size_t why_bytes)
{
	const struct mailbox *box = qemu_mailbox(m->qemu);
	char reason[WHY_BYTES] = "";
	enum qemu_state state = qemu_wait(m->qemu, number, reason, sizeof(reason));

	if (state != QEMU_RUNS)
		return give_up(m, state, reason, p, why, why_bytes);
	memcpy(t, &box->slot[number % MAILBOX_SLOTS].trace, trace_bytes(p));
	m->overlapped = box->slot[number % MAILBOX_SLOTS].overlapped;
	if (t->n_records == p->n_ops)
		return VERDICT_SUCCESS;
	return give_up(m, QEMU_BROKEN, "a trace is not as long as its program", p, why, why_bytes);
}

enum verdict
xen_machine_take(struct xen_machine *m, uint32_t n_behind, const struct program *p,
		 struct trace *t, char *why, size_t why_bytes)
{
	return take(m, m->asked - 1 - n_behind, p, t, why, why_bytes);
}

static void
make_probe(struct xen_machine *m)
{
	struct program_header h = program_header_default;

	h.domains = DOMAINS_MAX;
	xen_setup_adapt(&m->setup, m->domains, &h);
	xen_probe_make(&m->probe, &h);
}

/* Bring the machine up.  It begins with the program that setup.machine has, if any. */
static enum verdict
boot(struct xen_machine *m, char *why, size_t why_bytes)
{
	char reason[WHY_BYTES] = "";
	enum qemu_state state;

	m->qemu = qemu_start(&m->setup.machine, &state, reason, sizeof(reason));
	if (m->qemu == NULL || state != QEMU_RUNS)
		return give_up(m, state, reason, NULL, why, why_bytes);
	if (qemu_mailbox(m->qemu)->table_frames != XEN_SETUP_TABLE_FRAMES) {
		snprintf(reason, sizeof(reason), "Xen gives %u grant-table frames and not %d",
			 (unsigned int)qemu_mailbox(m->qemu)->table_frames,
			 XEN_SETUP_TABLE_FRAMES);
		return give_up(m, QEMU_BROKEN, reason, NULL, why, why_bytes);
	}
	m->domains = qemu_mailbox(m->qemu)->domains;
	m->asked = 0;
	m->unproved = 0;
	return VERDICT_SUCCESS;
}

enum verdict
xen_machine_start(struct xen_machine *m, char *why, size_t why_bytes)
{
	enum verdict v = boot(m, why, why_bytes);

	if (v != VERDICT_SUCCESS)
		return v;
	make_probe(m);
	xen_machine_put(m, &m->probe, 0);
	m->unproved = 0;
	return take(m, 0, &m->probe, &m->probe_trace, why, why_bytes);
}

enum verdict
xen_machine_check(struct xen_machine *m, char *why, size_t why_bytes)
{
	struct trace t;
	enum verdict v;

	if (m->unproved == 0)
		return VERDICT_SUCCESS;
	xen_machine_put(m, &m->probe, 0);
	v = xen_machine_take(m, 0, &m->probe, &t, why, why_bytes);
	if (v != VERDICT_SUCCESS)
		return v;
	m->unproved = 0;
	if (memcmp(&t, &m->probe_trace, trace_bytes(&m->probe)) == 0)
		return VERDICT_SUCCESS;
	return give_up(m, QEMU_BROKEN, "the machine is not as it was after boot", &m->probe, why,
		       why_bytes);
}

bool
xen_machine_has_had_enough(const struct xen_machine *m)
{
	return m->unproved >= PROBE_EVERY || qemu_mailbox(m->qemu)->worn;
}

enum verdict
xen_machine_refresh(struct xen_machine *m, char *why, size_t why_bytes)
{
	enum verdict v = VERDICT_SUCCESS;

	if (m->unproved >= PROBE_EVERY)
		v = xen_machine_check(m, why, why_bytes);
	if (v != VERDICT_SUCCESS || !qemu_mailbox(m->qemu)->worn)
		return v;
	xen_machine_stop(m);
	return xen_machine_start(m, why, why_bytes);
}

enum verdict
xen_machine_run_exactly(struct xen_machine *m, const struct program *p, uint32_t seed,
			struct trace *t, char *why, size_t why_bytes)
{
	uint8_t bytes[MAILBOX_CARRIED_MAX];
	enum verdict v;

	xen_machine_stop(m);
	m->setup.machine.program = bytes;
	memcpy(bytes, &seed, sizeof(seed));
	m->setup.machine.program_bytes = sizeof(seed) + program_encode(p, bytes + sizeof(seed));
	v = boot(m, why, why_bytes);
	m->setup.machine.program_bytes = 0;
	return v == VERDICT_SUCCESS ? take(m, 0, p, t, why, why_bytes) : v;
}

