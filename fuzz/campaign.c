#define _GNU_SOURCE
#include "fuzz/campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/afl.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/growth.h"
#include "fuzz/lanes.h"
#include "fuzz/progress.h"
#include "fuzz/report_files.h"
#include "fuzz/search.h"
#include "fuzz/seeds.h"
#include "fuzz/stop.h"
#include "fuzz/sweep.h"
#include "fuzz/versions.h"

static const double sweep_seconds_max = 120;	/* over all real lanes */

struct campaign {
	const struct campaign_options *options;
	struct state state;
	struct summary summary;
	struct findings findings;
	struct progress progress;
	struct search search;
	double start;
	char out[FILE_PATH_MAX], kept[FILE_PATH_MAX], ops[FILE_PATH_MAX], regress[FILE_PATH_MAX],
		races[FILE_PATH_MAX];
	bool rig_broke;
};

/* ------------------------------------------------------------------ the folder */

static void
path_in(char *path, const struct campaign *c, const char *name)
{
	char why[FILE_WHY];

	if (!file_join(path, c->state.folder, name, why))
		cli_die(EXIT_USAGE, "%s", why);
}

static size_t
count_files(const struct campaign *c, const char *name)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;
	size_t n;

	path_in(path, c, name);
	if (!file_list(&l, path, why))
		cli_die(EXIT_USAGE, "%s", why);
	n = l.n;
	file_list_free(&l);
	return n;
}

/* Remove the files in a folder, or those of them that are empty: kills leave such behind. */
static void
remove_files(const struct campaign *c, const char *name, bool all)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	path_in(folder, c, name);
	if (!file_list(&l, folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++)
		if (file_join(path, folder, l.name[i], why) && (all || file_is_empty(path)))
			unlink(path);
	file_list_free(&l);
}

static uint64_t
choose_seed(uint64_t wanted)
{
	struct timespec t;

	if (wanted)
		return wanted;
	clock_gettime(CLOCK_REALTIME, &t);
	/* Few enough digits to type. */
	return ((uint64_t)t.tv_nsec ^ (uint64_t)t.tv_sec * 2654435761u) % 1000000000 + 1;
}

