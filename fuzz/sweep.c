#define _GNU_SOURCE
#include "fuzz/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/lane_xen.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/load.h"
#include "fuzz/mutate.h"
#include "fuzz/reduce.h"

enum { BATCH = 64, OPS_MAX_RANDOM = 64, BREAKS_MAX = 5 };

/*
 * A machine that dies costs as much as thousands of programs, and is told of by its finding.  So
 * many are no reason to stop, and one more for each so many programs.
 */
enum { DEATHS_FREE = 4, PROGRAMS_A_DEATH = 5000 };

static const double reduce_seconds_max = 120;

/* Programs that wait to be run together. */
struct batch {
	struct judge judge;
	struct reduce reduce;
	struct program program[BATCH];
	struct trace trace[BATCH];
	unsigned int n;
	unsigned int n_breaks; /* times that our rig broke and was put up again */
	unsigned int n_deaths; /* machines that died of a program */
	double start;
	bool failed, broken;
};

void
sweep_draw(struct program *p, uint64_t seed, uint64_t i, unsigned int n_ops)
{
	struct rng r = { seed * UINT64_C(0x9e3779b97f4a7c15) + i };

	mutate_random(p, &r, NULL, n_ops > 0 ? n_ops : 1 + rng_below(&r, OPS_MAX_RANDOM));
}

static void
note(struct sweep *s, struct batch *b, enum verdict v, const struct program *p,
     const struct finding *f, const char *why, bool died)
{
	if (v == VERDICT_FAILURE) {
		b->failed = true;
		reduce_keep(&b->reduce, p, f, died);
	} else if (v == VERDICT_ERROR) {
		b->broken = true;
		snprintf(s->result->why, sizeof(s->result->why), "broke: %.280s", why);
	}
}

static bool
is_over(struct sweep *s, const struct batch *b)
{
	if (b->broken || *s->stop)
		return true;
	if (b->n_deaths >= DEATHS_FREE + b->judge.totals.programs / PROGRAMS_A_DEATH) {
		snprintf(s->result->why, sizeof(s->result->why),
			 "stopped when %u machines had died; look at their findings first",
			 b->n_deaths);
		return true;
	}
	if (child_clock() - b->start < s->seconds_max)
		return false;
	snprintf(s->result->why, sizeof(s->result->why), "stopped after %.0f s", s->seconds_max);
	return true;
}

/*
 * Our machine broke: nothing of Xen's, and the next one may live.  A few times that is no reason to
 * lose a program.
 */
static bool
mend(struct sweep *s, struct batch *b, const char *why)
{
	if (++b->n_breaks > BREAKS_MAX)
		return false;
	cli_say("lane %s: %s; starting it again", s->lane, why);
	snprintf(s->result->why, sizeof(s->result->why), "broke and was started again %u times",
		 b->n_breaks);
	return true;
}

/* Our machine may break before it has begun, too. */
static bool
open_lanes(struct sweep *s, struct batch *b, char *why, bool *broken)
{
	return judge_open(&b->judge, "model", s->lane, why, broken) ||
	       (*broken && mend(s, b, why) &&
		judge_open(&b->judge, "model", s->lane, why, broken));
}

/*
 * All that wait, in one go; a program that fails on its own is a finding, and the rest goes on
 * behind it.
 */
static void
run_together(struct sweep *s, struct batch *b)
{
	const struct program *programs[BATCH];
	struct trace *traces[BATCH];
	char why[FILE_WHY] = "";
	struct finding f;

	for (unsigned int i = 0; i < b->n; i++) {
		programs[i] = &b->program[i];
		traces[i] = &b->trace[i];
	}
	for (unsigned int at = 0; at < b->n && !is_over(s, b);) {
		unsigned int done = 0;
		enum verdict v = lane_xen_run_many(b->judge.got, programs + at, traces + at,
						   b->n - at, &done, why, sizeof(why));

		for (unsigned int i = at; i < at + done; i++) {
			b->judge.got_trace = b->trace[i];
			note(s, b, judge_compare(&b->judge, &b->program[i], &f, why),
			     &b->program[i], &f, why, false);
		}
		at += done;
		if (at == b->n)
			break;
		if (v == VERDICT_ERROR && mend(s, b, why))
			continue;
		if (v == VERDICT_FAILURE) {
			judge_failed(&b->judge, &f, why);
			b->n_deaths++;
		}
		note(s, b, v, &b->program[at], &f, why, true);
		/* Whatever it was, that program is done with. */
		at++;
	}
}

