/* bench_afl: the rate of fuzz_ops under AFL++, against targets that do less. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/afl.h"
#include "fuzz/bench.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"

enum { RUNS = 30000, TIMES = 4, ROUNDS = 6, RUN_SECONDS = 240, ENVIRONMENT = 16, PATHS = 4 };

/*
 * A target's rate once it is warm, as in bench_run.c: a run of n and one of TIMES * n begin in the
 * same way.  Of each, the best of some rounds.
 */
struct rate {
	const char *target;
	bool ours; /* with our mutator, and programs of 64 operations; else with AFL++'s own */
	double few, many;
};

/*
 * The input that all begin with, in out/bench-afl, and AFL++'s own folder: in memory if it can be,
 * as a file is made for each input kept, and the disk is not what is measured.
 */
static bool
make_folders(char path[PATHS][FILE_PATH_MAX], char *why)
{
	static const char nothing[12];
	char file[FILE_PATH_MAX];

	cli_root_path(path[0], FILE_PATH_MAX, "out/bench-afl/seeds");
	if (access("/dev/shm", W_OK) == 0)
		snprintf(path[1], FILE_PATH_MAX, "/dev/shm/gntfuzz-bench-%d", (int)getpid());
	else
		cli_root_path(path[1], FILE_PATH_MAX, "out/bench-afl/out");
	return file_make_folder(path[0], why) && file_join(file, path[0], "empty", why) &&
	       file_write_quick(file, nothing, sizeof(nothing), why);
}

static bool
run(const struct rate *r, unsigned int n_runs, double *seconds, char *why)
{
	static char path[PATHS][FILE_PATH_MAX];
	char rest[64], runs[24], mutator[FILE_PATH_MAX + 40];
	const char *environment[ENVIRONMENT];
	struct child_args args = { .n = 0 };
	unsigned int n = 0;
	static struct child c;
	double start;
	int status;

	if (!make_folders(path, why) || !afl_find(path[2]))
		return false;
	for (; afl_always[n]; n++)
		environment[n] = afl_always[n];
	cli_root_path(path[3], FILE_PATH_MAX, "out/afl/mutator.so");
	snprintf(mutator, sizeof(mutator), "AFL_CUSTOM_MUTATOR_LIBRARY=%s", path[3]);
	environment[n++] = "GNTFUZZ_OPS=64";
	if (r->ours) {
		environment[n++] = mutator;
		environment[n++] = "AFL_CUSTOM_MUTATOR_ONLY=1";
	}
	environment[n] = NULL;
	snprintf(rest, sizeof(rest), "out/afl/%s", r->target);
	cli_root_path(path[3], FILE_PATH_MAX, rest);
	snprintf(runs, sizeof(runs), "%u", n_runs);
	for (const char *const *word = (const char *const[]){ path[2], "-i", path[0], "-o", path[1],
				"-s", "1", "-G", "780", "-t", "10000", "-E", runs, "--", path[3],
				NULL }; *word; word++)
		child_arg(&args, *word);
	afl_remove(path[1]);
	start = child_clock();
	status = child_run(&c, &args, environment, RUN_SECONDS, why);
	*seconds = child_clock() - start;
	afl_remove(path[1]);
	if (status == 0)
		return true;
	if (status != CHILD_NOT_STARTED)
		snprintf(why, FILE_WHY, "AFL++ on %s ends with status %d", r->target, status);
	return false;
}

static bool
keep_best(const struct rate *r, unsigned int n_runs, double *best, char *why)
{
	double seconds;

	if (!run(r, n_runs, &seconds, why))
		return false;
	if (*best == 0 || seconds < *best)
		*best = seconds;
	return true;
}

static bool
measure(struct rate *r, char *why)
{
	return keep_best(r, RUNS, &r->few, why) && keep_best(r, TIMES * RUNS, &r->many, why);
}

static double
warm_rate(const struct rate *r)
{
	double seconds = r->many - r->few;

	return seconds > 0 ? (TIMES - 1) * (double)RUNS / seconds : 0;
}

void
bench_afl(struct bench *b)
{
	struct rate empty = { .target = "fuzz_empty" };
	struct rate idle = { .target = "fuzz_idle", .ours = true };
	struct rate ops = { .target = "fuzz_ops", .ours = true };
	char why[FILE_WHY];
	bool ran = afl_ready(cli_root(), why);

	for (int i = 0; i < ROUNDS && ran; i++)
		ran = measure(&empty, why) && measure(&idle, why) && measure(&ops, why);
	if (ran && (warm_rate(&empty) == 0 || warm_rate(&idle) == 0 || warm_rate(&ops) == 0)) {
		snprintf(why, sizeof(why), "the machine is too busy to measure");
		ran = false;
	}
	if (!ran) {
		bench_skip(b, "afl", why);
		return;
	}
	/*
	 * Against AFL++ as it comes on nothing: its driver, its mutators, on one processor as all
	 * are.  And against nothing run with our mutator, inputs and answer.c: what is not the
	 * engine's.
	 */
	bench_row(b, &(struct bench_row){ "afl", "programs/s", warm_rate(&ops),
					  warm_rate(&empty), 0.9, true });
	bench_row(b, &(struct bench_row){ "afl-idle", "programs/s", warm_rate(&ops),
					  warm_rate(&idle), 0.4, true });
}
