#define _GNU_SOURCE
#include "fuzz/worker.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Paths and options of one run, which the child's argument list points at. */
struct words {
	char program[FILE_PATH_MAX], corpus[FILE_PATH_MAX], seeds[FILE_PATH_MAX],
		counters[FILE_PATH_MAX], cells[FILE_PATH_MAX], known[FILE_PATH_MAX];
	char artifacts[FILE_PATH_MAX], seconds[40], seed[40], max_len[40];
};

static bool __attribute__((format(printf, 2, 3))) fill(char *out, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out, FILE_PATH_MAX, format, args);
	va_end(args);
	return n > 0 && n < FILE_PATH_MAX;
}

static bool
fill_words(struct words *w, const struct worker_plan *p, char *why)
{
	bool text = strcmp(p->target, "fuzz_text") == 0;

	snprintf(w->seconds, sizeof(w->seconds), "-max_total_time=%u", p->seconds);
	/* libFuzzer takes 32 bits, and 0 means that it may choose. */
	snprintf(w->seed, sizeof(w->seed), "-seed=%u", (unsigned int)(p->seed % 0xfffffffe) + 1);
	snprintf(w->max_len, sizeof(w->max_len), "-max_len=%d", text ? 4096 : WORKER_MAX_LEN);
	if (fill(w->program, "%s/out/fuzz/%s", p->root, p->target) &&
	    fill(w->corpus, "%s/%s", p->folder, p->target) &&
	    (text ? fill(w->seeds, "%s/corpus/ops", p->root)
		  : fill(w->seeds, "%s/seeds", p->folder)) &&
	    fill(w->counters, "GNTFUZZ_COUNTERS=%s/counters/%" PRIu64, p->folder, p->slice) &&
	    fill(w->cells, "GNTFUZZ_CELLS=%s/cells/libfuzzer-%u", p->folder, p->place) &&
	    fill(w->known, "GNTFUZZ_KNOWN=%s/known", p->folder) &&
	    fill(w->artifacts, "-artifact_prefix=%s/findings/%s-", p->folder, p->target))
		return true;
	snprintf(why, FILE_WHY, "%.80s...: the path is too long", p->folder);
	return false;
}

bool
worker_start(struct worker *w, const struct worker_plan *p, char *why)
{
	static struct words words;
	struct child_args args = { .n = 0 };
	const char *environment[] = { words.counters, words.cells, words.known, NULL };

	memset(w, 0, sizeof(*w));
	w->target = p->target;
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
	child_arg(&args, words.corpus);
	child_arg(&args, words.seeds);
	w->running = child_start(&w->child, &args, environment, why);
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

bool
worker_poll(struct worker *w)
{
	bool open;

	if (!w->running)
		return false;
	open = child_read(&w->child, take_line, w);
	/* The last lines are read before the end is asked for. */
	if (open || !child_ended(&w->child, &w->status))
		return false;
	w->running = false;
	return true;
}

bool
worker_found(const struct worker *w)
{
	return w->status == WORKER_CRASHED || w->status == WORKER_TIMEOUT ||
	       w->status == WORKER_OOM;
}
