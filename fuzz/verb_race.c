/* race: which outcomes programs with races have, how often, and whether they may. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diff/race.h"
#include "fuzz/cli.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "fuzz/race_keep.h"
#include "fuzz/race_tally.h"
#include "reports/json_line.h"

enum { RUNS_XEN = 1000, RUNS_SIM = 1000000, RUNS_MAX = 1000000000 };

struct race_verb {
	uint64_t runs, seed;		/* runs 0: the lane's own number */
	bool json;
	const char *folder;		/* where findings go */
	struct race_lane lane;
	struct program program;
	char why[FILE_WHY];
	/* Of all programs and lanes. */
	unsigned long n_programs, n_skipped, n_passed_over, n_runs, n_pruned;
	unsigned long n_overlapped, n_seen, n_unseen, n_findings, n_unsure;
	unsigned long n_several, n_both;	/* that may end in several ways; that did */
	struct outcome least;			/* of those: the rarest that was seen */
	double began;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ findings */

static void
print_found(const struct race_verb *r, const struct race_tally *t)
{
	const struct race_keeper keeper = { r->folder, r->runs > 0 ? r->runs : RUNS_XEN, r->seed };
	char text[1200], repro[RACE_REPRO], *kept;

	if (t->found.n == 0)
		return;
	if (!r->json) {
		finding_print(&t->found.finding, text, sizeof(text));
		printf("  not as the model allows, %lu times:\n%s", t->found.n, text);
	}
	kept = race_keep(&keeper, &r->lane, t, repro);
	if (!r->json) {
		printf("    again: %s\n", repro);
		printf("    kept: %s\n    page: ./gntfuzz report %s\n", kept, r->folder);
		if (t->console[0] != '\0')
			printf("    console: %s\n", t->console);
	}
	if (r->lane.xen != NULL)
		cli_say("a finding on a real Xen: SECURITY.md says what to do with it");
	free(kept);
}

/* ------------------------------------------------------------------ outcomes */

static double
share(const struct race_tally *t, unsigned int i)
{
	const struct outcomes *o = &t->outcomes;

	return o->n_runs > 0 ? 100.0 * (double)o->of[i].n / (double)o->n_runs : 0;
}

static void
print_text(const struct race_verb *r, const char *path, const struct race_tally *t)
{
	const struct outcomes *o = &t->outcomes;

	printf("%s on %s: ", path, r->lane.name);
	if (r->lane.xen == NULL)
		printf("%lu interleavings, %lu more pruned%s\n", o->n_runs, t->n_pruned,
		       t->cut_short ? "; there are others" : "");
	else
		printf("%lu runs, %lu of them overlapped, seed %" PRIu64 "\n", o->n_runs,
		       t->n_overlapped, r->seed);
	for (unsigned int i = 0; i < o->n; i++)
		printf("  %10lu %6.2f %%  %s%s\n", o->of[i].n, share(t, i), o->of[i].answers,
		       !o->of[i].allowed ? "  (NOT ALLOWED)" :
		       o->of[i].n == 0 ? "  (allowed, not seen)" : "");
	if (t->n_unsure > 0)
		printf("  not judged to the end: %lu runs; the model has more orders than were "
		       "tried\n", t->n_unsure);
	if (o->cut_short)
		printf("  the model allows more: not all its orders were tried\n");
}

static cJSON *
outcomes_json(const struct race_tally *t)
{
	const struct outcomes *o = &t->outcomes;
	cJSON *all = cJSON_CreateArray();

	for (unsigned int i = 0; i < o->n; i++) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "answers", o->of[i].answers);
		cJSON_AddNumberToObject(one, "count", (double)o->of[i].n);
		cJSON_AddNumberToObject(one, "percent", share(t, i));
		cJSON_AddBoolToObject(one, "allowed", o->of[i].allowed);
		cJSON_AddItemToArray(all, one);
	}
	return all;
}