/* Take the folder, and go on with what is in it. */
static void
open_folder(struct campaign *c)
{
	const struct campaign_options *o = c->options;
	char why[FILE_WHY];
	size_t inputs = 0;

	if (!state_open(&c->state, c->out, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (enum target t = 0; t < TARGETS; t++) {
		remove_files(c, target_names[t], false);
		inputs += count_files(c, target_names[t]);
	}
	findings_open(&c->findings, c->state.resumed);
	if (c->state.resumed && c->state.done_ms > 0) {
		cli_say("resuming: %" PRIu64 " s done, %zu inputs", c->state.done_ms / 1000,
			inputs);
		return;
	}
	if (inputs > 0)
		cli_say("beginning with the %zu inputs of an earlier campaign in %s", inputs,
			c->out);
	c->state.seed = choose_seed(o->seed);
	c->state.finished = false;
	c->state.done_ms = c->state.slices = 0;
	memset(c->state.runs, 0, sizeof(c->state.runs));
	remove_files(c, "counters", true);
	growth_forget(c->out);
	afl_forget(c->out);
	if (!state_save(&c->state, why))
		cli_die(EXIT_USAGE, "%s", why);
}

/* ------------------------------------------------------------------ lanes */

/* What engine runs counted, each in its own file. */
static void
add_counters(const struct campaign *c, struct totals *t)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_bytes f;
	struct file_list l;

	path_in(folder, c, "counters");
	if (!file_list(&l, folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (file_ends(l.name[i], FINDINGS_HITS))
			continue;
		if (!file_join(path, folder, l.name[i], why) || !file_read(&f, path, why))
			cli_die(EXIT_RIG, "%s", why);
		/* A run that was killed may leave half a file; it is left out whole. */
		if (totals_parse(t, (const char *)f.bytes, f.n) != 0)
			cli_say("%s: is not whole; what that run did is not counted", path);
		free(f.bytes);
	}
	file_list_free(&l);
}

static void
sweep_progress(void *arg, uint64_t programs)
{
	struct campaign *c = arg;

	progress_line(&c->progress, false, "%s: %" PRIu64 " programs",
		      c->summary.lane[c->summary.n_lanes - 1].name, programs);
}

/* Sim's turn is short and says what was done: it comes even if we were asked to end. */
static void
sweep(struct campaign *c, const char *lane, uint64_t n_random, double seconds_max)
{
	static const volatile sig_atomic_t never = 0;
	bool is_sim = strcmp(lane, "sim") == 0;
	const char *folders[] = { c->ops, c->regress, c->kept, is_sim ? c->races : NULL, NULL };
	struct sweep s = {
		.lane = lane,
		.findings = &c->findings,
		.result = summary_add_lane(&c->summary, lane),
		.stop = is_sim ? &never : &stop_asked,
		.progress = sweep_progress,
		.progress_arg = c,
		.folders = folders,
		.n_random = n_random,
		.seed = c->state.seed,
		.random_ops = CAMPAIGN_RANDOM_OPS,
		.seconds_max = seconds_max,
	};
	enum verdict v;

	progress_begin(&c->progress);
	v = sweep_run(&s);
	progress_clear(&c->progress);
	if (v == VERDICT_ERROR) {
		c->rig_broke = true;
		cli_say("lane %s: %s", lane, s.result->why);
	}
}

/* Lanes after the engines: sim always, for its counts; then the one asked for, or every Xen. */
static void
run_lanes(struct campaign *c)
{
	const char *const one[] = { c->options->lane, NULL };
	const char *const *lanes = c->options->lane ? one : lanes_xen;
	bool text_only = c->options->target && target_of(c->options->target) == TARGET_TEXT;
	unsigned int n = 0;

	if (text_only)
		return;
	sweep(c, "sim", 0, sweep_seconds_max);
	add_counters(c, &c->summary.lane[0].totals);
	if (lanes == one && strcmp(one[0], "sim") == 0)
		return;
	while (lanes[n])
		n++;
	for (unsigned int i = 0; i < n; i++) {
		if (!stop_asked) {
			sweep(c, lanes[i], CAMPAIGN_RANDOM_PROGRAMS, sweep_seconds_max / n);
			continue;
		}
		strcpy(summary_add_lane(&c->summary, lanes[i])->why, "interrupted before its turn");
	}
}

/* What the builds answer differently: part of the main job, not of one lane's. */
static void
compare_builds(struct campaign *c)
{
	bool broke;

	if (c->options->lane || c->options->target || stop_asked)
		return;
	progress_begin(&c->progress);
	progress_line(&c->progress, true, "comparing builds of Xen");
	c->summary.builds = versions_compare(&c->summary, c->out, c->state.seed, &broke);
	progress_clear(&c->progress);
	if (broke)
		cli_say("compare: %s", c->summary.builds);
	c->rig_broke |= broke;
}

/* ------------------------------------------------------------------ the end */

static void
add_target(struct campaign *c, enum target t)
{
	const char *name = target_names[t];

	if (c->options->target && target_of(c->options->target) != t)
		return;
	c->summary.target[c->summary.n_targets++] = (struct summary_target){
		.name = name, .runs = c->state.runs[t], .inputs = count_files(c, name)
	};
}

/* What a campaign that says "no findings" must have done. */
static const char *
lacks(const struct campaign *c)
{
	const struct summary *s = &c->summary;

	for (unsigned int i = 0; i < s->n_targets; i++)
		if (s->target[i].runs == 0 &&
		    (c->options->target ||
		     search_has(target_of(s->target[i].name), c->options->seconds * 1000)))
			return s->target[i].name;
	for (unsigned int i = 0; i < s->n_lanes; i++) {
		const char *what = s->lane[i].ran ? totals_lacks(&s->lane[i].totals) : NULL;

		/* Time is up is no excuse, an interruption is. */
		if (what && !stop_asked)
			return what;
	}
	return NULL;
}

static int
finish(struct campaign *c)
{
	char why[FILE_WHY];

	for (enum target t = 0; t < TARGETS; t++)
		add_target(c, t);
	search_tell(&c->search, &c->summary);
	c->summary.seconds = child_clock() - c->start;
	c->summary.seed = c->state.seed;
	c->summary.ended = stop_asked ? "interruption" : "time";
	c->summary.lacks = lacks(c);
	c->state.finished = !stop_asked;
	if (!state_save(&c->state, why))
		cli_die(EXIT_RIG, "%s", why);
	report_campaign(c->out, &c->summary);
	summary_emit(&c->summary, c->options->json);
	state_close(&c->state);
	if (c->summary.lacks)
		cli_say("no %s happened, so this campaign shows nothing; look at %.300s/logs",
			c->summary.lacks, c->out);
	if (c->summary.n_findings > 0)
		return EXIT_FINDING;
	return c->summary.lacks || c->rig_broke ? EXIT_RIG : EXIT_OK;
}

/* A lane asked for by name that is not there is told before the time is spent. */
static void
check_lane(const char *lane)
{
	char why[FILE_WHY] = "";
	bool broken = false;
	struct lane *l;

	if (!lane || strcmp(lane, "sim") == 0)
		return;
	l = lane_open(lane, why, sizeof(why), &broken);
	if (!l)
		lanes_die(lane, why, broken);
	lane_close(l);
}

/* An engine asked for by name that is not there ends it; by default there is the other. */
static void
choose_engines(struct search *s, const char *engine)
{
	char why[FILE_WHY];

	s->engine[ENGINE_LIBFUZZER] = !engine || strcmp(engine, "afl") != 0;
	s->engine[ENGINE_AFL] = !engine || strcmp(engine, "libfuzzer") != 0;
	if (!s->engine[ENGINE_AFL] || afl_ready(s->root, why))
		return;
	if (engine)
		cli_die(EXIT_SKIP, "fuzz --engine %s: %s", engine, why);
	s->engine[ENGINE_AFL] = false;
	snprintf(s->afl_why, sizeof(s->afl_why), "%s", why);
	cli_say("without AFL++: %s", why);
}

int
campaign_run(const struct campaign_options *o)
{
	static struct campaign c;
	char why[FILE_WHY];

	c.options = o;
	c.search = (struct search){ .root = cli_root(),
				    .state = &c.state,
				    .findings = &c.findings,
				    .target = o->target,
				    .seconds_ms = o->seconds * 1000,
				    .jobs = (unsigned int)o->jobs,
				    .stop = &stop_asked };
	choose_engines(&c.search, o->engine);
	c.start = child_clock();
	c.findings = (struct findings){ .folder = c.out, .summary = &c.summary, .json = o->json };
	if (o->out && snprintf(c.out, sizeof(c.out), "%s", o->out) >= (int)sizeof(c.out))
		cli_die(EXIT_USAGE, "fuzz --out: the path is too long");
	if (!o->out)
		cli_root_path(c.out, sizeof(c.out), "out/campaign");
	cli_root_path(c.ops, sizeof(c.ops), "corpus/ops");
	cli_root_path(c.regress, sizeof(c.regress), "corpus/regress");
	check_lane(o->lane);
	open_folder(&c);
	path_in(c.kept, &c, "fuzz_ops");
	path_in(c.races, &c, "fuzz_race");
	seeds_fill(c.out, c.state.seed);
	stop_on_signals();
	if (!search_canary(&c.search, why))
		cli_die(EXIT_RIG, "%s", why);
	/* What an engine found just before we were killed. */
	findings_engine_ended(&c.findings, FINDINGS_EVERY_PLACE);
	findings_collect(&c.findings);
	if (!search_run(&c.search, why))
		cli_die(EXIT_RIG, "%s", why);
	findings_count(&c.findings);
	run_lanes(&c);
	compare_builds(&c);
	return finish(&c);
}
