#define _GNU_SOURCE
#include "fuzz/sweep.h"

#include <stdio.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "diff/lane_host.h"
#include "diff/lane_raw.h"
#include "diff/lane_xen.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/jury.h"
#include "fuzz/load.h"
#include "fuzz/mutate.h"
#include "fuzz/reduce.h"

enum {
	AHEAD_MAX = LANE_XEN_GIVEN_MAX,
	PROGRESS_EVERY = 64, /* programs */
	OPS_MAX_RANDOM = 64,
	BREAKS_MAX = 5
};

/*
 * A machine that dies costs as much as thousands of programs, and is told of by its finding.  So
 * many are no reason to stop, and one more for each so many programs.
 */
enum { DEATHS_FREE = 4, PROGRAMS_A_DEATH = 5000 };

static const double reduce_seconds_max = 120;

/*
 * A machine gets programs ahead, and runs them while others are judged and drawn.  A lane in this
 * process is asked in a child process, which a program may bring down; what it counts is the
 * judge's, so all of this lies in memory that both see.
 */
struct run {
	struct judge judge;
	struct jury jury;		/* if the lane is no machine */
	struct reduce reduce;
	struct program program[AHEAD_MAX]; /* a ring: number n is at n % AHEAD_MAX */
	uint64_t n_drawn, n_judged;
	unsigned int n_breaks; /* times that our rig broke and was put up again */
	unsigned int n_deaths; /* machines that died of a program */
	double start;
	bool failed, broken;
};

void
sweep_draw(struct program *p, uint64_t seed, uint64_t i, unsigned int n_ops)
{
	struct rng rng = { seed * UINT64_C(0x9e3779b97f4a7c15) + i };

	mutate_random(p, &rng, NULL, n_ops > 0 ? n_ops : 1 + rng_below(&rng, OPS_MAX_RANDOM));
}

static void
note(struct sweep *s, struct run *r, enum verdict v, const struct program *p,
     const struct finding *f, const char *why, bool died)
{
	if (v == VERDICT_FAILURE) {
		r->failed = true;
		reduce_keep(&r->reduce, p, f, died);
	} else if (v == VERDICT_ERROR) {
		r->broken = true;
		snprintf(s->result->why, sizeof(s->result->why), "broke: %.280s", why);
	}
}

static bool
is_over(struct sweep *s, const struct run *r)
{
	if (r->broken || *s->stop)
		return true;
	if (r->n_deaths >= DEATHS_FREE + r->judge.totals.programs / PROGRAMS_A_DEATH) {
		snprintf(s->result->why, sizeof(s->result->why),
			 "stopped when %u machines had died; look at their findings first",
			 r->n_deaths);
		return true;
	}
	if (child_clock() - r->start < s->seconds_max)
		return false;
	snprintf(s->result->why, sizeof(s->result->why), "stopped after %.0f s", s->seconds_max);
	return true;
}

/*
 * Our machine broke: nothing of Xen's, and the next one may live.  A few times that is no reason to
 * lose a program.
 */
static bool
mend(struct sweep *s, struct run *r, const char *why)
{
	if (++r->n_breaks > BREAKS_MAX)
		return false;
	cli_say("lane %s: %s; starting it again", s->lane, why);
	snprintf(s->result->why, sizeof(s->result->why), "broke and was started again %u times",
		 r->n_breaks);
	return true;
}

/* Our machine may break before it has begun, too. */
static bool
open_lanes(struct sweep *s, struct run *r, char *why, bool *broken)
{
	return judge_open(&r->judge, "model", s->lane, why, broken) ||
	       (*broken && mend(s, r, why) &&
		judge_open(&r->judge, "model", s->lane, why, broken));
}

static bool
is_machine(const struct run *r)
{
	return r->judge.got && r->judge.got->kind == &lane_xen;
}

/* The place for the next program.  Pre: fewer than AHEAD_MAX are ahead. */
static struct program *
place(struct run *r)
{
	return &r->program[r->n_drawn % AHEAD_MAX];
}

/* The program in that place is to be run. */
static void
give(struct run *r)
{
	judge_adapt(&r->judge, place(r));
	if (is_machine(r))
		lane_xen_give(r->judge.got, place(r));
	r->n_drawn++;
}

/* The machine broke under the program, which has done nothing: have it run again. */
static void
give_again(struct run *r, const struct program *p)
{
	if (place(r) != p)
		*place(r) = *p;
	give(r);
}

/* See what came of the oldest program on a machine. */
static void
take_oldest(struct sweep *s, struct run *r)
{
	struct program *p = &r->program[r->n_judged++ % AHEAD_MAX];
	char why[FILE_WHY] = "";
	struct finding f;
	bool died = false;
	enum verdict v;

	v = lane_xen_take(r->judge.got, &r->judge.got_trace, why, sizeof(why));
	if (v == VERDICT_ERROR && mend(s, r, why)) {
		give_again(r, p);
		return;
	}
	if (v == VERDICT_SUCCESS) {
		v = judge_compare(&r->judge, p, &f, why);
	} else if (v == VERDICT_FAILURE) {
		judge_failed(&r->judge, &f, why);
		r->n_deaths++;
		died = true;
	}
	note(s, r, v, p, &f, why, died);
}

