#define _POSIX_C_SOURCE 200809L
#include "reports/ctest.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch/sim/sim.h"
#include "diff/compare.h"
#include "diff/duel.h"
#include "diff/text.h"
#include "reports/crash.h"

enum { STATUS_PASS, STATUS_FAIL, STATUS_BROKEN = 3, SECONDS_MAX = 10 };

struct interp ctest;

static struct sim *sim;
static struct program program;
static struct trace expected, got;

/* ------------------------------------------------------------------ the books */

static unsigned int
index_of(const struct trace_record *r)
{
	return (unsigned int)(r - got.record);
}

static struct doing
doing(struct trace_record *r)
{
	const struct op *o = &program.ops[index_of(r)];

	return (struct doing){ &ctest, o, r, &ctest.domain[o->actor] };
}

void
ctest_skipped(struct trace_record *r, enum trace_skip why)
{
	r->skip = (uint8_t)why;
}

void
ctest_look(struct trace_record *r, unsigned int i, const struct interp_domain *owner,
	   grant_ref_t ref)
{
	struct doing w = doing(r);

	interp_view(&w, i, owner, ref);
}

static struct doing
answered(struct trace_record *r, int rc, int16_t status)
{
	r->rc = rc;
	r->status = status;
	return doing(r);
}

void
ctest_mapped(struct trace_record *r, int rc, const struct gnttab_map_grant_ref *op)
{
	struct doing w = answered(r, rc, op->status);

	r->value = 0xff;
	if (op->status == GNTST_okay)
		interp_mapped(&w, op);
	interp_view(&w, 0, interp_owner(&w, w.op->b.dom), op->ref);
}

void
ctest_pinned(struct trace_record *r, int rc, const struct gnttab_map_grant_ref *ops)
{
	struct doing w = doing(r);

	r->rc = rc;
	interp_pinned(&w, ops);
}

void
ctest_unmapped(struct trace_record *r, int rc, const struct gnttab_unmap_grant_ref *op, bool stale)
{
	struct doing w = answered(r, rc, op->status);

	if (op->status == GNTST_okay && !stale)
		interp_unmapped(&w, op);
	interp_view_mapped(&w);
}

void
ctest_replaced(struct trace_record *r, int rc, const struct gnttab_unmap_and_replace *op)
{
	struct doing w = answered(r, rc, op->status);

	if (op->status == GNTST_okay)
		interp_replaced(&w);
	interp_view_mapped(&w);
}

void
ctest_sent(struct trace_record *r, int rc, const struct gnttab_transfer *op)
{
	struct doing w = answered(r, rc, op->status);

	if (w.op->a.idx < PAGE_SLOTS)
		r->value = guest_page_settle(w.d->arch, w.op->a.idx, op->status == GNTST_okay);
}

bool
ctest_no_page(struct trace_record *r, uint64_t frame)
{
	if (frame == GUEST_FRAME_NONE)
		ctest_skipped(r, SKIP_SLOT_EMPTY);
	return frame == GUEST_FRAME_NONE;
}

bool
ctest_no_entry(struct trace_record *r, const struct interp_domain *d, grant_ref_t ref)
{
	bool none = d->gt.shared == NULL || ref >= d->gt.nr_frames * GNTTAB_ENTRIES_PER_FRAME;

	if (none)
		ctest_skipped(r, SKIP_NO_TABLE);
	return none;
}

void
ctest_read_page(struct trace_record *r, unsigned int slot, unsigned int off)
{
	const uint8_t *bytes = guest_page_bytes(doing(r).d->arch, slot);

	if (bytes == NULL)
		ctest_skipped(r, SKIP_SLOT_EMPTY);
	else
		memcpy(&r->value, bytes + off, sizeof(r->value));
}

void
ctest_write_page(struct trace_record *r, unsigned int slot, unsigned int off, uint16_t v)
{
	struct arch *a = doing(r).d->arch;

	if (guest_page_bytes(a, slot) == NULL)
		ctest_skipped(r, SKIP_SLOT_EMPTY);
	else
		guest_page_write(a, slot, off, &v, sizeof(v));
}

/* What is mapped at the window by the books, or NULL, and the operation is skipped. */
static const uint8_t *
window_bytes(struct trace_record *r, unsigned int w, bool *writable)
{
	const struct interp_domain *d = doing(r).d;
	const uint8_t *bytes = NULL;

	if (d->window_used >> w & 1)
		bytes = guest_window_bytes(d->arch, w, writable);
	if (bytes == NULL)
		ctest_skipped(r, SKIP_NO_MAPPING);
	return bytes;
}

void
ctest_read_window(struct trace_record *r, unsigned int w, unsigned int off)
{
	bool writable;
	const uint8_t *bytes = window_bytes(r, w, &writable);

	if (bytes != NULL)
		memcpy(&r->value, bytes + off, sizeof(r->value));
}

void
ctest_write_window(struct trace_record *r, unsigned int w, unsigned int off, uint16_t v)
{
	bool writable = false;

	if (window_bytes(r, w, &writable) == NULL)
		return;
	if (writable)
		guest_window_write(doing(r).d->arch, w, off, &v, sizeof(v));
	else
		ctest_skipped(r, SKIP_NO_MAPPING);
}

void
ctest_rare(struct trace_record *r, int rc)
{
	r->rc = rc == -XEN_EOPNOTSUPP ? 0 : rc;
	if (rc == -XEN_EOPNOTSUPP)
		ctest_skipped(r, SKIP_LANE);
}

uint64_t
ctest_dev_bus_addr(const struct interp_map *m, unsigned int beyond)
{
	return m->granter == VIEW_NONE ? 0 : m->dev_bus_addr + beyond;
}