static void
run_alone(struct sweep *s, struct batch *b)
{
	char why[FILE_WHY] = "";
	struct finding f;

	for (unsigned int i = 0; i < b->n && !is_over(s, b); i++)
		note(s, b, judge_run(&b->judge, &b->program[i], &f, why), &b->program[i], &f, why,
		     false);
}

static void
flush(struct sweep *s, struct batch *b)
{
	if (b->judge.got && b->judge.got->kind == &lane_xen)
		run_together(s, b);
	else
		run_alone(s, b);
	b->n = 0;
	b->start += reduce_all(&b->reduce);
	if (s->progress)
		s->progress(s->progress_arg, b->judge.totals.programs);
}

/* The place for the next program. */
static struct program *
next(struct sweep *s, struct batch *b)
{
	if (b->n == BATCH)
		flush(s, b);
	return &b->program[b->n];
}

/* The program in that place is to be run. */
static void
add(struct batch *b)
{
	judge_adapt(&b->judge, &b->program[b->n]);
	b->n++;
}

static void
add_folder(struct sweep *s, struct batch *b, const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_is_folder(folder))
		return;
	if (!file_list(&l, folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n && !is_over(s, b); i++) {
		if (!load_is_program(l.name[i]))
			continue;
		if (!file_join(path, folder, l.name[i], why) ||
		    !load_program(next(s, b), path, why))
			cli_die(EXIT_USAGE, "%s", why);
		add(b);
	}
	file_list_free(&l);
}

static enum verdict
finish(struct sweep *s, struct batch *b)
{
	struct totals *t = &s->result->totals;

	totals_merge(t, &b->judge.totals);
	s->result->ran = !b->broken;
	judge_close(&b->judge);
	if (b->broken)
		return VERDICT_ERROR;
	return b->failed ? VERDICT_FAILURE : VERDICT_SUCCESS;
}

enum verdict
sweep_run(struct sweep *s)
{
	struct batch *b = calloc(1, sizeof(*b));
	char why[FILE_WHY] = "";
	enum verdict v;
	bool broken = false;

	if (!b)
		cli_die(EXIT_RIG, "out of memory for a batch of programs");
	b->start = child_clock();
	b->reduce = (struct reduce){ .judge = &b->judge, .findings = s->findings, .stop = s->stop,
				     .seconds_left = reduce_seconds_max };
	if (!open_lanes(s, b, why, &broken)) {
		snprintf(s->result->why, sizeof(s->result->why), "%.290s", why);
		free(b);
		return broken ? VERDICT_ERROR : VERDICT_SKIP;
	}
	if (b->judge.lacking[0])
		snprintf(s->result->why, sizeof(s->result->why), "lacks the fixes of: %.250s",
			 b->judge.lacking);
	/* Random ones first: they do a bit of everything, whatever time is left. */
	for (uint64_t i = 0; i < s->n_random && !is_over(s, b); i++) {
		struct program *p = next(s, b);

		sweep_draw(p, s->seed, i, s->random_ops);
		if (b->judge.got && b->judge.got->kind == &lane_xen)
			mutate_for_machine(p);
		add(b);
	}
	for (unsigned int i = 0; s->folders && s->folders[i]; i++)
		add_folder(s, b, s->folders[i]);
	flush(s, b);
	v = finish(s, b);
	free(b);
	return v;
}
