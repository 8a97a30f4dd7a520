#define _GNU_SOURCE
#include "fuzz/search.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/cli.h"
#include "fuzz/growth.h"
#include "fuzz/progress.h"
#include "fuzz/worker.h"

enum {
	SAVE_MS = 1000,
	CANARY_SECONDS = 20,
	FAILURES_MAX = 40, /* ends with a finding, without a new class, before a worker gives up */
};

/* One worker's place; it starts runs one after the other. */
struct place {
	struct worker worker;
	unsigned int old_findings; /* in a row */
	bool given_up;
};

struct crew {
	struct search *search;
	struct place place[SEARCH_JOBS_MAX];
	struct progress progress;
	double start, saved;
	uint64_t start_ms;              /* of the state, when we began */
	uint64_t ended_ops, ended_text; /* executions of runs that are over */
	uint64_t text_ms;               /* the parser's target has had */
	unsigned int broken;            /* runs in a row that ended as none should */
};

static uint64_t
now_ms(const struct crew *c)
{
	return c->start_ms + (uint64_t)((child_clock() - c->start) * 1000);
}

static bool
is_text(const char *target)
{
	return strcmp(target, "fuzz_text") == 0;
}

/* ------------------------------------------------------------------ canary */

static bool
canary_path(char *out, const struct search *s, const char *format, char *why)
{
	if (snprintf(out, FILE_PATH_MAX, "%s%s/findings/canary", format, s->state->folder) <
	    FILE_PATH_MAX)
		return true;
	snprintf(why, FILE_WHY, "%.80s...: the path is too long; give another --out",
		 s->state->folder);
	return false;
}

bool
search_canary(const struct search *s, char *why)
{
	char program[FILE_PATH_MAX], prefix[FILE_PATH_MAX], artifact[FILE_PATH_MAX],
		seeds[FILE_PATH_MAX];
	struct child_args args = { .n = 0 };
	static struct child c;
	int status;

	cli_root_path(program, sizeof(program), "out/fuzz/canary");
	if (!canary_path(prefix, s, "-exact_artifact_path=", why) ||
	    !canary_path(artifact, s, "", why) || !file_join(seeds, s->state->folder, "seeds", why))
		return false;
	child_arg(&args, program);
	child_arg(&args, "-max_total_time=15");
	child_arg(&args, "-seed=1");
	child_arg(&args, prefix);
	child_arg(&args, seeds);
	status = child_run(&c, &args, NULL, CANARY_SECONDS, why);
	if (status == CHILD_NOT_STARTED)
		return false;
	if (status == WORKER_CRASHED && file_exists(artifact)) {
		unlink(artifact);
		return true;
	}
	snprintf(why, FILE_WHY,
		 "the canary, a target with a planted bug, was not found (status %d): engines "
		 "do not work here, and no result would mean anything",
		 status);
	return false;
}

/* ------------------------------------------------------------------ runs */

static const char *
choose_target(struct crew *c, unsigned int place)
{
	const struct search *s = c->search;

	if (s->target)
		return s->target;
	if (place != 0 || !search_has_text(s->seconds_ms))
		return "fuzz_ops";
	return c->text_ms < s->seconds_ms / SEARCH_TEXT_SHARE ? "fuzz_text" : "fuzz_ops";
}

/* Seconds of the next run, 0 if none is worth it. */
static unsigned int
choose_seconds(const struct crew *c, const char *target)
{
	const struct search *s = c->search;
	uint64_t left = s->seconds_ms > now_ms(c) ? s->seconds_ms - now_ms(c) : 0;

	if (!s->target && is_text(target) && left > s->seconds_ms / SEARCH_TEXT_SHARE)
		left = s->seconds_ms / SEARCH_TEXT_SHARE;
	left = (left + 500) / 1000;
	return left < WORKER_SLICE_S ? (unsigned int)left : WORKER_SLICE_S;
}

static bool
start_run(struct crew *c, unsigned int i, char *why)
{
	struct state *st = c->search->state;
	const char *target = choose_target(c, i);
	struct worker_plan plan = {
		.root = c->search->root,
		.folder = st->folder,
		.target = target,
		.seconds = choose_seconds(c, target),
		.seed = st->seed + 7919 * st->slices,
		.slice = st->slices,
		.place = i,
	};

	if (plan.seconds == 0)
		return true;
	if (is_text(target))
		c->text_ms += plan.seconds * 1000 + 500;
	st->slices++;
	return worker_start(&c->place[i].worker, &plan, why);
}

/* Keep what the engine said last, for whoever has to find out what it was. */
static void
write_log(const struct crew *c, const struct worker *w)
{
	char path[FILE_PATH_MAX], name[64], why[FILE_WHY];

	snprintf(name, sizeof(name), "logs/%s-%" PRIu64, w->target, c->search->state->slices);
	if (file_join(path, c->search->state->folder, name, why))
		file_write_quick(path, w->child.tail, w->child.tail_n, why);
}

/* A run is over: count it, look at what it found. */
static void
take_end(struct crew *c, struct place *p)
{
	struct worker *w = &p->worker;

	*(is_text(w->target) ? &c->ended_text : &c->ended_ops) += w->runs;
	w->runs = 0;
	if (w->status == 0) {
		c->broken = 0;
		return;
	}
	write_log(c, w);
	if (!worker_found(w)) {
		c->broken++;
		return;
	}
	c->broken = 0;
	progress_clear(&c->progress);
	if (findings_collect(c->search->findings) > 0)
		p->old_findings = 0;
	else if (++p->old_findings >= FAILURES_MAX)
		p->given_up = true;
}

