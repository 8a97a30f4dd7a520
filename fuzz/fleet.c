#define _GNU_SOURCE
#include "fuzz/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/lane_xen.h"
#include "diff/xen_setup.h"
#include "fuzz/cli.h"

enum { LOST_AFTER = 8 };	/* programs in a row without a trace: it is not the programs */

/* ------------------------------------------------------------------ a build's thread */

static void
build_open(struct fleet_build *b)
{
	char why[FILE_WHY] = "";

	b->lane = lane_open(b->lane_name, why, sizeof(why), &b->broken);
	b->ready = b->lane != NULL;
	if (b->ready)
		b->version = build_id_find(lane_xen_version(b->lane), lane_xen_file(b->lane));
	if (b->ready && b->fleet->mixed)
		lane_profile(b->lane, &b->profile, why, sizeof(why));
	snprintf(b->why, sizeof(b->why), "%.290s", why);
}

/* What a failed run means for the program. */
static enum outcome
outcome_of(enum verdict v, const char *why)
{
	static const char silent[] = "the guest is silent";

	switch (v) {
	case VERDICT_SUCCESS: return OUTCOME_TRACE;
	case VERDICT_SKIP: return OUTCOME_REFUSED;
	case VERDICT_ERROR: return OUTCOME_DIED;
	case VERDICT_FAILURE: break;
	}
	return strstr(why, silent) != NULL ? OUTCOME_SILENT : OUTCOME_PANIC;
}

/* What program i, which has just failed, came to. */
static void
note_failure(struct fleet_build *b, unsigned int i, enum verdict v, const char *why)
{
	b->outcome[i] = outcome_of(v, why);
	b->n_begun[i] = (uint16_t)b->lane->n_begun;
	b->n_deaths += v == VERDICT_FAILURE;
}

/* Whether a failure such as program i's is known to come again.  OUTCOME_DIED is our rig's. */
static bool *
believed(struct fleet_build *b, unsigned int i)
{
	unsigned int n = b->n_begun[i];

	return &b->believed[n > 0 ? b->fleet->programs[i]->ops[n - 1].kind : OP_KINDS]
			   [b->outcome[i]];
}

/* Program i failed in company: run it alone, and believe that. */
static void
run_again(struct fleet_build *b, unsigned int i, enum verdict first, const char *why)
{
	const struct program *p = b->fleet->programs[i];
	char again[FILE_WHY] = "";
	enum verdict v;

	lane_forget_console(b->lane);	/* another run is told of */
	v = lane_run(b->lane, p, &b->trace[i], again, sizeof(again));
	note_failure(b, i, v, again);
	if (v == VERDICT_SUCCESS) {
		b->stray_xen |= first == VERDICT_FAILURE;
		if (b->n_stray++ == 0)
			snprintf(b->stray, sizeof(b->stray), "%.290s", why);
		return;
	}
	snprintf(b->failure, sizeof(b->failure), "%.290s", again);
	b->in_a_row++;
	if (v == VERDICT_FAILURE)
		*believed(b, i) = true;
	if (v == VERDICT_ERROR && b->in_a_row >= LOST_AFTER) {
		b->lost = true;
		snprintf(b->why, sizeof(b->why), "%.290s", again);
	}
}

/* Whether the build shall run anything. */
static bool
goes_on(struct fleet_build *b)
{
	unsigned int deaths_max = b->fleet->deaths_max;

	if (!b->gave_up && deaths_max > 0 && b->n_deaths >= deaths_max) {
		b->gave_up = true;
		snprintf(b->why, sizeof(b->why),
			 "ran no more programs when %u machines had died; look at their classes "
			 "first", b->n_deaths);
	}
	return !b->lost && (!b->gave_up || deaths_max == 0);
}

static void
build_run(struct fleet_build *b)
{
	const struct fleet *f = b->fleet;
	struct trace *traces[FLEET_BLOCK];
	char why[FILE_WHY] = "";

	for (unsigned int i = 0; i < f->n_programs; i++) {
		traces[i] = &b->trace[i];
		b->outcome[i] = OUTCOME_REFUSED;
	}
	for (unsigned int at = 0; at < f->n_programs && goes_on(b); at++) {
		unsigned int done = 0;
		enum verdict v = lane_xen_run_many(b->lane, f->programs + at, traces + at,
						   f->n_programs - at, &done, why, sizeof(why));

		for (; done > 0; done--, at++) {
			b->outcome[at] = OUTCOME_TRACE;
			b->in_a_row = 0;
		}
		if (at == f->n_programs || v == VERDICT_SKIP)
			continue;
		note_failure(b, at, v, why);
		if (f->until_failure) {
			lane_forget_console(b->lane);	/* another run is told of */
			break;
		}
		if (v == VERDICT_FAILURE && *believed(b, at))
			lane_forget_console(b->lane);	/* the first of its sort is told of */
		else
			run_again(b, at, v, why);
	}
}

/* Wait for something to do.  False at the end. */
static bool
wait_for_work(struct fleet_build *b)
{
	struct fleet *f = b->fleet;
	bool work;

	pthread_mutex_lock(&f->lock);
	while (!b->asked && !f->ending)
		pthread_cond_wait(&f->changed, &f->lock);
	work = b->asked;
	b->asked = false;
	pthread_mutex_unlock(&f->lock);
	return work;
}

