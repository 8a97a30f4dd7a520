/*
 * repro: run any artefact again and say plainly whether it still shows what it was kept for.
 *
 * On sim it runs beside the model in a process of its own, and then, if that shows nothing, on the
 * engine's target, which has the sanitizers.  On another lane it runs there; what it may crash is
 * then a machine of its own.  The line that does it again is printed before it is done.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/root.h"
#include "diff/tell.h"
#include "fuzz/artefact.h"
#include "fuzz/cli.h"
#include "fuzz/evidence.h"
#include "fuzz/guard.h"
#include "fuzz/judge.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "reports/json_line.h"
#include "reports/race_told.h"

enum { TIMES_MAX = 10000 };

struct repro {
	struct artefact artefact;
	const char *lane;	/* what it runs on, beside the model */
	bool json;
	uint64_t times;
	unsigned int n_same, n_other, n_none;
	struct judge judge;	/* of lanes other than sim */
	struct finding finding;	/* the last that came, of the recorded class if that did */
	char why[FILE_WHY];
};

/* ------------------------------------------------------------------ one run */

/* The bytes that an engine's target takes, in a file without a name that outlives us. */
static int
temporary(char *path, size_t n, const void *bytes, size_t n_bytes)
{
	int fd = root_temp_file(path, n);

	if (fd >= 0 && write(fd, bytes, n_bytes) == (ssize_t)n_bytes)
		return fd;
	cli_die(EXIT_RIG, "%s: cannot write a temporary file; set TMPDIR", path);
}

static enum verdict
on_target(const char *target, const void *bytes, size_t n, struct finding *f, char *why)
{
	char path[FILE_PATH_MAX];
	int fd = temporary(path, sizeof(path), bytes, n);
	enum verdict v = guard_target(target, path, f, why);

	close(fd);
	unlink(path);
	return v;
}

static enum verdict
on_sim(const struct program *p, struct finding *f, char *why)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	enum verdict v = guard_program(p, true, f, why);

	if (v != VERDICT_SUCCESS)
		return v;
	v = on_target("fuzz_ops", bytes, program_encode(p, bytes), f, why);
	if (v == VERDICT_SKIP)
		cli_say("%s: sanitizers were not tried", why);
	return v == VERDICT_SKIP ? VERDICT_SUCCESS : v;
}

static bool
is_sim(const struct repro *r)
{
	return strcmp(r->lane, "sim") == 0;
}

static enum verdict
run_once(struct repro *r, struct finding *f)
{
	struct program p = r->artefact.program;

	if (r->artefact.text_target)
		return on_target("fuzz_text", r->artefact.bytes.bytes, r->artefact.bytes.n, f,
				 r->why);
	if (is_sim(r))
		return on_sim(&p, f, r->why);
	return judge_run(&r->judge, &p, f, r->why);
}

/* ------------------------------------------------------------------ all runs */

/*
 * Whether it is the class that was recorded.  What follows a `@' is the sort of lane that shows it,
 * which counts unless another lane was asked for.
 */
static bool
is_recorded(const struct repro *r, const struct finding *f)
{
	const char *recorded = r->artefact.class;

	if (strcmp(recorded, f->class) == 0)
		return true;
	return strcmp(r->lane, r->artefact.lane_got) != 0 && recorded[0] != '\0' &&
	       strcspn(recorded, "@") == strcspn(f->class, "@") &&
	       strncmp(recorded, f->class, strcspn(recorded, "@")) == 0;
}

static void
run_all(struct repro *r)
{
	struct finding f;

	for (uint64_t i = 0; i < r->times; i++) {
		enum verdict v = run_once(r, &f);

		if (v == VERDICT_ERROR || v == VERDICT_SKIP)
			cli_die(v == VERDICT_SKIP ? EXIT_SKIP : EXIT_RIG, "%s on %s: %s",
				r->artefact.path, r->lane, r->why);
		if (v == VERDICT_SUCCESS) {
			r->n_none++;
			continue;
		}
		if (r->n_same == 0 || is_recorded(r, &f))
			r->finding = f;
		if (is_recorded(r, &f))
			r->n_same++;
		else
			r->n_other++;
	}
}

/* What came, against what was recorded. */
static const char *
judgement(const struct repro *r)
{
	bool recorded = r->artefact.class[0] != '\0';

	if (r->n_same > 0)
		return strcmp(r->artefact.class, r->finding.class) == 0 ? "same class"
			: "same class, on another sort of lane";
	if (r->n_other > 0)
		return recorded ? "difference, of another class than recorded" : "difference";
	return recorded ? "none: what was recorded does not show any more"
			: "none: no difference";
}

/* ------------------------------------------------------------------ what is said */

/* As a shell takes it for one word. */
static void
print_word(char *out, size_t n, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "_-+=./:,@%";
	bool quote = s[strspn(s, plain)] != '\0';
	size_t used = 0;

	for (used += quote; *s != '\0' && used + 6 < n; s++) {
		if (*s == '\'')
			memcpy(out + used, "'\\''", 4);
		else
			out[used] = *s;
		used += *s == '\'' ? 4 : 1;
	}
	if (quote)
		out[0] = out[used++] = '\'';
	out[used] = '\0';
}