static void
print_json(const struct race_verb *r, const char *path, const struct race_tally *t)
{
	cJSON *j = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(j, "program", path);
	cJSON_AddStringToObject(j, "lane", r->lane.name);
	cJSON_AddNumberToObject(j, "runs", (double)t->outcomes.n_runs);
	if (r->lane.xen == NULL)
		cJSON_AddNumberToObject(j, "pruned", (double)t->n_pruned);
	else
		cJSON_AddNumberToObject(j, "overlapped", (double)t->n_overlapped);
	if (r->lane.xen != NULL)
		cJSON_AddNumberToObject(j, "seed", (double)r->seed);
	cJSON_AddNumberToObject(j, "unsure", (double)t->n_unsure);
	cJSON_AddBoolToObject(j, "complete", !t->cut_short && !t->outcomes.cut_short);
	cJSON_AddItemToObject(j, "outcomes", outcomes_json(t));
	cJSON_AddNumberToObject(j, "findings", (double)t->found.n);
	if (t->found.n > 0) {
		text = load_text(&t->found.program);
		cJSON_AddItemToObject(j, "finding", finding_json(&t->found.finding, text));
		cJSON_AddNumberToObject(j, "finding_seed", t->found.seed);
		free(text);
	}
	json_line(j, stdout);
}

/* ------------------------------------------------------------------ programs */

static void
add_up(struct race_verb *r, const struct race_tally *t)
{
	struct outcomes_sum s = outcomes_sum(&t->outcomes);

	r->n_programs++;
	r->n_runs += t->outcomes.n_runs;
	r->n_overlapped += t->n_overlapped;
	r->n_pruned += t->n_pruned;
	r->n_unsure += t->n_unsure;
	r->n_seen += s.seen;
	r->n_unseen += s.unseen;
	r->n_findings += t->found.n > 0;
	r->n_several += s.seen + s.unseen > 1;
	r->n_both += s.seen > 1;
	for (unsigned int i = 0; i < t->outcomes.n && s.seen + s.unseen > 1; i++) {
		const struct outcome *o = &t->outcomes.of[i];

		if (o->n > 0 && (r->least.n == 0 || o->n < r->least.n))
			r->least = *o;
	}
}

/* It has its place in the table, and says why there is nothing in it. */
static void
skip_one(struct race_verb *r, const char *path)
{
	cJSON *j;

	r->n_skipped++;
	if (!r->json) {
		printf("%s on %s: skipped: %s\n", path, r->lane.name, r->why);
		return;
	}
	j = cJSON_CreateObject();
	cJSON_AddStringToObject(j, "program", path);
	cJSON_AddStringToObject(j, "lane", r->lane.name);
	cJSON_AddStringToObject(j, "skipped", r->why);
	json_line(j, stdout);
}

/* r->program, from that file. */
static void
race_one(struct race_verb *r, const char *path)
{
	static struct race_tally t;
	uint64_t runs = r->runs;
	enum verdict v;

	if (runs == 0)
		runs = r->lane.xen != NULL ? RUNS_XEN : RUNS_SIM;
	race_lane_adapt(&r->lane, &r->program);
	v = race_tally(&t, &r->lane, &r->program, runs, (uint32_t)r->seed, r->why);
	if (v == VERDICT_ERROR)
		cli_die(EXIT_RIG, "%s on %s: %s", path, r->lane.name, r->why);
	if (v == VERDICT_SKIP) {
		skip_one(r, path);
		return;
	}
	if (r->json)
		print_json(r, path, &t);
	else
		print_text(r, path, &t);
	print_found(r, &t);
	fflush(stdout);		/* the next one may take its time */
	add_up(r, &t);
	race_tally_free(&t);
}

/* All programs with races in a folder; those without are not meant. */
static void
each_in(struct race_verb *r, const char *folder, void (*do_one)(struct race_verb *, const char *))
{
	char path[FILE_PATH_MAX];
	struct file_list files;

	if (!file_list(&files, folder, r->why))
		cli_die(EXIT_USAGE, "%s", r->why);
	for (size_t i = 0; i < files.n; i++) {
		if (!load_is_program(files.name[i]) ||
		    !file_join(path, folder, files.name[i], r->why) || file_is_folder(path))
			continue;
		if (!load_program(&r->program, path, r->why))
			cli_die(EXIT_USAGE, "%s", r->why);
		if (race_any(&r->program))
			do_one(r, path);
		else
			r->n_passed_over++;
	}
	file_list_free(&files);
}

