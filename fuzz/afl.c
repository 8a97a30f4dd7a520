#define _GNU_SOURCE
#include "fuzz/afl.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/child.h"
#include "fuzz/file.h"
#include "fuzz/targets.h"
#include "fuzz/worker.h"

enum { CANARY_SECONDS = 15, NAME = 24 };

/*
 * Said to every run.  Most of it is that this may be any machine: how it sets its clock rate and
 * what it does with cores are not ours to ask for.  AFL++ and its target keep to one processor, if
 * one is not taken: to wake each other on another costs several times what a program does.
 * Instances exchange at their start and then each minute.
 */
const char *const afl_always[] = {
	"AFL_NO_UI=1", "AFL_SKIP_CPUFREQ=1", "AFL_TRY_AFFINITY=1",
	"AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1", "AFL_NO_CRASH_README=1", "AFL_AUTORESUME=1",
	"AFL_IMPORT_FIRST=1", "AFL_SYNC_TIME=1", "AFL_FORKSRV_INIT_TMOUT=30000",
	"AFL_CAL_FAST=1", /* the targets are the same at each run */
	NULL,
};

enum { ALWAYS = sizeof(afl_always) / sizeof(afl_always[0]) - 1, OWN = 6 };

/* How a secondary chooses what to work on: each in another way. */
static const char *const schedules[] = { "explore", "coe", "fast", "lin", "rare", "exploit" };

enum { SCHEDULES = sizeof(schedules) / sizeof(schedules[0]) };

/* The words of one run, which the child's lists point at. */
struct afl_words {
	char fuzzer[FILE_PATH_MAX], program[FILE_PATH_MAX], seeds[FILE_PATH_MAX],
		out[FILE_PATH_MAX], foreign[FILE_PATH_MAX], dictionary[FILE_PATH_MAX],
		mutator[FILE_PATH_MAX], cells[FILE_PATH_MAX], known[FILE_PATH_MAX];
	char name[NAME], seconds[24], seed[24], max_len[24];
	const char *environment[ALWAYS + OWN];
};

bool
afl_find(char *path)
{
	const char *all = getenv("PATH");

	while (all && *all) {
		size_t n = strcspn(all, ":");

		if (snprintf(path, FILE_PATH_MAX, "%.*s/afl-fuzz", (int)n, all) < FILE_PATH_MAX &&
		    access(path, X_OK) == 0)
			return true;
		all += n + (all[n] == ':');
	}
	return false;
}

bool
afl_ready(const char *root, char *why)
{
	static const char *const built[] = { "fuzz_ops", "fuzz_race", "fuzz_text", "canary",
					     "mutator.so" };
	char path[FILE_PATH_MAX];

	if (!afl_find(path)) {
		snprintf(why, FILE_WHY, "afl-fuzz is not installed; run: apt-get install "
					"--no-install-recommends afl++");
		return false;
	}
	for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++)
		if (snprintf(path, sizeof(path), "%s/out/afl/%s", root, built[i]) >=
			    (int)sizeof(path) || !file_exists(path)) {
			snprintf(why, FILE_WHY,
				 "out/afl/%s is not built; run ./gntfuzz fuzz, which builds it",
				 built[i]);
			return false;
		}
	return true;
}

/* ------------------------------------------------------------------ starting */

static void
instance_name(char out[NAME], unsigned int instance)
{
	if (instance == 0)
		snprintf(out, NAME, "main");
	else
		snprintf(out, NAME, "secondary-%u", instance);
}

