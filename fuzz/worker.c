#define _GNU_SOURCE
#include "fuzz/worker.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/afl.h"
#include "fuzz/targets.h"

static const double look_s = 1;

/* Paths and options of one run, which the child's argument list points at. */
struct words {
	char program[FILE_PATH_MAX], corpus[FILE_PATH_MAX], seeds[FILE_PATH_MAX],
		counters[FILE_PATH_MAX], cells[FILE_PATH_MAX], known[FILE_PATH_MAX];
	char sanitizer[FILE_PATH_MAX];
	char artifacts[FILE_PATH_MAX], dictionary[FILE_PATH_MAX];
	char seconds[40], seed[40], max_len[40];
};

static bool
fill_words(struct words *w, const struct worker_plan *p, char *why)
{
	enum target target = target_of(p->target);
	bool text = target == TARGET_TEXT;
	const char *theirs = getenv("ASAN_OPTIONS");

	snprintf(w->seconds, sizeof(w->seconds), "-max_total_time=%u", p->seconds);
	/* libFuzzer takes 32 bits, and 0 means that it may choose. */
	snprintf(w->seed, sizeof(w->seed), "-seed=%u", (unsigned int)(p->seed % 0xfffffffe) + 1);
	snprintf(w->max_len, sizeof(w->max_len), "-max_len=%d", text ? 4096 : WORKER_MAX_LEN);
	if (file_print(w->program, "%s/out/fuzz/%s", p->root, p->target) &&
	    file_print(w->corpus, "%s/%s", p->folder, p->target) &&
	    (text ? file_print(w->seeds, "%s/corpus/ops", p->root)
		  : file_print(w->seeds, "%s/%s", p->folder,
			       target == TARGET_RACE ? "seeds_race" : "seeds")) &&
	    file_print(w->counters, "GNTFUZZ_COUNTERS=%s/counters/%" PRIu64, p->folder, p->slice) &&
	    file_print(w->cells, "GNTFUZZ_CELLS=%s/cells/libfuzzer-%u", p->folder, p->place) &&
	    file_print(w->known, "GNTFUZZ_KNOWN=%s/known", p->folder) &&
	    /* What a sanitizer ends is a finding, too; by itself it says 1, as bad options do. */
	    file_print(w->sanitizer, "ASAN_OPTIONS=%s:exitcode=%d", theirs ? theirs : "",
		 WORKER_CRASHED) &&
	    file_print(w->dictionary, "-dict=%s/out/fuzz/%s.dict", p->root, p->target) &&
	    file_print(w->artifacts, "-artifact_prefix=%s/findings/%u.%s-", p->folder, p->place,
	       p->target))
		return true;
	snprintf(why, FILE_WHY, "%.80s...: the path is too long", p->folder);
	return false;
}

static bool
start_libfuzzer(struct worker *w, const struct worker_plan *p, char *why)
{
	static struct words words;
	struct child_args args = { .n = 0 };
	const char *environment[] = { words.counters, words.cells, words.known,
					words.sanitizer, NULL };

	if (!fill_words(&words, p, why))
		return false;
	child_arg(&args, words.program);
	child_arg(&args, words.seconds);
	child_arg(&args, words.seed);
	child_arg(&args, words.max_len);
	child_arg(&args, words.artifacts);
	/*
	 * Entropy's bookkeeping takes a third of the time with as many features as our own signal
	 * has.
	 */
	child_arg(&args, "-entropic=0");
	child_arg(&args, "-timeout=10");
	child_arg(&args, "-rss_limit_mb=1024");
	child_arg(&args, "-print_final_stats=1");
	if (file_exists(strchr(words.dictionary, '=') + 1))
		child_arg(&args, words.dictionary);
	child_arg(&args, words.corpus);
	child_arg(&args, words.seeds);
	return child_start(&w->child, &args, environment, why);
}

bool
worker_start(struct worker *w, const struct worker_plan *p, char *why)
{
	memset(w, 0, sizeof(*w));
	w->target = p->target;
	w->engine = p->engine;
	w->instance = p->instance;
	snprintf(w->folder, sizeof(w->folder), "%s", p->folder);
	w->end = child_clock() + p->seconds + WORKER_SLACK_S;
	w->running = p->engine == ENGINE_AFL ? afl_start(w, p, why) : start_libfuzzer(w, p, why);
	return w->running;
}

/* The number behind `mark' in the line, or `otherwise'. */
static uint64_t
number_after(const char *line, const char *mark, uint64_t otherwise)
{
	const char *at = strstr(line, mark);

	return at ? strtoull(at + strlen(mark), NULL, 10) : otherwise;
}

/* `#1234 NEW cov: 5 ft: 6 corp: 7/8Kb ...', or `stat::number_of_executed_units: N' at the end. */
static void
take_line(void *arg, const char *line)
{
	struct worker *w = arg;

	if (line[0] == '#') {
		w->runs = number_after(line, "#", w->runs);
		w->coverage = number_after(line, " cov: ", w->coverage);
		w->inputs = number_after(line, " corp: ", w->inputs);
	}
	w->runs = number_after(line, "stat::number_of_executed_units: ", w->runs);
}

/* What AFL++ has kept and found by now.  Its own sum is written when it ends, and seldom before. */
static void
look(struct worker *w)
{
	struct afl_stats s = { .runs = 0 };

	w->looked = child_clock();
	w->failures += exchange_take(&w->exchange, &w->given, w->instance_folder, w->folder,
				     w->target);
	afl_stats_add(&s, w->instance_folder);
	if (w->exchange.runs > s.runs)
		s.runs = w->exchange.runs;
	w->runs = s.runs > w->runs_before ? s.runs - w->runs_before : 0;
	w->inputs = w->exchange.inputs;
	w->coverage = s.edges;
}

bool
worker_poll(struct worker *w)
{
	bool open, afl = w->engine == ENGINE_AFL;

	if (!w->running)
		return false;
	open = child_read(&w->child, afl ? NULL : take_line, w);
	if (afl && child_clock() - w->looked > look_s)
		look(w);
	if (child_clock() > w->end)
		child_signal(&w->child, SIGKILL);
	/* The last lines are read before the end is asked for. */
	if (open || !child_ended(&w->child, &w->status))
		return false;
	if (afl)
		look(w);
	w->running = false;
	return true;
}

void
worker_stop(struct worker *w)
{
	child_signal(&w->child, w->engine == ENGINE_AFL ? SIGINT : SIGUSR1);
}

bool
worker_found(const struct worker *w)
{
	if (w->engine == ENGINE_AFL)
		return false;
	return w->status == WORKER_CRASHED || w->status == WORKER_TIMEOUT ||
	       w->status == WORKER_OOM;
}
