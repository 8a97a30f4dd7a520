/*
 * minimize: the smallest program that shows what a given one does.
 *
 * What an artefact says of itself is believed where nothing else is asked for: its class and its
 * lanes.  On sim the engine's target is asked too, if model and simulation agree or the simulation
 * dies: it has the sanitizers, and says better of what.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/artefact.h"
#include "fuzz/cli.h"
#include "fuzz/evidence.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "fuzz/minimize.h"
#include "fuzz/stop.h"
#include "reports/json_line.h"

enum { TRIES = 3 };	/* to see it, on a real machine */

struct task {
	const char *in, *out;
	const char *class;	/* --class */
	struct cli_list lanes;
	uint64_t seconds;
	bool json;
	struct artefact artefact;
	char shown[sizeof(((struct finding *)0)->class)];
	struct program program;
	/* the work */
	struct judge judge;
	struct jury jury;
	struct minimize m;
	bool on_target;
};

/* ------------------------------------------------------------------ before */

static void
check_out(const struct task *t)
{
	struct stat in, out;

	if (t->out == NULL)
		return;
	if (!file_ends(t->out, ".gnt") && !file_ends(t->out, ".bin"))
		cli_die(EXIT_USAGE, "minimize: %s: ends in neither .gnt (text) nor .bin (bytes)",
			t->out);
	if (file_is_folder(t->out))
		cli_die(EXIT_USAGE, "minimize: %s: is a folder; name a file", t->out);
	if (strcmp(t->in, t->out) != 0 && stat(t->in, &in) == 0 && stat(t->out, &out) == 0 &&
	    in.st_dev == out.st_dev && in.st_ino == out.st_ino)
		cli_die(EXIT_USAGE, "minimize: %s: is the input by another name; to replace it, "
			"give the same name twice",
			t->out);
}

/* The lanes that it was found on, unless others are asked for. */
static void
use_recorded_lanes(struct task *t)
{
	const char *expected = t->artefact.lane_expected, *got = t->artefact.lane_got;

	if (t->lanes.n > 0 || got[0] == '\0' || strcmp(got, "sim") == 0)
		return;
	/* The model of a Xen's version was made to be that; two models are what they are called. */
	if (strncmp(expected, "model", strlen("model")) != 0 ||
	    strncmp(got, "model", strlen("model")) == 0)
		if (strcmp(expected, got) != 0)
			t->lanes.word[t->lanes.n++] = expected;
	t->lanes.word[t->lanes.n++] = got;
}