static bool
fill_words(struct afl_words *w, const struct worker_plan *p, char *why)
{
	enum target target = target_of(p->target);
	bool text = target == TARGET_TEXT;
	unsigned int n = ALWAYS;

	if (!afl_find(w->fuzzer))
		return afl_ready(p->root, why);
	instance_name(w->name, p->instance);
	snprintf(w->seconds, sizeof(w->seconds), "%u", p->seconds);
	snprintf(w->seed, sizeof(w->seed), "%" PRIu64, p->seed % INT32_MAX + 1);
	snprintf(w->max_len, sizeof(w->max_len), "%d", text ? 4096 : WORKER_MAX_LEN);
	memcpy(w->environment, afl_always, ALWAYS * sizeof(afl_always[0]));
	w->environment[n++] = w->cells;
	w->environment[n++] = w->known;
	if (!text) {
		w->environment[n++] = w->mutator;
		w->environment[n++] = "AFL_CUSTOM_MUTATOR_ONLY=1";
	}
	if (target == TARGET_RACE)
		w->environment[n++] = "GNTFUZZ_RACES=1";
	w->environment[n] = NULL;
	if (file_print(w->program, "%s/out/%s/%s", p->root, p->sanitized ? "afl_asan" : "afl",
		       p->target) &&
	    file_print(w->seeds, "%s/%s", text ? p->root : p->folder,
		       text ? "corpus/ops" : target == TARGET_RACE ? "seeds_race" : "seeds") &&
	    file_print(w->out, "%s/afl/%s", p->folder, p->target) &&
	    file_print(w->foreign, "%s/%s", p->folder, p->target) &&
	    file_print(w->dictionary, "%s/out/afl/%s.dict", p->root, p->target) &&
	    file_print(w->cells, "GNTFUZZ_CELLS=%s/cells/afl-%u", p->folder, p->place) &&
	    file_print(w->known, "GNTFUZZ_KNOWN=%s/known", p->folder) &&
	    file_print(w->mutator, "AFL_CUSTOM_MUTATOR_LIBRARY=%s/out/afl/mutator.so", p->root))
		return true;
	snprintf(why, FILE_WHY, "%.80s...: the path is too long", p->folder);
	return false;
}

static void
add_option(struct child_args *a, const char *option, const char *value)
{
	child_arg(a, option);
	child_arg(a, value);
}

static void
fill_args(struct child_args *a, const struct afl_words *w, const struct worker_plan *p)
{
	a->n = 0;
	child_arg(a, w->fuzzer);
	add_option(a, "-i", w->seeds);
	add_option(a, "-o", w->out);
	add_option(a, p->instance == 0 ? "-M" : "-S", w->name);
	if (p->instance == 0)
		add_option(a, "-F", w->foreign);
	else
		add_option(a, "-p", schedules[(p->instance - 1) % SCHEDULES]);
	add_option(a, "-V", w->seconds);
	add_option(a, "-G", w->max_len);
	add_option(a, "-s", w->seed);
	add_option(a, "-t", WORKER_TIMEOUT_MS);
	if (file_exists(w->dictionary))
		add_option(a, "-x", w->dictionary);
	child_arg(a, "--");
	child_arg(a, w->program);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

void
afl_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/*
 * An instance that was killed before it had begun cannot be resumed, and one that AFL++ refused to
 * resume need not be: what it found is in libFuzzer's folder too.
 */
static void
clear_instance(const char *folder, bool again)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	if (!file_exists(folder))
		return;
	if (again || !file_join(path, folder, "fuzzer_stats", why) || !file_exists(path))
		afl_remove(folder);
}

bool
afl_start(struct worker *w, const struct worker_plan *p, char *why)
{
	static struct afl_words words;
	struct afl_stats before = { .runs = 0 };
	struct child_args args;

	if (!fill_words(&words, p, why) || !file_make_folder(words.out, why) ||
	    !file_join(w->instance_folder, words.out, words.name, why))
		return false;
	/* What a run that was killed has left. */
	exchange_take(&w->exchange, &w->given, w->instance_folder, p->folder, p->target);
	clear_instance(w->instance_folder, p->again);
	w->exchange = (struct exchange){ .seen = 0 };
	afl_stats_add(&before, w->instance_folder);
	w->runs_before = before.runs;
	fill_args(&args, &words, p);
	return child_start(&w->child, &args, words.environment, why);
}

/* ------------------------------------------------------------------ canary */