static void
poll_all(struct crew *c)
{
	struct pollfd fds[SEARCH_JOBS_MAX];
	unsigned int n = 0;

	for (unsigned int i = 0; i < c->search->jobs; i++)
		if (c->place[i].worker.running && c->place[i].worker.child.output >= 0)
			fds[n++] = (struct pollfd){ c->place[i].worker.child.output, POLLIN, 0 };
	poll(fds, n, n > 0 ? 200 : 20);
	for (unsigned int i = 0; i < c->search->jobs; i++)
		if (worker_poll(&c->place[i].worker))
			take_end(c, &c->place[i]);
}

/* ------------------------------------------------------------------ what is known */

static void
count_runs(struct crew *c)
{
	struct state *st = c->search->state;
	uint64_t ops = c->ended_ops, text = c->ended_text;

	for (unsigned int i = 0; i < c->search->jobs; i++) {
		const struct worker *w = &c->place[i].worker;

		if (w->running)
			*(is_text(w->target) ? &text : &ops) += w->runs;
	}
	st->runs_ops = ops;
	st->runs_text = text;
}

static void
show(struct crew *c)
{
	const struct state *st = c->search->state;
	uint64_t coverage = 0, inputs = 0, ms = now_ms(c), seconds_ms = c->search->seconds_ms;
	double runs = (double)(st->runs_ops + st->runs_text),
	       spent = (double)(ms > 0 ? ms : 1) / 1000;
	char total[16], rate[16];

	for (unsigned int i = 0; i < c->search->jobs; i++) {
		const struct worker *w = &c->place[i].worker;

		if (!w->target ||
		    is_text(w->target) != (c->search->target && is_text(c->search->target)))
			continue;
		coverage = w->coverage > coverage ? w->coverage : coverage;
		inputs = w->inputs > inputs ? w->inputs : inputs;
	}
	growth_add(st->folder, (struct growth_sample){
				       .ms = ms, .engine = "libfuzzer", .edges = coverage,
				       .runs = st->runs_ops + st->runs_text, .inputs = inputs,
				       .classes = c->search->findings->summary->n_findings });
	progress_line(&c->progress, false,
		      "%s programs, %s/s, coverage %" PRIu64 ", %" PRIu64
		      " inputs, %u findings, %" PRIu64 " s left",
		      progress_count(total, runs), progress_count(rate, runs / spent), coverage,
		      inputs, c->search->findings->summary->n_findings,
		      ms < seconds_ms ? (seconds_ms - ms + 999) / 1000 : 0);
}

static bool
save(struct crew *c, char *why)
{
	uint64_t ms = now_ms(c);

	c->search->state->done_ms = ms < c->search->seconds_ms ? ms : c->search->seconds_ms;
	c->saved = child_clock();
	return state_save(c->search->state, why);
}

/* ------------------------------------------------------------------ all of it */

static unsigned int
running(const struct crew *c)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < c->search->jobs; i++)
		n += c->place[i].worker.running;
	return n;
}

/* Start what has ended, while there is time and sense in it.  False if the engines do not work. */
static bool
keep_going(struct crew *c, char *why)
{
	for (unsigned int i = 0; i < c->search->jobs; i++) {
		struct place *p = &c->place[i];

		if (p->worker.running || p->given_up || *c->search->stop)
			continue;
		if (c->broken > 2) {
			snprintf(why, FILE_WHY,
				 "out/fuzz/%s ends with status %d; what it said is in %.300s/logs",
				 p->worker.target, p->worker.status, c->search->state->folder);
			return false;
		}
		if (!start_run(c, i, why))
			return false;
	}
	return true;
}

/* End them all, politely first. */
static void
end_all(struct crew *c)
{
	double end = child_clock() + 3;

	for (unsigned int i = 0; i < c->search->jobs; i++)
		child_signal(&c->place[i].worker.child, SIGUSR1);
	while (running(c) > 0) {
		poll_all(c);
		if (child_clock() < end)
			continue;
		for (unsigned int i = 0; i < c->search->jobs; i++)
			child_signal(&c->place[i].worker.child, SIGKILL);
	}
}

bool
search_run(struct search *s, char *why)
{
	struct crew *c = calloc(1, sizeof(*c));
	bool ok = c != NULL;

	if (!c) {
		snprintf(why, FILE_WHY, "out of memory for %u workers", s->jobs);
		return false;
	}
	c->search = s;
	c->start = child_clock();
	c->start_ms = s->state->done_ms;
	c->ended_ops = s->state->runs_ops;
	c->ended_text = s->state->runs_text;
	c->text_ms = s->state->runs_text ? s->seconds_ms / SEARCH_TEXT_SHARE : 0;
	progress_begin(&c->progress);
	while (ok && !*s->stop) {
		ok = keep_going(c, why);
		if (running(c) == 0)
			break;
		poll_all(c);
		count_runs(c);
		show(c);
		if (ok && (child_clock() - c->saved) * 1000 > SAVE_MS)
			ok = save(c, why);
	}
	end_all(c);
	count_runs(c);
	progress_clear(&c->progress);
	ok = save(c, why) && ok;
	free(c);
	return ok;
}
