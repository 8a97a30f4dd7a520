/* random: programs drawn from a seed, on one lane beside the model. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>

#include "fuzz/campaign.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/progress.h"
#include "fuzz/report_files.h"
#include "fuzz/stop.h"
#include "fuzz/sweep.h"

enum { ENOUGH = 1000 };

struct random_run {
	const struct random_options *options;
	struct summary summary;
	struct progress progress;
	double start;
};

static void
show(void *arg, uint64_t programs)
{
	struct random_run *r = arg;
	char count[16], rate[16];

	progress_line(&r->progress, false, "%s programs, %s/s, %u findings",
		      progress_count(count, (double)programs),
		      progress_count(rate,
				     (double)programs / (child_clock() - r->start + 1e-3)),
		      r->summary.n_findings);
}

static enum verdict
run(struct random_run *r, struct findings *findings)
{
	const struct random_options *o = r->options;
	struct sweep s = {
		.lane = o->lane,
		.findings = findings,
		.result = summary_add_lane(&r->summary, o->lane),
		.stop = &stop_asked,
		.progress = show,
		.progress_arg = r,
		.n_random = o->programs,
		.seed = o->seed,
		.random_ops = (unsigned int)o->ops,
		.seconds_max = o->seconds ? (double)o->seconds : INFINITY,
	};
	enum verdict v;

	progress_begin(&r->progress);
	v = sweep_run(&s);
	progress_clear(&r->progress);
	return v;
}

int
campaign_random(const struct random_options *o)
{
	static struct random_run r;
	const struct summary_lane *lane = &r.summary.lane[0];
	char out[FILE_PATH_MAX], folder[FILE_PATH_MAX], why[FILE_WHY];
	struct findings findings = { .folder = o->out, .summary = &r.summary, .json = o->json };
	enum verdict v;

	r.options = o;
	cli_root_path(out, sizeof(out), "out/random");
	if (!o->out)
		findings.folder = out;
	if (!file_join(folder, findings.folder, "findings", why) || !file_make_folder(folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	stop_on_signals();
	r.start = child_clock();
	v = run(&r, &findings);
	if (v == VERDICT_SKIP)
		cli_die(EXIT_SKIP, "lane %s: %s", o->lane, lane->why);
	r.summary.seconds = child_clock() - r.start;
	r.summary.seed = o->seed;
	r.summary.ended = stop_asked ? "interruption" : "count";
	/* A handful of programs need not do everything; many must. */
	if (!stop_asked && (o->programs >= ENOUGH || lane->totals.programs == 0))
		r.summary.lacks = totals_lacks(&lane->totals);
	report_campaign(findings.folder, &r.summary);
	summary_emit(&r.summary, o->json);
	if (v == VERDICT_ERROR)
		cli_say("lane %s: %s", o->lane, lane->why);
	if (r.summary.n_findings > 0)
		return EXIT_FINDING;
	return r.summary.lacks || v == VERDICT_ERROR ? EXIT_RIG : EXIT_OK;
}
