#define _POSIX_C_SOURCE 200809L
#include "diff/lane_xen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff/qemu.h"
#include "diff/xen_file.h"

#define GUEST "out/kernel/guest.elf"
#define CONSOLES "out/xen"

/*
 * A table never shrinks, so all programs get the whole of it: the limit is set here, and the guest grows to it.
 * max-ver:1 makes Xen refuse version 2, as it can do for any guest.
 */
#define XEN_OPTIONS \
	"console=com1 com1=115200,8n1 dom0=pv dom0_mem=16M dom0_max_vcpus=1 bootscrub=0 " \
	"loglvl=error guest_loglvl=none gnttab=max-ver:1 gnttab_max_frames=4 gnttab_max_maptrack_frames=1"

enum { TABLE_FRAMES = 4, MAPTRACK_FRAMES = 1, WHY_BYTES = 256, PATH_BYTES = 4096 };

struct xen_lane {
	struct lane lane;
	char xen[PATH_BYTES];
	struct qemu *qemu;	/* NULL: to be started by the next run */
	uint32_t asked;		/* programs given to this machine */
};

/* ------------------------------------------------------------------ the machine */

/* What a machine in this state means; the console is kept, and why[] says where. */
static enum verdict
give_up(struct xen_lane *l, enum qemu_state state, const char *reason, char *why, size_t why_bytes)
{
	char console[64];

	if (l->qemu != NULL && qemu_keep_console(l->qemu, CONSOLES, console, sizeof(console)))
		snprintf(why, why_bytes, "%s (console: %s)", reason, console);
	else
		snprintf(why, why_bytes, "%s", reason);
	qemu_stop(l->qemu);
	l->qemu = NULL;
	return state == QEMU_BROKEN ? VERDICT_ERROR : VERDICT_FAILURE;
}

static enum verdict
start(struct xen_lane *l, char *why, size_t why_bytes)
{
	char reason[WHY_BYTES] = "";
	enum qemu_state state;

	l->asked = 0;
	l->qemu = qemu_start(l->xen, XEN_OPTIONS, GUEST, &state, reason, sizeof(reason));
	if (l->qemu == NULL || state != QEMU_RUNS)
		return give_up(l, state, reason, why, why_bytes);
	if (qemu_mailbox(l->qemu)->table_frames == TABLE_FRAMES)
		return VERDICT_SUCCESS;
	snprintf(reason, sizeof(reason), "Xen gives %u grant-table frames and not %d",
		 (unsigned int)qemu_mailbox(l->qemu)->table_frames, TABLE_FRAMES);
	return give_up(l, QEMU_BROKEN, reason, why, why_bytes);
}

static bool
is_in_path(const char *command)
{
	const char *path = getenv("PATH");
	char file[PATH_BYTES];

	while (path != NULL && *path != 0) {
		size_t n = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, command);
		if (access(file, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static bool
can_start(struct xen_lane *l, const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	*broken = false;
	if (!is_in_path("qemu-system-x86_64")) {
		snprintf(why, why_bytes, "qemu-system-x86_64 is not installed (package qemu-system-x86)");
		return false;
	}
	if (access(GUEST, R_OK) != 0) {
		snprintf(why, why_bytes, GUEST " is not built (ninja " GUEST ")");
		return false;
	}
	return xen_file_find(spelling, l->xen, sizeof(l->xen), why, why_bytes, broken);
}

static struct lane *
xen_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	struct xen_lane *l = calloc(1, sizeof(*l));

	*broken = true;
	if (l == NULL) {
		snprintf(why, why_bytes, "no memory");
		return NULL;
	}
	l->lane.kind = &lane_xen;
	if (!can_start(l, spelling + strlen(lane_xen.prefix), why, why_bytes, broken)) {
		free(l);
		return NULL;
	}
	if (start(l, why, why_bytes) != VERDICT_SUCCESS) {
		*broken = true;
		free(l);
		return NULL;
	}
	return &l->lane;
}

static void
xen_close(struct lane *lane)
{
	struct xen_lane *l = (struct xen_lane *)lane;

	qemu_stop(l->qemu);
	free(l);
}

/* ------------------------------------------------------------------ what it can do */

static void
xen_adapt(struct lane *lane, struct program_header *h)
{
	(void)lane;
	h->domains = 1;
	h->frames = TABLE_FRAMES;
	h->max_frames = TABLE_FRAMES;
	h->maptrack = MAPTRACK_FRAMES;
	h->hvm = 0;
	h->silo = 0;
	h->no_transfer = 0;
	h->room = program_fields[FIELD_ROOM].high;	/* dom0 may own all memory there is */
}

static bool
can_run(struct lane *lane, const struct program *p, char *why, size_t why_bytes)
{
	struct program_header h = p->header;

	xen_adapt(lane, &h);
	if (memcmp(&h, &p->header, sizeof(h)) == 0)
		return true;
	snprintf(why, why_bytes, "this lane has one PV domain with %d grant-table frames, and not what the header says",
		 TABLE_FRAMES);
	return false;
}

/* ------------------------------------------------------------------ running */

static void
put(struct xen_lane *l, const struct program *p)
{
	struct mailbox *m = qemu_mailbox(l->qemu);
	struct mailbox_slot *s = &m->slot[l->asked % MAILBOX_SLOTS];

	s->n_bytes = (uint16_t)program_encode(p, s->bytes);
	l->asked++;
	__atomic_store_n(&m->asked, l->asked, __ATOMIC_RELEASE);
}

/* The trace in slot `number`: only as much of it as the program has operations. */
static bool
take(struct xen_lane *l, uint32_t number, const struct program *p, struct trace *t)
{
	const struct trace *from = &qemu_mailbox(l->qemu)->slot[number % MAILBOX_SLOTS].trace;

	memcpy(t, from, offsetof(struct trace, record) + p->n_ops * sizeof(t->record[0]));
	return t->n_records == p->n_ops;
}

enum verdict
lane_xen_run_many(struct lane *lane, const struct program *const programs[], struct trace *const traces[],
		  unsigned int n, unsigned int *n_run, char *why, size_t why_bytes)
{
	struct xen_lane *l = (struct xen_lane *)lane;
	char reason[WHY_BYTES] = "";
	unsigned int given = 0;
	uint32_t first;

	*n_run = 0;
	if (n > 0 && l->qemu == NULL && start(l, why, why_bytes) != VERDICT_SUCCESS)
		return VERDICT_ERROR;	/* it came up before */
	for (first = l->asked; *n_run < n; ++*n_run) {
		bool stop = false;

		for (; given < n && given - *n_run < MAILBOX_SLOTS && !stop; given += !stop) {
			stop = !can_run(lane, programs[given], why, why_bytes);
			if (!stop)
				put(l, programs[given]);
		}
		if (given == *n_run)
			return VERDICT_SKIP;

		enum qemu_state state = qemu_wait(l->qemu, first + *n_run, reason, sizeof(reason));

		if (state != QEMU_RUNS)
			return give_up(l, state, reason, why, why_bytes);
		if (!take(l, first + *n_run, programs[*n_run], traces[*n_run]))
			return give_up(l, QEMU_BROKEN, "a trace has another length than its program", why, why_bytes);
	}
	return VERDICT_SUCCESS;
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

unsigned long
lane_xen_peak_kib(struct lane *l)
{
	const struct xen_lane *x = (struct xen_lane *)l;

	return x->qemu != NULL ? qemu_peak_kib(x->qemu) : 0;
}

const struct lane_kind lane_xen = { "xen:", xen_open, xen_adapt, xen_run, xen_close };
