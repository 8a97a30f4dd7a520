/* random: programs drawn from a seed, on sim beside the model, in this process and this build. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>

#include "fuzz/campaign.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/progress.h"
#include "fuzz/stop.h"
#include "fuzz/sweep.h"

enum { ENOUGH = 1000 };

struct random_run {
	const struct random_options *options;
	struct summary summary;
	struct judge judge;
	struct program program;
	struct progress progress;
	struct findings findings;
	char out[FILE_PATH_MAX], folder[FILE_PATH_MAX];
};

static void
random_programs(struct random_run *r)
{
	const struct random_options *o = r->options;
	double start = child_clock();
	char why[FILE_WHY], count[16], rate[16];
	struct finding f;

	for (uint64_t i = 0; i < o->programs && !stop_asked; i++) {
		sweep_draw(&r->program, o->seed, i, (unsigned int)o->ops);
		if (judge_run(&r->judge, &r->program, &f, why) == VERDICT_FAILURE)
			findings_keep(&r->findings, &r->program, &f);
		if (i % 1024 != 0)
			continue;
		if (o->seconds && child_clock() - start > (double)o->seconds)
			break;
		progress_line(&r->progress, false, "%s programs, %s/s, %u findings",
			      progress_count(count, (double)i),
			      progress_count(rate, (double)i / (child_clock() - start + 1e-3)),
			      r->summary.n_findings);
	}
	progress_clear(&r->progress);
	r->summary.seconds = child_clock() - start;
}

int
campaign_random(const struct random_options *o)
{
	static struct random_run r;
	struct summary_lane *lane = summary_add_lane(&r.summary, "sim");
	char why[FILE_WHY];
	bool broken;

	r.options = o;
	if (!o->out)
		cli_root_path(r.out, sizeof(r.out), "out/random");
	r.findings = (struct findings){ .folder = o->out ? o->out : r.out,
					.summary = &r.summary,
					.json = o->json };
	if (!file_join(r.folder, r.findings.folder, "findings", why) ||
	    !file_make_folder(r.folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (!judge_open(&r.judge, "model", "sim", why, &broken))
		cli_die(EXIT_RIG, "%s", why);
	stop_on_signals();
	progress_begin(&r.progress);
	random_programs(&r);
	lane->ran = true;
	lane->totals = r.judge.totals;
	judge_close(&r.judge);
	r.summary.seed = o->seed;
	r.summary.ended = stop_asked ? "interruption" : "count";
	/* A handful of programs need not do everything; many must. */
	if (!stop_asked && (o->programs >= ENOUGH || lane->totals.programs == 0))
		r.summary.lacks = totals_lacks(&lane->totals);
	summary_emit(&r.summary, o->json);
	if (r.summary.n_findings > 0)
		return EXIT_FINDING;
	return r.summary.lacks ? EXIT_RIG : EXIT_OK;
}
