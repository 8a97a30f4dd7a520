/*
 * bugs_run: one engine on one defect, until it dies of it or time is up.
 *
 * The target says when in a file (watch.h), so neither an engine's start-up nor what it does after
 * a crash is counted.  Both engines begin with one input, a newline, as libFuzzer does without any.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/bugs.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "fuzz/pool.h"
#include "fuzz/progress.h"
#include "fuzz/stop.h"
#include "fuzz/worker.h"

enum { SLACK_SECONDS = 30 }; /* for start-up, before a run is given up */

struct crew {
	struct bugs *bugs;
	struct progress progress;
	struct ending {
		double start;
		bool ended_by_us;
	} *ending; /* one a run */
	size_t n_done;
};

/* Files of a run. */
static void
path_of(char *path, const struct bugs *b, const struct bugs_run *r, const char *ending)
{
	char rest[BUGS_NAME + 96];

	snprintf(rest, sizeof(rest), "out/bench/bugs/%s/%s-%s-%u.%s", b->bug[r->bug].name,
		 bugs_engine_names[r->engine], bugs_variant_names[r->variant], r->seed, ending);
	cli_root_path(path, FILE_PATH_MAX, rest);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void
clean_up(const struct bugs *b, const struct bugs_run *r)
{
	char path[FILE_PATH_MAX];

	path_of(path, b, r, "moments");
	unlink(path);
	if (r->engine != BUGS_AFL)
		return;
	path_of(path, b, r, "afl");
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Another seed for each defect: what one seed draws is the same in all. */
static uint32_t
seed_of(const struct bugs *b, const struct bugs_run *r)
{
	uint32_t h = 2166136261u;

	for (const char *c = b->bug[r->bug].name; *c; c++)
		h = (h ^ (uint8_t)*c) * 16777619u;
	return (h + r->seed * 2654435761u) % INT32_MAX + 1;
}

/* ------------------------------------------------------------------ what is started */

struct words {
	char target[FILE_PATH_MAX], moments[FILE_PATH_MAX + 32], out[FILE_PATH_MAX],
		seeds[FILE_PATH_MAX], mutator[FILE_PATH_MAX + 32];
	char seed[32], seconds[32], max_len[32];
};

static bool
start_libfuzzer(const struct bugs *b, const struct bugs_run *r, struct words *w, struct child *c,
		char *why)
{
	const char *environment[] = { w->moments, "ASAN_OPTIONS=symbolize=0",
				      "UBSAN_OPTIONS=symbolize=0", NULL };
	struct child_args a = { .n = 0 };

	snprintf(w->seed, sizeof(w->seed), "-seed=%u", seed_of(b, r));
	snprintf(w->seconds, sizeof(w->seconds), "-max_total_time=%u", b->seconds + SLACK_SECONDS);
	snprintf(w->max_len, sizeof(w->max_len), "-max_len=%d", WORKER_MAX_LEN);
	child_arg(&a, w->target);
	child_arg(&a, w->seed);
	child_arg(&a, w->seconds);
	child_arg(&a, w->max_len);
	/* As a campaign has it; without our signal, entropy costs little and is the default. */
	if (r->variant == BUGS_OURS)
		child_arg(&a, "-entropic=0");
	child_arg(&a, "-rss_limit_mb=1024");
	child_arg(&a, "-timeout=5");
	child_arg(&a, "-exact_artifact_path=/dev/null");
	return child_start(c, &a, environment, why);
}

static bool
make_seeds(char *folder, char *why)
{
	char path[FILE_PATH_MAX];

	cli_root_path(folder, FILE_PATH_MAX, "out/bench/bugs/.newline");
	return file_make_folder(folder, why) && file_join(path, folder, "newline", why) &&
	       (file_exists(path) || file_write_quick(path, "\n", 1, why));
}

static bool
start_afl(const struct bugs *b, const struct bugs_run *r, struct words *w, struct child *c,
	  char *why)
{
	const char *environment[12] = {
		w->moments, "AFL_NO_UI=1", "AFL_SKIP_CPUFREQ=1", "AFL_TRY_AFFINITY=1",
		"AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1", "AFL_NO_CRASH_README=1",
		"AFL_BENCH_UNTIL_CRASH=1", "AFL_FORKSRV_INIT_TMOUT=30000",
	};
	char root[FILE_PATH_MAX];
	struct child_args a = { .n = 0 };

	cli_root_path(root, sizeof(root), "out/afl/mutator.so");
	snprintf(w->mutator, sizeof(w->mutator), "AFL_CUSTOM_MUTATOR_LIBRARY=%s", root);
	if (r->variant == BUGS_OURS) {
		environment[8] = w->mutator;
		environment[9] = "AFL_CUSTOM_MUTATOR_ONLY=1";
	}
	path_of(w->out, b, r, "afl");
	snprintf(w->seed, sizeof(w->seed), "%u", seed_of(b, r));
	snprintf(w->seconds, sizeof(w->seconds), "%u", b->seconds + SLACK_SECONDS);
	snprintf(w->max_len, sizeof(w->max_len), "%d", WORKER_MAX_LEN);
	if (!make_seeds(w->seeds, why))
		return false;
	/* Which afl-fuzz is the user's affair. */
	child_arg(&a, "/usr/bin/env");
	child_arg(&a, "afl-fuzz");
	child_arg(&a, "-i"), child_arg(&a, w->seeds);
	child_arg(&a, "-o"), child_arg(&a, w->out);
	child_arg(&a, "-s"), child_arg(&a, w->seed);
	child_arg(&a, "-V"), child_arg(&a, w->seconds);
	child_arg(&a, "-G"), child_arg(&a, w->max_len);
	child_arg(&a, "-t"), child_arg(&a, "5000");
	child_arg(&a, "--"), child_arg(&a, w->target);
	return child_start(c, &a, environment, why);
}

static bool
start_run(void *arg, size_t i, struct child *c, char *why)
{
	struct crew *crew = arg;
	struct bugs *b = crew->bugs;
	struct bugs_run *r = &b->run[i];
	static struct words w;
	char path[FILE_PATH_MAX];

	if (r->done)
		return true;
	clean_up(b, r);
	path_of(path, b, r, "moments");
	snprintf(w.moments, sizeof(w.moments), "GNTFUZZ_MOMENTS=%s", path);
	bugs_target(w.target, &b->bug[r->bug], r->engine, r->variant);
	crew->ending[i].start = child_clock();
	return r->engine == BUGS_AFL ? start_afl(b, r, &w, c, why) :
				       start_libfuzzer(b, r, &w, c, why);
}

/* ------------------------------------------------------------------ what came of it */

static bool
read_moments(struct moments *m, const struct bugs *b, const struct bugs_run *r)
{
	char path[FILE_PATH_MAX];
	ssize_t n;
	int fd;

	path_of(path, b, r, "moments");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, m, sizeof(*m));
	if (fd >= 0)
		close(fd);
	return n == (ssize_t)sizeof(*m) && m->magic == WATCH_MAGIC;
}

static void
watch_run(void *arg, size_t i, struct child *c)
{
	struct crew *crew = arg;
	struct bugs *b = crew->bugs;
	struct ending *e = &crew->ending[i];
	double spent = child_clock() - e->start;
	struct moments m = { .running = 0 };
	bool told = read_moments(&m, b, &b->run[i]);
	bool over = told && (double)m.now.ns / 1e9 >= b->seconds;

	if (spent > b->seconds + 2 * SLACK_SECONDS) {
		child_signal(c, SIGKILL);
	} else if ((over || (told && m.died.executions > 0)) && !e->ended_by_us) {
		child_signal(c, SIGTERM);
		e->ended_by_us = true;
	}
}

/*
 * Of an end that nobody asked for, an engine says by its status whether it was the target's; AFL++
 * gives up if even the first input is one.
 */
static bool
died(const struct bugs_run *r, int status)
{
	if (r->engine == BUGS_AFL)
		return status == 0 || status == 1;
	return status == WORKER_CRASHED || status == WORKER_TIMEOUT || status == WORKER_OOM;
}

static void
show(struct crew *crew)
{
	progress_line(&crew->progress, false, "%zu of %zu runs", crew->n_done, crew->bugs->n_runs);
}

static bool
end_run(void *arg, size_t i, const struct child *c, int status, char *why)
{
	struct crew *crew = arg;
	struct bugs *b = crew->bugs;
	struct bugs_run *r = &b->run[i];
	uint64_t limit = (uint64_t)b->seconds * 1000000000u;
	struct moments m = { .running = 0 };

	/* AFL++ may run a few more, in a process that then says how the one before it ended. */
	if (!read_moments(&m, b, r) ||
	    (!crew->ending[i].ended_by_us && m.died.executions == 0 &&
	     !(m.running && died(r, status)))) {
		snprintf(why, FILE_WHY, "%s on %s ends with status %d: %.300s",
			 bugs_engine_names[r->engine], b->bug[r->bug].name, status,
			 c->tail_n > 300 ? c->tail + c->tail_n - 300 : c->tail);
		return false;
	}
	if (m.died.executions == 0 && !crew->ending[i].ended_by_us)
		m.died = m.now;
	/* It is known when the execution began that it died of. */
	if (m.died.executions == m.reached.executions)
		m.died = m.reached;
	r->reached = m.reached.ns <= limit ? m.reached : (struct moment){ .executions = 0 };
	r->triggered = m.died.ns <= limit ? m.died : (struct moment){ .executions = 0 };
	r->executions = m.now.executions;
	r->seconds = (double)(m.now.ns < limit ? m.now.ns : limit) / 1e9;
	r->done = true;
	clean_up(b, r);
	crew->n_done++;
	show(crew);
	return bugs_keep(b, r, why);
}

bool
bugs_measure(struct bugs *b, char *why)
{
	struct crew crew = { .bugs = b };
	const struct pool p = { .start = start_run, .watch = watch_run, .end = end_run,
				.arg = &crew, .jobs = b->jobs };
	bool ok;

	crew.ending = calloc(b->n_runs, sizeof(crew.ending[0]));
	if (!crew.ending)
		cli_die(EXIT_RIG, "bench bugs: out of memory");
	for (size_t i = 0; i < b->n_runs; i++)
		crew.n_done += b->run[i].done;
	progress_begin(&crew.progress);
	ok = pool_run(&p, b->n_runs, why);
	progress_clear(&crew.progress);
	free(crew.ending);
	return ok;
}
