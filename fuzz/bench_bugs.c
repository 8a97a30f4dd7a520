/* bench_bugs: `gntfuzz bench bugs': build, run, tell. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/bugs.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "fuzz/pool.h"
#include "fuzz/stop.h"

/* Whether these tools are all on the path. */
static bool
have(const char *tools)
{
	struct child_args a = { .n = 0 };
	static struct child c;
	char why[FILE_WHY];

	child_arg(&a, "/bin/sh");
	child_arg(&a, "-c");
	child_arg(&a, tools);
	return child_run(&c, &a, NULL, 10, why) == 0;
}

static void
choose_engines(struct bugs *b, const char *engine, struct bench *bench)
{
	bool afl = have("command -v afl-fuzz && command -v afl-clang-fast");

	for (unsigned int e = 0; e < BUGS_ENGINES; e++)
		b->engine[e] = !engine || strcmp(engine, bugs_engine_names[e]) == 0;
	if (!b->engine[BUGS_LIBFUZZER] && !b->engine[BUGS_AFL])
		cli_die(EXIT_USAGE, "bench bugs --engine: no '%s'; there are libfuzzer and afl",
			engine);
	if (b->engine[BUGS_AFL] && !afl) {
		bench_skip(bench, "bugs-afl", "AFL++ is not installed; run: apt-get install "
					      "--no-install-recommends afl++");
		b->engine[BUGS_AFL] = false;
	}
}

static void
must(bool ok, const char *why)
{
	if (!ok)
		cli_die(EXIT_RIG, "bench bugs: %s", why);
}

static void
free_all(struct bugs *b)
{
	free(b->bug);
	free(b->run);
}

void
bench_bugs(struct bench *bench, const struct bench_bugs_options *o)
{
	char why[FILE_WHY], folder[FILE_PATH_MAX], picture[FILE_PATH_MAX];
	struct bugs b = { .seeds = o->seeds, .seconds = o->seconds, .jobs = o->jobs,
			  .folder = o->out ? o->out : folder };

	cli_root_path(folder, sizeof(folder), "out/bench");
	if (!file_make_folder(b.folder, why) || !file_join(picture, b.folder, "bugs.svg", why))
		cli_die(EXIT_USAGE, "bench bugs: %s", why);
	choose_engines(&b, o->engine, bench);
	bugs_list(&b, o->names, o->n_names);
	if (!b.engine[BUGS_LIBFUZZER] && !b.engine[BUGS_AFL]) {
		free_all(&b);
		return;
	}
	if (b.jobs == 0)
		b.jobs = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	if (b.jobs > POOL_JOBS_MAX)
		b.jobs = POOL_JOBS_MAX;
	stop_on_signals();
	must(bugs_build(&b, why), why);
	if (!stop_asked) {
		bugs_plan(&b);
		must(bugs_measure(&b, why), why);
	}
	if (b.n_runs > 0) {
		bugs_tell(&b, bench);
		must(bugs_draw(&b, picture, why), why);
	}
	if (stop_asked)
		cli_say("bench bugs: stopped; the same command goes on where it was");
	else if (!bench->json)
		printf("# curves: %s; runs: bugs.jsonl beside it\n", picture);
	free_all(&b);
}