/* Run those that are ahead in the other process, up to the first that shows something. */
static void
run_ahead(struct sweep *s, struct run *r)
{
	unsigned int n = (unsigned int)(r->n_drawn - r->n_judged), at;
	const struct program *p[AHEAD_MAX];

	for (unsigned int i = 0; i < n; i++)
		p[i] = &r->program[(r->n_judged + i) % AHEAD_MAX];
	at = jury_first(&r->jury, p, n);
	r->n_judged += at < n ? at + 1 : n;
	if (r->jury.broke[0])
		note(s, r, VERDICT_ERROR, p[0], NULL, r->jury.broke, false);
	if (at == n)
		return;
	if (r->judge.duel == NULL || !finding_is_failure(&r->jury.finding)) {
		note(s, r, VERDICT_FAILURE, p[at], &r->jury.finding, "", false);
		return;
	}
	/* The engine's target can say more of a death. */
	r->failed = true;
	findings_take(s->findings, p[at]);
}

/*
 * See what came of the oldest program, at least.  One that fails on its own is a finding, and the
 * rest goes on behind it.
 */
static void
judge_oldest(struct sweep *s, struct run *r)
{
	uint64_t before = r->n_judged / PROGRESS_EVERY;

	if (is_machine(r))
		take_oldest(s, r);
	else
		run_ahead(s, r);
	if (s->progress && r->n_judged / PROGRESS_EVERY > before)
		s->progress(s->progress_arg, r->judge.totals.programs);
}

/* All that are ahead; and what they have shown is reduced, which the machine has to be free for. */
static void
judge_all(struct sweep *s, struct run *r)
{
	while (r->n_judged != r->n_drawn && !is_over(s, r))
		judge_oldest(s, r);
	if (is_machine(r))
		lane_xen_forget(r->judge.got);
	r->n_judged = r->n_drawn;
	r->start += reduce_all(&r->reduce);
}

/* A place for the next program, made if need be. */
static struct program *
next(struct sweep *s, struct run *r)
{
	if (r->reduce.n_waiting > 0)
		judge_all(s, r);
	while (r->n_drawn - r->n_judged == AHEAD_MAX)
		judge_oldest(s, r);
	return place(r);
}

static void
add_folder(struct sweep *s, struct run *r, const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_is_folder(folder))
		return;
	if (!file_list(&l, folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n && !is_over(s, r); i++) {
		if (!load_is_program(l.name[i]))
			continue;
		if (!file_join(path, folder, l.name[i], why) ||
		    !load_program(next(s, r), path, why))
			cli_die(EXIT_USAGE, "%s", why);
		give(r);
	}
	file_list_free(&l);
}

static enum verdict
finish(struct sweep *s, struct run *r)
{
	struct totals *t = &s->result->totals;

	totals_merge(t, &r->judge.totals);
	s->result->ran = !r->broken;
	if (!is_machine(r))
		jury_close(&r->jury);
	judge_close(&r->judge);
	if (r->broken)
		return VERDICT_ERROR;
	return r->failed ? VERDICT_FAILURE : VERDICT_SUCCESS;
}

enum verdict
sweep_run(struct sweep *s)
{
	struct run *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			     -1, 0);
	char why[FILE_WHY] = "";
	enum verdict v;
	bool broken = false;

	if (r == MAP_FAILED)
		cli_die(EXIT_RIG, "out of memory for programs");
	r->start = child_clock();
	r->reduce = (struct reduce){ .judge = &r->judge, .findings = s->findings, .stop = s->stop,
				     .seconds_left = reduce_seconds_max };
	if (!open_lanes(s, r, why, &broken)) {
		snprintf(s->result->why, sizeof(s->result->why), "%.290s", why);
		munmap(r, sizeof(*r));
		return broken ? VERDICT_ERROR : VERDICT_SKIP;
	}
	if (!is_machine(r) && !jury_open(&r->jury, &r->judge, why))
		cli_die(EXIT_RIG, "%s", why);
	r->jury.stop = s->stop;
	r->jury.end = INFINITY;
	if (r->judge.lacking[0])
		snprintf(s->result->why, sizeof(s->result->why), "lacks the fixes of: %.250s",
			 r->judge.lacking);
	/* Random ones first: they do a bit of everything, whatever time is left. */
	for (uint64_t i = 0; i < s->n_random && !is_over(s, r); i++) {
		struct program *p = next(s, r);

		sweep_draw(p, s->seed, i, s->random_ops);
		if (is_machine(r) || (r->judge.got && r->judge.got->kind == &lane_raw))
			mutate_for_machine(p);
		if (r->judge.got != NULL && r->judge.got->kind == &lane_host) {
			lane_adapt(r->judge.got, &p->header);
			mutate_for_library(p);
		}
		give(r);
	}
	for (unsigned int i = 0; s->folders && s->folders[i]; i++)
		add_folder(s, r, s->folders[i]);
	judge_all(s, r);
	v = finish(s, r);
	munmap(r, sizeof(*r));
	return v;
}
