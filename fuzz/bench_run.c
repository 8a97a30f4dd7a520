/* bench_run: the figures that other programs make: engines' rates, and the core on the real CPU. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/bench.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "reports/totals.h"

enum {
	OPS = 64,
	OPS_RUNS = 30000,
	RACE_RUNS = 30000,
	EMPTY_RUNS = 1000000,
	IDLE_RUNS = 100000,
	TIMES = 5,
	ROUNDS = 3,
	RUN_SECONDS = 240,
	MEMORY_MIB = 256
};

/* One engine run. */
struct engine_run {
	double seconds;
	double rss_mib;
	double ops_per_program; /* 0: not told */
};

/*
 * A target's rate once it is warm: a run of n and one of TIMES * n begin in the same way, so that
 * their difference is free of start-up and of the first inputs, which an engine keeps nearly all.
 * Of each, the best of some rounds: whatever else the machine does only adds.
 */
struct engine_rate {
	const char *target;
	unsigned int n;
	unsigned int ops;	/* a program is filled up to; 0: as long as they come */
	struct engine_run few, many;
};

/* Operations a program, from the target's own counters. */
static double
read_counters(const char *path)
{
	static struct totals t;
	char why[FILE_WHY];
	struct file_bytes f;

	memset(&t, 0, sizeof(t));
	if (!file_read(&f, path, why))
		return 0;
	if (totals_parse(&t, (const char *)f.bytes, f.n) != 0 || t.programs == 0)
		t.programs = 1;
	free(f.bytes);
	return (double)t.operations / (double)t.programs;
}

static bool
run_engine(struct engine_run *r, const struct engine_rate *e, unsigned int n_runs, char *why)
{
	char path[FILE_PATH_MAX], counters[FILE_PATH_MAX], variable[FILE_PATH_MAX + 32];
	char rest[64], runs[32], ops[32];
	const char *environment[] = { variable, ops, NULL };
	struct child_args args = { .n = 0 };
	static struct child c;
	int fd, status;
	double start;

	cli_root_path(counters, sizeof(counters), "out/bench-XXXXXX");
	fd = mkstemp(counters);
	if (fd < 0) {
		snprintf(why, FILE_WHY, "no file can be made in out/");
		return false;
	}
	snprintf(rest, sizeof(rest), "out/fuzz/%s", e->target);
	cli_root_path(path, sizeof(path), rest);
	snprintf(runs, sizeof(runs), "-runs=%u", n_runs);
	snprintf(variable, sizeof(variable), "GNTFUZZ_COUNTERS=%s", counters);
	snprintf(ops, sizeof(ops), "GNTFUZZ_OPS=%u", e->ops);
	child_arg(&args, path);
	child_arg(&args, runs);
	child_arg(&args, "-seed=1");
	child_arg(&args, "-max_len=780");
	child_arg(&args, "-len_control=0");
	child_arg(&args, "-entropic=0");
	start = child_clock();
	status = child_run(&c, &args, environment, RUN_SECONDS, why);
	r->seconds = child_clock() - start;
	r->rss_mib = (double)c.rss_kib / 1024;
	r->ops_per_program = read_counters(counters);
	close(fd);
	unlink(counters);
	if (status == 0)
		return true;
	if (status != CHILD_NOT_STARTED)
		snprintf(why, FILE_WHY, "%s ends with status %d", rest, status);
	return false;
}

/* Run again, and keep the run if it was the fastest, or the first. */
static bool
run_again(struct engine_run *best, const struct engine_rate *e, unsigned int n_runs, char *why)
{
	struct engine_run r;

	if (!run_engine(&r, e, n_runs, why))
		return false;
	if (best->seconds == 0 || r.seconds < best->seconds)
		*best = r;
	return true;
}

static bool
measure_round(struct engine_rate *e, char *why)
{
	return run_again(&e->few, e, e->n, why) && run_again(&e->many, e, TIMES * e->n, why);
}

/* Programs a second, or 0: both runs took as long. */
static double
warm_rate(const struct engine_rate *e)
{
	double seconds = e->many.seconds - e->few.seconds;

	return seconds > 0 ? (TIMES - 1) * (double)e->n / seconds : 0;
}

void
bench_engine(struct bench *b)
{
	struct engine_rate empty = { .target = "fuzz_empty", .n = EMPTY_RUNS };
	struct engine_rate idle = { .target = "fuzz_idle", .n = IDLE_RUNS, .ops = OPS };
	struct engine_rate ops = { .target = "fuzz_ops", .n = OPS_RUNS, .ops = OPS };
	struct engine_rate race = { .target = "fuzz_race", .n = RACE_RUNS };
	char why[FILE_WHY] = "the machine is too busy to measure";
	bool ran = true;

	for (int i = 0; i < ROUNDS && ran; i++)
		ran = measure_round(&empty, why) && measure_round(&idle, why) &&
		      measure_round(&ops, why) && measure_round(&race, why);
	if (!ran || warm_rate(&empty) == 0 || warm_rate(&idle) == 0 || warm_rate(&ops) == 0 ||
	    warm_rate(&race) == 0) {
		bench_skip(b, "engine", why);
		return;
	}
	if (!b->json)
		printf("# fuzz_ops ran programs of %.1f operations on average, fuzz_race of %.1f\n",
		       ops.many.ops_per_program, race.many.ops_per_program);
	bench_row(b, &(struct bench_row){ "engine", "programs/s", warm_rate(&ops),
					  warm_rate(&empty), 1.0 / 12, true });
	/* The same against the same engine, mutator and inputs that run nothing. */
	bench_row(b, &(struct bench_row){ "engine-idle", "programs/s", warm_rate(&ops),
					  warm_rate(&idle), 1.0 / 12, true });
	/* 30 000 a second, where fuzz_ops does as many programs of 64 operations. */
	bench_row(b, &(struct bench_row){ "fuzz_race", "programs/s", warm_rate(&race),
					  warm_rate(&ops), 1, true });
	bench_row(b, &(struct bench_row){ "memory", "MiB", ops.many.rss_mib, MEMORY_MIB, 1,
					  false });
}

void
bench_core(struct bench *b)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct child_args args = { .n = 0 };
	double one, many, most;
	static struct child c;
	int status;

	cli_root_path(path, sizeof(path), "out/native/bench_core");
	child_arg(&args, path);
	status = child_run(&c, &args, NULL, RUN_SECONDS, why);
	if (status != 0 || sscanf(c.tail, "1 %lf 64 %lf 2048 %lf", &one, &many, &most) != 3) {
		if (status != CHILD_NOT_STARTED)
			snprintf(why, sizeof(why), "out/native/bench_core ends with status %d",
				 status);
		bench_skip(b, "core", why);
		return;
	}
	bench_row(b, &(struct bench_row){ "core-64", "ns", many, one, 1.2, false });
	bench_row(b, &(struct bench_row){ "core-2048", "ns", most, one, 1.2, false });
}
