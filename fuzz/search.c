#define _GNU_SOURCE
#include "fuzz/search_internal.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/cli.h"
#include "fuzz/growth.h"

enum {
	SAVE_MS = 1000,
	FAILURES_MAX = 40, /* ends with a finding, without a new class, before a worker gives up */
	BROKEN_MAX = 3,    /* runs in a row that end as none should */
};

/* ------------------------------------------------------------------ runs */

/* Keep what the engine said last, for whoever has to find out what it was. */
static void
write_log(const struct crew *c, const struct worker *w)
{
	char path[FILE_PATH_MAX], name[64], why[FILE_WHY];

	snprintf(name, sizeof(name), "logs/%s-%" PRIu64, w->target, c->search->state->slices);
	if (file_join(path, c->search->state->folder, name, why))
		file_write_quick(path, w->child.tail, w->child.tail_n, why);
}

/* Look at what lies in DIR/findings.  Returns whether any of it is new. */
static bool
take_findings(struct crew *c)
{
	progress_clear(&c->progress);
	return findings_collect(c->search->findings) > 0;
}

/* A run is over: count it, look at what it found. */
static void
take_end(struct crew *c, struct place *p)
{
	struct worker *w = &p->worker;

	c->ended[target_of(w->target)] += w->runs;
	c->ended_by[w->engine] += w->runs;
	w->runs = 0;
	p->afl_failed = w->engine == ENGINE_AFL && w->status != 0;
	if (w->engine == ENGINE_LIBFUZZER)
		findings_engine_ended(c->search->findings, (unsigned int)(p - c->place));
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
	if (take_findings(c))
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
	for (unsigned int i = 0; i < c->search->jobs; i++) {
		struct worker *w = &c->place[i].worker;
		bool ended = worker_poll(w);

		if (w->failures > 0)
			take_findings(c);
		w->failures = 0;
		if (ended)
			take_end(c, &c->place[i]);
	}
}

/* ------------------------------------------------------------------ what is known */

static void
count_runs(struct crew *c)
{
	uint64_t *runs = c->search->state->runs;

	memcpy(runs, c->ended, sizeof(c->ended));
	for (unsigned int i = 0; i < c->search->jobs; i++) {
		const struct worker *w = &c->place[i].worker;

		if (w->running)
			runs[target_of(w->target)] += w->runs;
	}
}

/* The best that any worker with this engine told, on the target that matters. */
static void
best_of(const struct crew *c, enum engine engine, uint64_t *coverage, uint64_t *inputs)
{
	enum target matters = c->search->target ? target_of(c->search->target) : TARGET_OPS;

	*coverage = *inputs = 0;
	for (unsigned int i = 0; i < c->search->jobs; i++) {
		const struct worker *w = &c->place[i].worker;

		if (!w->target || w->engine != engine || target_of(w->target) != matters)
			continue;
		*coverage = w->coverage > *coverage ? w->coverage : *coverage;
		*inputs = w->inputs > *inputs ? w->inputs : *inputs;
	}
}

/* What the engine has had by now, for its curve. */
static void
record(const struct crew *c, enum engine engine, uint64_t coverage, uint64_t inputs)
{
	static const char *const names[ENGINES] = { "libfuzzer", "afl" };
	struct growth_sample s = { .ms = crew_ms(c), .edges = coverage, .inputs = inputs,
				   .runs = c->ended_by[engine],
				   .classes = c->search->findings->summary->n_findings };

	for (unsigned int i = 0; i < c->search->jobs; i++) {
		const struct worker *w = &c->place[i].worker;

		if (w->running && w->engine == engine)
			s.runs += w->runs;
	}
	snprintf(s.engine, sizeof(s.engine), "%s", names[engine]);
	if (s.runs > 0)
		growth_add(c->search->state->folder, s);
}

static void
show(struct crew *c)
{
	const struct state *st = c->search->state;
	uint64_t coverage, inputs, edges, afl_inputs, ms = crew_ms(c);
	uint64_t seconds_ms = c->search->seconds_ms;
	double runs = 0, spent = (double)(ms > 0 ? ms : 1) / 1000;
	char total[16], rate[16], libfuzzer[80] = "", afl[80] = "";

	for (enum target t = 0; t < TARGETS; t++)
		runs += (double)st->runs[t];
	best_of(c, ENGINE_LIBFUZZER, &coverage, &inputs);
	best_of(c, ENGINE_AFL, &edges, &afl_inputs);
	record(c, ENGINE_LIBFUZZER, coverage, inputs);
	record(c, ENGINE_AFL, edges, afl_inputs);
	if (c->search->engine[ENGINE_LIBFUZZER])
		snprintf(libfuzzer, sizeof(libfuzzer),
			 ", coverage %" PRIu64 ", %" PRIu64 " inputs", coverage, inputs);
	if (afl_inputs > 0)
		snprintf(afl, sizeof(afl), ", AFL++ %" PRIu64 " inputs", afl_inputs);
	progress_line(&c->progress, false,
		      "%s programs, %s/s%s%s, %u findings, %" PRIu64 " s left",
		      progress_count(total, runs), progress_count(rate, runs / spent), libfuzzer,
		      afl, c->search->findings->summary->n_findings,
		      ms < seconds_ms ? (seconds_ms - ms + 999) / 1000 : 0);
}

static bool
save(struct crew *c, char *why)
{
	uint64_t ms = crew_ms(c);

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

/* Three runs in a row ended as none should.  False if no engine is left that works. */
static bool
give_up_engine(struct crew *c, const struct worker *w, char *why)
{
	snprintf(why, FILE_WHY, "%s on %s ends with status %d; what it said is in %.300s/logs",
		 w->engine == ENGINE_AFL ? "AFL++" : "libFuzzer", w->target, w->status,
		 c->search->state->folder);
	c->broken = 0;
	progress_clear(&c->progress);
	return w->engine == ENGINE_AFL && search_leave_afl(c->search, why);
}

/* Start what has ended, while there is time and sense in it.  False if the engines do not work. */
static bool
keep_going(struct crew *c, char *why)
{
	for (unsigned int i = 0; i < c->search->jobs; i++) {
		struct place *p = &c->place[i];

		if (p->worker.running || p->given_up || *c->search->stop)
			continue;
		if (c->broken >= BROKEN_MAX && !give_up_engine(c, &p->worker, why))
			return false;
		if (!search_start(c, i, why))
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
		worker_stop(&c->place[i].worker);
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
	memcpy(c->ended, s->state->runs, sizeof(c->ended));
	c->had_ms[TARGET_TEXT] = c->ended[TARGET_TEXT] ? search_share(TARGET_TEXT, s->seconds_ms)
							: 0;
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