static void
read_in(struct task *t)
{
	char why[FILE_WHY];

	if (!artefact_read(&t->artefact, t->in, NULL, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (t->artefact.text_target)
		cli_die(EXIT_USAGE, "minimize: %s: is an input of the parser's target, not a "
			"program; out/fuzz/fuzz_text -minimize_crash=1 makes it smaller",
			t->in);
	t->program = t->artefact.program;
	use_recorded_lanes(t);
}

/* ------------------------------------------------------------------ what it shows */

static bool
has_expectations(const struct program *p)
{
	for (unsigned int i = 0; i < p->n_ops; i++)
		if (p->ops[i].kind == OP_EXPECT)
			return true;
	return false;
}

static void
open_lanes(struct task *t)
{
	const char *pair[2];
	char why[FILE_WHY] = "";
	bool broken = false;

	lanes_pair(pair, &t->lanes, "minimize");
	if (!judge_open(&t->judge, pair[0], pair[1], why, &broken))
		lanes_die(t->judge.not_opened, why, broken);
	judge_adapt(&t->judge, &t->program);
	/* In another world than it was written for a program need not answer what it says. */
	t->judge.check_expected = has_expectations(&t->program) && !t->judge.adapted;
	if (!jury_open(&t->jury, &t->judge, why))
		cli_die(EXIT_RIG, "%s", why);
}

static enum verdict
look(struct task *t, char *why)
{
	enum verdict v = jury_look(&t->jury, &t->program, why);

	for (int i = 1; i < TRIES && v == VERDICT_SUCCESS && t->jury.kind == &jury_machine; i++)
		v = jury_look(&t->jury, &t->program, why);
	return v;
}

/*
 * What the target shows, if that is more than the lanes do; else all is as it was.  An assertion is
 * the same on both, and the lanes judge it a hundred times as fast.
 */
static bool
target_shows(struct task *t)
{
	struct finding before = t->jury.finding;
	char why[FILE_WHY];

	jury_close(&t->jury);
	if (!jury_open(&t->jury, NULL, why))
		cli_die(EXIT_RIG, "%s", why);
	t->on_target = jury_look(&t->jury, &t->program, why) == VERDICT_FAILURE &&
		       strcmp(t->jury.finding.class, before.class) != 0;
	if (t->on_target)
		return true;
	jury_close(&t->jury);
	if (!jury_open(&t->jury, &t->judge, why))
		cli_die(EXIT_RIG, "%s", why);
	t->jury.finding = before;
	return false;
}

/* The class to keep.  Exits if there is none, or another than was asked for. */
static void
choose_class(struct task *t)
{
	const char *wanted = t->class ? t->class : t->artefact.class;
	char why[FILE_WHY] = "";
	enum verdict v = look(t, why);

	if (v == VERDICT_ERROR || v == VERDICT_SKIP)
		cli_die(v == VERDICT_SKIP ? EXIT_SKIP : EXIT_RIG, "%s: %s", t->in, why);
	if (t->judge.duel != NULL &&
	    (v == VERDICT_SUCCESS || finding_is_failure(&t->jury.finding)) && target_shows(t))
		v = VERDICT_FAILURE;
	if (v == VERDICT_SUCCESS)
		cli_die(EXIT_USAGE, "%s: shows nothing%s on %s and %s; there is nothing to "
			"minimise", t->in, t->artefact.class[0] ? " any more" : "",
			t->judge.expected_name, t->judge.got_name);
	snprintf(t->shown, sizeof(t->shown), "%s", t->jury.finding.class);
	if (wanted[0] != '\0' && strcmp(wanted, t->shown) != 0)
		cli_die(EXIT_USAGE, "%s: shows '%s', not the %s '%s'; to minimise that, give it "
			"as --class", t->in, t->shown, t->class ? "class asked for" :
			"recorded class", wanted);
}

/* ------------------------------------------------------------------ after */

/* The line that shows it again. */
static void
print_repro(const struct task *t, char *line, size_t n)
{
	const char *file = t->out ? t->out : "FILE", *got = t->judge.got_name;
	const char *expected = t->judge.expected_name;

	if (t->on_target || t->judge.duel != NULL)
		snprintf(line, n, "./gntfuzz repro %s", file);
	else if (strcmp(t->m.finding.lane_expected, "program") == 0)
		snprintf(line, n, "./gntfuzz run %s --lane %s", file, got);
	else
		snprintf(line, n, "./gntfuzz diff %s --lane %s --lane %s", file,
			 expected == t->judge.model_name ? "model" : expected, got);
}

static void
write_out(const struct task *t, const char *text)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	char why[FILE_WHY];
	bool ok;

	if (file_ends(t->out, ".bin"))
		ok = file_write(t->out, bytes, program_encode(&t->program, bytes), why);
	else
		ok = file_write(t->out, text, strlen(text), why);
	if (!ok)
		cli_die(EXIT_USAGE, "%s", why);
}

static void
print_json(const struct task *t)
{
	char *program = load_text(&t->program);
	cJSON *j = finding_json(&t->m.finding, program);

	cJSON_AddStringToObject(j, "file", t->in);
	if (t->out)
		cJSON_AddStringToObject(j, "out", t->out);
	cJSON_AddStringToObject(j, "how", t->m.how);
	cJSON_AddNumberToObject(j, "operations_before", t->m.n_ops);
	cJSON_AddNumberToObject(j, "operations", t->program.n_ops);
	cJSON_AddNumberToObject(j, "judged", (double)t->m.n_judged);
	cJSON_AddNumberToObject(j, "judged_last", (double)t->m.n_proof);
	cJSON_AddNumberToObject(j, "seconds", t->m.seconds);
	json_line(j, stdout);
	free(program);
}

/* Write it, and say what it is. */
static void
tell(const struct task *t)
{
	cJSON *race = evidence_race(&t->program, &t->m.finding);
	char repro[FILE_PATH_MAX + 300], *text;

	print_repro(t, repro, sizeof(repro));
	text = finding_text(&t->m.finding, &t->program, t->m.how, repro, race);
	cJSON_Delete(race);
	if (text == NULL)
		cli_die(EXIT_RIG, "out of memory for the program's text");
	if (t->out)
		write_out(t, text);
	if (t->json)
		print_json(t);
	else if (t->out)
		printf("%s: %s, %.2f s\n\n%s", t->out, t->m.how, t->m.seconds, text);
	else
		fputs(text, stdout);
	free(text);
}

int
verb_minimize(const struct cli_verb *v, int argc, char **argv)
{
	static struct task t = { .seconds = 60 };
	const struct cli_option options[] = {
		{ "-o", CLI_WORD, &t.out, 0, 0 },
		{ "--lane", CLI_LIST, &t.lanes, 0, 0 },
		{ "--class", CLI_WORD, &t.class, 0, 0 },
		{ "--time", CLI_NUMBER, &t.seconds, 1, 100000 },
		{ "--json", CLI_FLAG, &t.json, 0, 0 },
	};
	int n = cli_options(v, options, sizeof(options) / sizeof(options[0]), argc, argv);

	if (n != 1)
		cli_die(EXIT_USAGE, "minimize: %d files; give one, as in `minimize IN -o OUT'", n);
	t.in = argv[0];
	check_out(&t);
	read_in(&t);
	open_lanes(&t);
	choose_class(&t);
	stop_on_signals();
	t.m = (struct minimize){ .jury = &t.jury, .class = t.shown, .stop = &stop_asked,
				 .seconds_max = (double)t.seconds };
	t.m.dear = finding_is_failure(&t.jury.finding);
	if (t.m.dear && t.judge.got != NULL)
		t.m.n_begun = t.judge.got->n_begun;
	minimize_program(&t.m, &t.program);
	if (!t.m.again)
		cli_die(stop_asked ? EXIT_INTERRUPTED : EXIT_FINDING, "%s: %s", t.in, t.m.how);
	tell(&t);
	jury_close(&t.jury);
	judge_close(&t.judge);
	artefact_free(&t.artefact);
	if (stop_asked)
		return EXIT_INTERRUPTED;
	return t.m.minimal ? EXIT_OK : EXIT_FINDING;
}
