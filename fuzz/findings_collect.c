/*
 * findings_collect: what engines died of, judged and classed.
 *
 * Each step leaves the folder so that the next run of the campaign can do the rest: an engine's
 * file goes only when its class is kept.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/cli.h"
#include "fuzz/findings.h"
#include "fuzz/guard.h"
#include "fuzz/load.h"
#include "fuzz/reduce.h"

/* An engine's own file: TARGET-KIND-HASH, no ending. */
static bool
is_artifact(const char *name, const char *target)
{
	size_t n = strlen(target);

	return strncmp(name, target, n) == 0 && name[n] == '-' && !strchr(name, '.');
}

static bool
is_any_artifact(const char *name)
{
	return is_artifact(name, "fuzz_ops") || is_artifact(name, "fuzz_race") ||
	       is_artifact(name, "fuzz_text");
}

void
findings_engine_ended(const struct findings *fs, unsigned int place)
{
	char folder[FILE_PATH_MAX], from[FILE_PATH_MAX], to[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_join(folder, fs->folder, "findings", why) || !file_list(&l, folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		char *dot;
		unsigned long of = strtoul(l.name[i], &dot, 10);

		if (dot == l.name[i] || *dot != '.' || !is_any_artifact(dot + 1) ||
		    (place != FINDINGS_EVERY_PLACE && of != place))
			continue;
		if (!file_join(from, folder, l.name[i], why) ||
		    !file_join(to, folder, dot + 1, why))
			cli_die(EXIT_USAGE, "%s", why);
		rename(from, to);
	}
	file_list_free(&l);
}

/* Said first: what is about to be run again may bring the machine down. */
static void
say_before(const char *path)
{
	cli_say("trying again: ./gntfuzz repro %s", path);
}

/*
 * A program that the ops target died of.  The target has the sanitizers, so if this process' own
 * simulation dies too, the target may say better of what; *target_only is then set.  An assertion
 * is the same on both, and the lanes minimise what dies of it a hundred times as fast.
 */
static enum verdict
judge_again(const struct program *p, const char *path, struct finding *f, bool *target_only)
{
	enum verdict v, on_target;
	struct finding better;
	char why[FILE_WHY];

	*target_only = false;
	v = guard_program(p, false, f, why);
	if (v == VERDICT_FAILURE && !finding_is_failure(f))
		return v;
	on_target = guard_target("fuzz_ops", path, &better, why);
	if (on_target != VERDICT_FAILURE ||
	    (v == VERDICT_FAILURE && strcmp(better.class, f->class) == 0))
		return v;
	*f = better;
	*target_only = true;
	return on_target;
}

static bool
same_bytes(const char *path, const struct file_bytes *f)
{
	char why[FILE_WHY];
	struct file_bytes other;
	bool same;

	if (!file_read(&other, path, why))
		return false;
	same = other.n == f->n && memcmp(other.bytes, f->bytes, f->n) == 0;
	free(other.bytes);
	return same;
}

/*
 * No engine gets behind an input that kills it, if it is among those that each run begins with.
 * Those that it kept are called by the hash at the end of the artifact's name.
 */
static void
give_no_more_of(const struct findings *fs, const char *path, const char *of, const char *begun)
{
	char seeds[FILE_PATH_MAX], inputs[FILE_PATH_MAX], seed[FILE_PATH_MAX], why[FILE_WHY];
	struct file_bytes f;
	struct file_list l;

	if (!file_join(inputs, fs->folder, of, why) ||
	    !file_join(seed, inputs, strrchr(path, '-') + 1, why) || unlink(seed) == 0 ||
	    !file_join(seeds, fs->folder, begun, why) || !file_is_folder(seeds) ||
	    !file_read(&f, path, why))
		return;
	if (!file_list(&l, seeds, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++)
		if (file_join(seed, seeds, l.name[i], why) && same_bytes(seed, &f))
			unlink(seed);
	file_list_free(&l);
	free(f.bytes);
}

static void
give_no_more(const struct findings *fs, const char *path)
{
	if (is_artifact(file_base(path), "fuzz_race"))
		give_no_more_of(fs, path, "fuzz_race", "seeds_race");
	else
		give_no_more_of(fs, path, "fuzz_ops", "seeds");
}

static bool
collect_ops(struct findings *fs, const char *path)
{
	static struct program p;
	char why[FILE_WHY];
	struct finding f;
	enum verdict v;
	bool target_only;

	if (!load_program(&p, path, why))
		cli_die(EXIT_RIG, "%s", why);
	say_before(path);
	v = judge_again(&p, path, &f, &target_only);
	/* An engine that is killed may leave a file without its bytes. */
	if (v != VERDICT_FAILURE && file_is_empty(path)) {
		unlink(path);
		return false;
	}
	/* It happened, though it does not happen again: that is worth a look too. */
	if (v != VERDICT_FAILURE)
		finding_of_failure(&f, "sim",
				   "an engine run failed on this input; it did not fail again");
	if (finding_is_failure(&f))
		give_no_more(fs, path);
	if (!findings_keep(fs, &p, &f)) {
		unlink(path);
		return false;
	}
	findings_keep_bytes(fs, &f, path);
	if (v == VERDICT_FAILURE)
		reduce_engine_find(fs, &p, &f, target_only);
	else
		findings_tell(fs, &p, &f);
	return true;
}

/* Text that the parser's target died of: only the bytes are kept. */
static bool
collect_text(struct findings *fs, const char *path)
{
	char why[FILE_WHY];
	struct finding f;
	enum verdict v;

	say_before(path);
	v = guard_target("fuzz_text", path, &f, why);
	if (v != VERDICT_FAILURE)
		finding_of_failure(&f, "sim",
				   "an engine run failed on this text; it did not fail again");
	if ((v == VERDICT_FAILURE || !file_is_empty(path)) && findings_keep_text(fs, &f, path))
		return true;
	unlink(path);
	return false;
}

void
findings_take(struct findings *fs, const struct program *p)
{
	char path[FILE_PATH_MAX], folder[FILE_PATH_MAX], why[FILE_WHY];
	uint8_t bytes[PROGRAM_BYTES_MAX];

	if (!file_join(folder, fs->folder, "findings", why) ||
	    !file_join(path, folder, "fuzz_ops-replayed", why) ||
	    !file_write(path, bytes, program_encode(p, bytes), why))
		cli_die(EXIT_RIG, "%s", why);
	findings_collect(fs);
}

unsigned int
findings_collect(struct findings *fs)
{
	char folder[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;
	unsigned int n_new = 0;

	if (!file_join(folder, fs->folder, "findings", why) || !file_list(&l, folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (!file_join(path, folder, l.name[i], why))
			cli_die(EXIT_USAGE, "%s", why);
		if (is_artifact(l.name[i], "fuzz_ops") || is_artifact(l.name[i], "fuzz_race"))
			n_new += collect_ops(fs, path);
		else if (is_artifact(l.name[i], "fuzz_text"))
			n_new += collect_text(fs, path);
	}
	file_list_free(&l);
	return n_new;
}