/* ------------------------------------------------------------------ what is expected */

void
ctest_expect(const struct trace_record *r, const struct trace_record *e)
{
	expected.record[index_of(r)] = *e;
}

static uint64_t
untouched_digest(unsigned int d, unsigned int slot)
{
	static const uint8_t nothing[XEN_PAGE_SIZE];

	return trace_digest_part(nothing, d, slot, 0, 0);
}

void
ctest_expect_end(unsigned int d, const struct trace_domain *e)
{
	expected.domain[d] = *e;
	for (unsigned int s = 0; s < program.header.pages; s++)
		expected.domain[d].digest[s] = untouched_digest(d, s);
}

void
ctest_expect_page(unsigned int d, unsigned int slot, uint64_t digest)
{
	expected.domain[d].digest[slot] = digest;
}

/* ------------------------------------------------------------------ running */

static _Noreturn void
broken(const char *what)
{
	fprintf(stderr, "the test itself is broken: %s\n", what);
	exit(STATUS_BROKEN);
}

static void
begin(const char *text)
{
	struct arch *guests[GUEST_DOMAINS_MAX];
	struct text_error e;
	struct sim_config config;

	if (!text_parse(&program, &e, text, strlen(text)))
		broken(e.what);
	sim = sim_new();
	if (sim == NULL)
		broken("no memory for a machine");
	config = duel_config(&program.header);
	sim_reset(sim, &config);
	for (unsigned int d = 0; d < program.header.domains; d++)
		guests[d] = sim_guest(sim, d);
	interp_begin(&ctest, &program, guests, &got);
	expected.n_records = program.n_ops;
	expected.domains = program.header.domains;
}

/* The last of what a step's records hold: the actor's counters. */
static void
count(unsigned int at, unsigned int n)
{
	const struct interp_domain *d = &ctest.domain[program.ops[at].actor];

	for (unsigned int i = at; i < at + n; i++) {
		got.record[i].free_count = (uint16_t)gnttab_free_count(&d->gt);
		got.record[i].fired = ctest.fired;
	}
}

/* Returns false with *d what differs. */
static bool
step(const struct ctest_step *s, struct difference *d)
{
	unsigned int at = s->number - 1u;
	const char *invariant;

	ctest.fired = 0;
	ctest.n_fired = 0;
	for (unsigned int i = at; i < at + s->n; i++) {
		trace_record_begin(&got.record[i]);
		expected.record[i] = got.record[i];
		if (program.ops[i].kind == OP_EXPECT)
			got.record[i].skip = expected.record[i].skip = SKIP_EXPECT;
	}
	s->do_it(&got.record[at]);
	count(at, s->n);
	for (unsigned int i = at; i < at + s->n; i++)
		if (program.ops[i].kind == OP_EXPECT)
			expected.record[i] = got.record[i];
	if (!duel_compare(d, &program, at, s->n, &expected, &got))
		return false;
	invariant = sim_check(sim);
	if (invariant == NULL)
		return true;
	*d = (struct difference){
		.field = FIELD_INVARIANT, .at = (uint16_t)at, .invariant = invariant,
		.lane_skip_at = program.n_ops,
	};
	return false;
}

/* The operations between the steps' are `= expected' lines: they do nothing. */
static bool
all_steps(const struct ctest_step *steps, unsigned int n_steps, struct difference *d)
{
	for (unsigned int i = 0; i < n_steps; i++)
		if (!step(&steps[i], d))
			return false;
	return true;
}

static void
tell(const struct finding *f)
{
	char text[900];

	finding_print(f, text, sizeof(text));
	printf("FAIL\n%s", text);
}

static _Noreturn void
run_in_child(const char *text, const struct ctest_step *steps, unsigned int n_steps,
	     void (*ends)(void))
{
	const struct finding_traces traces = { &expected, &got, &expected };
	struct difference d;
	struct finding f;
	bool same;

	begin(text);
	same = all_steps(steps, n_steps, &d);
	interp_end(&ctest);
	if (same) {
		ends();
		same = compare_ends(&d, &program, &expected, &got) &&
		       duel_nothing_kept(sim, &program, &d) &&
		       compare_expectations(&d, &program, &got);
	}
	if (!same) {
		finding_of_difference(&f, &program, &d, &traces,
				      d.field == FIELD_EXPECT ? "program" : "model", "sim");
		tell(&f);
	} else {
		printf("PASS: %u steps, all answers as expected\n", n_steps);
	}
	exit(same ? STATUS_PASS : STATUS_FAIL);
}

/* What the child printed, for whoever looks on. */
static void
pass_on(FILE *said)
{
	int c;

	rewind(said);
	while ((c = getc(said)) != EOF)
		putc(c, stderr);
}

int
ctest_main(const char *text, const struct ctest_step *steps, unsigned int n_steps,
	   void (*ends)(void))
{
	FILE *said = tmpfile();
	struct crash_end end = { .hang_signal = SIGALRM, .hang_s = SECONDS_MAX };
	struct finding f;
	pid_t pid = (fflush(NULL), fork());

	if (said == NULL || pid < 0)
		broken("cannot start a process, or keep what it says");
	end.said = fileno(said);
	if (pid == 0) {
		dup2(end.said, STDERR_FILENO);
		alarm(SECONDS_MAX);
		run_in_child(text, steps, n_steps, ends);
	}
	waitpid(pid, &end.status, 0);
	pass_on(said);
	if (WIFEXITED(end.status) && WEXITSTATUS(end.status) <= STATUS_BROKEN)
		return WEXITSTATUS(end.status);
	crash_tell_end(&f, "sim", &end);
	tell(&f);
	return STATUS_FAIL;
}