/* The line that does this again: said at once, as what comes may end us. */
static void
announce(const struct repro *r)
{
	char line[2 * FILE_PATH_MAX], path[FILE_PATH_MAX + 16], lane[ARTEFACT_LANE + 16];

	print_word(path, sizeof(path), r->artefact.path);
	print_word(lane, sizeof(lane), r->lane);
	snprintf(line, sizeof(line), "./gntfuzz repro %s%s%s", path,
		 r->artefact.text_target ? "" : " --lane ", r->artefact.text_target ? "" : lane);
	tell_printable(line);
	if (r->json) {
		cli_say("again: %s", line);
		return;
	}
	printf("again: %s\n", line);
	fflush(stdout);
}

/* The race that shows it, if there is one.  To be deleted. */
static cJSON *
race_of(const struct repro *r)
{
	return r->artefact.text_target ? NULL :
					 evidence_race(&r->artefact.program, &r->finding);
}

static void
print_json(const struct repro *r, const char *program)
{
	bool found = r->n_same + r->n_other > 0;
	cJSON *j = found ? finding_json(&r->finding, program) : cJSON_CreateObject();
	cJSON *race = found ? race_of(r) : NULL;

	if (race != NULL)
		cJSON_AddItemToObject(j, "race", race);
	cJSON_AddStringToObject(j, "file", r->artefact.path);
	cJSON_AddStringToObject(j, "lane", r->lane);
	cJSON_AddStringToObject(j, "recorded", r->artefact.class);
	cJSON_AddStringToObject(j, "result", judgement(r));
	cJSON_AddNumberToObject(j, "times", (double)r->times);
	cJSON_AddNumberToObject(j, "same", r->n_same);
	cJSON_AddNumberToObject(j, "other", r->n_other);
	json_line(j, stdout);
}

static void
print_race(const struct repro *r)
{
	cJSON *race = race_of(r);

	if (race == NULL)
		return;
	fputc('\n', stdout);
	race_told_print(race, "", stdout);
	cJSON_Delete(race);
}

static void
print_text(const struct repro *r, const char *program)
{
	char text[900];

	printf("%s: %s\n", r->artefact.path, judgement(r));
	if (r->times > 1 && r->artefact.class[0] != '\0')
		printf("of %llu runs: %u the same class, %u another, %u nothing\n",
		       (unsigned long long)r->times, r->n_same, r->n_other, r->n_none);
	else if (r->times > 1)
		printf("of %llu runs: %u a difference, %u nothing\n",
		       (unsigned long long)r->times, r->n_other, r->n_none);
	if (r->n_same == 0 && r->artefact.class[0] != '\0')
		printf("  recorded: %s\n", r->artefact.class);
	if (r->n_same + r->n_other == 0)
		return;
	finding_print(&r->finding, text, sizeof(text));
	fputs(text, stdout);
	if (r->finding.console != NULL)
		printf("  console: %s\n", r->finding.console);
	if (program)
		printf("\n%s", program);
	print_race(r);
}

/* ------------------------------------------------------------------ the verb */

/* Where it was found, unless something else was asked for; sim if nobody says. */
static void
choose_lane(struct repro *r, const char *asked)
{
	const char *found_on = r->artefact.lane_got;

	r->lane = asked != NULL ? asked : found_on[0] != '\0' ? found_on : "sim";
	if (!lanes_known(r->lane))
		lanes_die(r->lane, "", false);
}

/* Pre: the lane is not sim.  What it was compared with is the model, or else another lane. */
static void
open_lane(struct repro *r)
{
	const char *expected = r->artefact.lane_expected;
	bool broken;

	if (expected[0] == '\0' || strncmp(expected, "model", 5) == 0 ||
	    strcmp(expected, r->lane) == 0)
		expected = "model";
	if (!judge_open(&r->judge, expected, r->lane, r->why, &broken))
		lanes_die(r->judge.not_opened, r->why, broken);
	r->judge.check_expected = true;
}

int
verb_repro(const struct cli_verb *v, int argc, char **argv)
{
	static struct repro r = { .times = 1 };
	const char *lane = NULL, *folder = NULL;
	const struct cli_option options[] = {
		{ "--lane", CLI_WORD, &lane, 0, 0 },
		{ "--times", CLI_NUMBER, &r.times, 1, TIMES_MAX },
		{ "--out", CLI_WORD, &folder, 0, 0 },
		{ "--json", CLI_FLAG, &r.json, 0, 0 },
	};
	int n = cli_options(v, options, sizeof(options) / sizeof(options[0]), argc, argv);
	char *program = NULL;

	if (n != 1)
		cli_die(EXIT_USAGE, "repro: %d files; give one", n);
	if (!artefact_read(&r.artefact, argv[0], folder, r.why))
		cli_die(EXIT_USAGE, "%s", r.why);
	choose_lane(&r, lane);
	if (!is_sim(&r) && !r.artefact.text_target)
		open_lane(&r);
	announce(&r);
	run_all(&r);
	if (!is_sim(&r) && r.judge.adapted)
		cli_say("%s: header changed for %s; the program's own answers did not count",
			r.artefact.path, r.lane);
	if (!r.artefact.text_target)
		program = load_text(&r.artefact.program);
	(r.json ? print_json : print_text)(&r, program);
	free(program);
	if (!is_sim(&r))
		judge_close(&r.judge);
	artefact_free(&r.artefact);
	return r.n_same + r.n_other > 0 ? EXIT_FINDING : EXIT_OK;
}