static void
work_done(struct fleet_build *b)
{
	struct fleet *f = b->fleet;

	pthread_mutex_lock(&f->lock);
	f->n_busy--;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

static void *
build_main(void *arg)
{
	struct fleet_build *b = arg;

	build_open(b);
	work_done(b);
	while (wait_for_work(b)) {
		build_run(b);
		work_done(b);
	}
	lane_close(b->lane);
	return NULL;
}

/* ------------------------------------------------------------------ the owner */

static void
wait_for_all(struct fleet *f)
{
	pthread_mutex_lock(&f->lock);
	while (f->n_busy > 0)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

void
fleet_run(struct fleet *f, unsigned int first, unsigned int n_builds,
	  const struct program *const programs[], unsigned int n)
{
	pthread_mutex_lock(&f->lock);
	f->programs = programs;
	f->n_programs = n;
	for (unsigned int i = first; i < first + n_builds && i < f->n_ready; i++) {
		f->order[i]->asked = true;
		f->n_busy++;
	}
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	wait_for_all(f);
}

void
fleet_run_to_failure(struct fleet *f, unsigned int first, unsigned int n_builds,
		     const struct program *const programs[], unsigned int n)
{
	f->until_failure = true;
	fleet_run(f, first, n_builds, programs, n);
	f->until_failure = false;
}

bool
fleet_same(const struct fleet *f, unsigned int left, const struct program *p, unsigned int i)
{
	const struct fleet_build *l = f->order[left], *r = f->order[left + 1];

	return l->outcome[i] == OUTCOME_TRACE && r->outcome[i] == OUTCOME_TRACE &&
	       memcmp(&l->trace[i], &r->trace[i],
		      offsetof(struct trace, record) +
			      p->n_ops * sizeof(struct trace_record)) == 0;
}

const struct fleet_build *
fleet_newest(const struct fleet *f)
{
	const struct fleet_build *newest = f->order[0];

	for (unsigned int i = 1; i < f->n_ready; i++)
		if (f->order[i]->version > newest->version)
			newest = f->order[i];
	return newest;
}

unsigned int
fleet_running(const struct fleet *f)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < f->n_ready; i++)
		n += !f->order[i]->lost && !f->order[i]->gave_up;
	return n;
}

bool
fleet_adapt(struct fleet *f, struct program *p)
{
	const struct program_header before = p->header;

	for (unsigned int i = 0; i < f->n_ready; i++)
		lane_adapt(f->order[i]->lane, &p->header);
	if (memcmp(&before, &p->header, sizeof(before)) == 0)
		return false;
	/* With fewer domains, actors have to be reduced. */
	program_normalize(p);
	return true;
}

/* Fill f->build[i], up to its thread. */
static void
build_name(struct fleet *f, unsigned int i, const char *name)
{
	struct fleet_build *b = &f->build[i];
	struct xen_setup setup;

	memset(b, 0, sizeof(*b));
	b->name = name;
	b->arm64 = xen_setup_read(&setup, name) == NULL && setup.arm64;
	f->mixed |= b->arm64 != f->build[0].arm64;
}

static void
build_start(struct fleet *f, unsigned int i)
{
	struct fleet_build *b = &f->build[i];

	b->fleet = f;
	b->trace = calloc(FLEET_BLOCK, sizeof(*b->trace));
	if (b->trace == NULL ||
	    snprintf(b->lane_name, sizeof(b->lane_name), "xen:%s", b->name) >=
		    FILE_PATH_MAX)
		cli_die(EXIT_RIG, "compare: out of memory for %u builds", f->n);
	if (pthread_create(&b->thread, NULL, build_main, b) != 0)
		cli_die(EXIT_RIG, "compare: cannot start a thread for each of %u builds", f->n);
}

static int
by_kind(const void *a, const void *b)
{
	const struct fleet_build *x = *(struct fleet_build *const *)a;
	const struct fleet_build *y = *(struct fleet_build *const *)b;

	if (x->ready != y->ready)
		return x->ready ? -1 : 1;
	if (x->arm64 != y->arm64)
		return x->arm64 ? 1 : -1;
	if (x->version != y->version)
		return (x->version < y->version) != x->arm64 ? -1 : 1;
	return x < y ? -1 : x > y;	/* as they were given */
}

unsigned int
fleet_open(struct fleet *f, const char *const names[], unsigned int n)
{
	memset(f, 0, sizeof(*f));
	f->n = n;
	f->n_busy = n;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	for (unsigned int i = 0; i < n; i++)
		build_name(f, i, names[i]);
	for (unsigned int i = 0; i < n; i++)
		build_start(f, i);
	wait_for_all(f);
	for (unsigned int i = 0; i < n; i++) {
		f->order[i] = &f->build[i];
		f->n_ready += f->build[i].ready;
	}
	qsort(f->order, n, sizeof(f->order[0]), by_kind);
	return f->n_ready;
}

void
fleet_close(struct fleet *f)
{
	pthread_mutex_lock(&f->lock);
	f->ending = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	for (unsigned int i = 0; i < f->n; i++) {
		pthread_join(f->build[i].thread, NULL);
		free(f->build[i].trace);
	}
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
}