static bool
has_crash(const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;
	bool found = false;

	if (!file_join(path, folder, "default/crashes", why) || !file_list(&l, path, why))
		return false;
	for (size_t i = 0; i < l.n; i++)
		found |= strncmp(l.name[i], "id:", 3) == 0;
	file_list_free(&l);
	return found;
}

bool
afl_canary(const char *root, const char *folder, char *why)
{
	const struct worker_plan p = { .root = root, .folder = folder, .target = "canary",
				       .seconds = CANARY_SECONDS, .seed = 1 };
	static struct afl_words w;
	static struct child c;
	struct child_args args = { .n = 0 };
	unsigned int n = ALWAYS;
	bool found;
	int status;

	if (!fill_words(&w, &p, why) || !file_join(w.out, folder, "afl/canary", why) ||
	    !file_make_folder(w.out, why))
		return false;
	/* Without our mutator: it must be found by any means, and it is another target's. */
	w.environment[n++] = "AFL_BENCH_UNTIL_CRASH=1";
	w.environment[n] = NULL;
	afl_remove(w.out);
	child_arg(&args, w.fuzzer);
	add_option(&args, "-i", w.seeds);
	add_option(&args, "-o", w.out);
	add_option(&args, "-V", w.seconds);
	add_option(&args, "-s", w.seed);
	add_option(&args, "-G", w.max_len);
	child_arg(&args, "--");
	child_arg(&args, w.program);
	status = child_run(&c, &args, w.environment, 2 * CANARY_SECONDS, why);
	found = has_crash(w.out);
	afl_remove(w.out);
	if (status != CHILD_NOT_STARTED && !found)
		snprintf(why, FILE_WHY,
			 "the canary, a target with a planted bug, was not found by AFL++ (status "
			 "%d): no result of it would mean anything", status);
	return found;
}

void
afl_forget(const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	if (file_join(path, folder, "afl", why))
		afl_remove(path);
}

/* ------------------------------------------------------------------ what it says */

/* `name   : number', the first of that name. */
static double
stat_of(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, name, n) == 0 && (at[n] == ' ' || at[n] == ':'))
			return strtod(at + n + strspn(at + n, " :"), NULL);
	}
	return 0;
}

bool
afl_stats_add(struct afl_stats *s, const char *folder)
{
	char path[FILE_PATH_MAX], text[4096], why[FILE_WHY];
	struct file_bytes f;
	double stability;

	if (!file_join(path, folder, "fuzzer_stats", why) || !file_read(&f, path, why))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)f.n, (const char *)f.bytes);
	free(f.bytes);
	stability = stat_of(text, "stability");
	if (s->instances++ == 0 || stability < s->stability)
		s->stability = stability;
	s->runs += (uint64_t)stat_of(text, "execs_done");
	s->inputs += (uint64_t)stat_of(text, "corpus_count");
	s->imported += (uint64_t)stat_of(text, "corpus_imported");
	s->crashes += (uint64_t)stat_of(text, "saved_crashes");
	s->hangs += (uint64_t)stat_of(text, "saved_hangs");
	if (stat_of(text, "edges_found") > (double)s->edges)
		s->edges = (uint64_t)stat_of(text, "edges_found");
	if (stat_of(text, "total_edges") > (double)s->edges_all)
		s->edges_all = (uint64_t)stat_of(text, "total_edges");
	if (stat_of(text, "cycles_done") > (double)s->cycles)
		s->cycles = (uint64_t)stat_of(text, "cycles_done");
	return true;
}

void
afl_stats_all(struct afl_stats *s, const char *campaign_folder, const char *target)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (snprintf(folder, sizeof(folder), "%s/afl/%s", campaign_folder, target) >=
		    (int)sizeof(folder) || !file_list(&l, folder, why))
		return;
	for (size_t i = 0; i < l.n; i++)
		if (file_join(path, folder, l.name[i], why))
			afl_stats_add(s, path);
	file_list_free(&l);
}