static void
each(struct race_verb *r, int n, char **names, void (*do_one)(struct race_verb *, const char *))
{
	for (int i = 0; i < n; i++) {
		if (file_is_folder(names[i])) {
			each_in(r, names[i], do_one);
			continue;
		}
		if (!load_program(&r->program, names[i], r->why))
			cli_die(EXIT_USAGE, "%s", r->why);
		do_one(r, names[i]);
	}
}

static void
only_load(struct race_verb *r, const char *path)
{
	(void)r;
	(void)path;
}

static void
print_total(const struct race_verb *r)
{
	double seconds = now() - r->began;
	cJSON *j;

	if (!r->json) {
		printf("total: %lu programs, %lu skipped, %lu runs (%.0f/s), %lu pruned, "
		       "%lu overlapped; "
		       "%lu outcomes seen, %lu allowed and not seen, %lu findings, "
		       "%lu runs not judged to the end\n",
		       r->n_programs, r->n_skipped, r->n_runs, (double)r->n_runs / seconds,
		       r->n_pruned, r->n_overlapped, r->n_seen, r->n_unseen, r->n_findings,
		       r->n_unsure);
		printf("of %lu programs that may end in several ways %lu did", r->n_several,
		       r->n_both);
		if (r->least.n > 0)
			printf("; least seen, %lu times: %s", r->least.n, r->least.answers);
		putchar('\n');
		return;
	}
	j = cJSON_CreateObject();
	cJSON_AddNumberToObject(j, "programs", (double)r->n_programs);
	cJSON_AddNumberToObject(j, "skipped", (double)r->n_skipped);
	cJSON_AddNumberToObject(j, "without_race", (double)r->n_passed_over);
	cJSON_AddNumberToObject(j, "runs", (double)r->n_runs);
	cJSON_AddNumberToObject(j, "pruned", (double)r->n_pruned);
	cJSON_AddNumberToObject(j, "unsure", (double)r->n_unsure);
	cJSON_AddNumberToObject(j, "seen", (double)r->n_seen);
	cJSON_AddNumberToObject(j, "unseen", (double)r->n_unseen);
	cJSON_AddNumberToObject(j, "findings", (double)r->n_findings);
	cJSON_AddNumberToObject(j, "overlapped", (double)r->n_overlapped);
	cJSON_AddNumberToObject(j, "may_differ", (double)r->n_several);
	cJSON_AddNumberToObject(j, "differed", (double)r->n_both);
	if (r->least.n > 0) {
		cJSON_AddNumberToObject(j, "least_count", (double)r->least.n);
		cJSON_AddStringToObject(j, "least_answers", r->least.answers);
	}
	cJSON_AddNumberToObject(j, "seconds", seconds);
	json_line(j, stdout);
}

int
verb_race(const struct cli_verb *v, int argc, char **argv)
{
	static struct race_verb r = { .seed = 1 };
	struct cli_list lanes = { { NULL }, 0 };
	const struct cli_option options[] = {
		{ "--lane", CLI_LIST, &lanes, 0, 0 },
		{ "--runs", CLI_NUMBER, &r.runs, 1, RUNS_MAX },
		{ "--seed", CLI_NUMBER, &r.seed, 0, UINT32_MAX },
		{ "--out", CLI_WORD, &r.folder, 0, 0 },
		{ "--json", CLI_FLAG, &r.json, 0, 0 },
	};
	int n = cli_options(v, options, sizeof(options) / sizeof(options[0]), argc, argv);
	char folder[FILE_PATH_MAX];

	if (n == 0)
		cli_die(EXIT_USAGE, "race: no program; give files or folders");
	if (lanes.n == 0)
		lanes.word[lanes.n++] = "sim";
	cli_root_path(folder, sizeof(folder), "out/race");
	if (r.folder == NULL)
		r.folder = folder;
	/* A bad file is told before a machine is booted for it. */
	each(&r, n, argv, only_load);
	r.n_passed_over = 0;
	r.began = now();
	for (unsigned int i = 0; i < lanes.n; i++) {
		race_lane_open(&r.lane, lanes.word[i]);
		each(&r, n, argv, race_one);
		race_lane_close(&r.lane);
	}
	print_total(&r);
	if (r.n_findings > 0)
		return EXIT_FINDING;
	if (r.n_programs == 0 && r.n_skipped == 0)
		cli_die(EXIT_USAGE, "race: no program with a race in what was given");
	return r.n_programs > 0 ? EXIT_OK : EXIT_SKIP;
}
