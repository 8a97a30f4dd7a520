/* fuzz: the options of a campaign. */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "fuzz/campaign.h"
#include "fuzz/cli.h"
#include "fuzz/lanes.h"
#include "fuzz/search.h"
#include "fuzz/targets.h"

static const uint64_t year_s = 366 * 24 * 3600;

struct wishes {
	const char *lane, *engine, *target, *out;
	uint64_t seconds, jobs, seed, programs, ops;
	bool json;
};

static bool
engine_known(const char *engine)
{
	static const char *const names[] = { "libfuzzer", "afl", "both", "random" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(engine, names[i]) == 0)
			return true;
	return false;
}

static void
check(const struct wishes *w)
{
	if (w->engine && !engine_known(w->engine))
		cli_die(EXIT_USAGE,
			"fuzz --engine: no engine '%s'; there are libfuzzer, afl, both, random",
			w->engine);
	if (w->target && target_of(w->target) == TARGETS)
		cli_die(EXIT_USAGE,
			"fuzz --target: no target '%s'; there are fuzz_ops, fuzz_race, fuzz_text",
			w->target);
	if (w->lane && strncmp(w->lane, "model", strlen("model")) == 0)
		cli_die(EXIT_USAGE,
			"fuzz --lane %s: lanes are compared with the model; name another",
			w->lane);
	if (w->lane && !lanes_known(w->lane))
		lanes_die(w->lane, "", false);
}

/* The random engine is one thread on one lane; options that mean nothing to it are mistakes. */
static int
run_random(const struct wishes *w)
{
	const struct random_options o = { .lane = w->lane ? w->lane : "sim",
					  .programs = w->programs ? w->programs : 1000000,
					  .seed = w->seed ? w->seed : 1,
					  .ops = w->ops,
					  .seconds = w->seconds,
					  .out = w->out,
					  .json = w->json };

	if (w->target)
		cli_die(EXIT_USAGE,
			"fuzz --target: --engine random has none; leave one of the two out");
	if (w->jobs)
		cli_die(EXIT_USAGE,
			"fuzz --jobs: --engine random is one process; leave one of the two out");
	return campaign_random(&o);
}

static int
run_campaign(const struct wishes *w)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t jobs = w->jobs ? w->jobs : cores > 0 ? (uint64_t)cores : 1;
	const struct campaign_options o = {
		.lane = w->lane,
		.target = w->target,
		.engine = w->engine,
		.out = w->out,
		.seconds = w->seconds ? w->seconds : 60,
		.jobs = jobs < SEARCH_JOBS_MAX ? jobs : SEARCH_JOBS_MAX,
		.seed = w->seed,
		.json = w->json,
	};

	if (w->programs || w->ops)
		cli_die(EXIT_USAGE, "fuzz --%s: is for --engine random",
			w->programs ? "programs" : "ops");
	return campaign_run(&o);
}

int
verb_fuzz(const struct cli_verb *v, int argc, char **argv)
{
	struct wishes w = { .engine = NULL };
	const struct cli_option options[] = {
		{ "--lane", CLI_WORD, &w.lane, 0, 0 },
		{ "--engine", CLI_WORD, &w.engine, 0, 0 },
		{ "--target", CLI_WORD, &w.target, 0, 0 },
		{ "--out", CLI_WORD, &w.out, 0, 0 },
		{ "--time", CLI_NUMBER, &w.seconds, 1, year_s },
		{ "--jobs", CLI_NUMBER, &w.jobs, 1, SEARCH_JOBS_MAX },
		{ "--seed", CLI_NUMBER, &w.seed, 1, INT64_MAX },
		{ "--programs", CLI_NUMBER, &w.programs, 1, INT64_MAX },
		{ "--ops", CLI_NUMBER, &w.ops, 1, 256 },
		{ "--json", CLI_FLAG, &w.json, 0, 0 },
	};

	if (cli_options(v, options, sizeof(options) / sizeof(options[0]), argc, argv) > 0)
		cli_die(EXIT_USAGE, "fuzz: '%s' is no option; see `gntfuzz fuzz --help'", argv[0]);
	check(&w);
	return w.engine && strcmp(w.engine, "random") == 0 ? run_random(&w) : run_campaign(&w);
}
