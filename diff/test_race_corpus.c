/*
 * test_race_corpus FILE...: each program's races show the outcomes that it lists, and no others.
 *
 * A program lists them in comments, the answers of its races' operations in the order in which they
 * are written:
 *
 *	# outcome: busy ; okay
 *
 * They are compared, both ways, with those of all orders of steps on the simulated hypervisor
 * (arch/sim/explore.h), each of which the duel finds good as well, and with those that the model
 * allows (race_set_all).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sim/explore.h"
#include "diff/duel.h"
#include "diff/race.h"
#include "diff/race_set.h"
#include "diff/said.h"
#include "diff/tell.h"
#include "diff/text.h"
#include "diff/violation.h"

enum { TEXT_BYTES_MAX = 1 << 16 };

struct test {
	const char *path;
	char text[TEXT_BYTES_MAX];
	struct program program;
	struct duel *duel;
	struct explore *explore;
	struct model *model;
	struct race_set *set;
	struct said listed, seen, allowed;
	unsigned long runs;
};

/* ------------------------------------------------------------------ outcomes */

/* Add operation `at`'s answer to what was said, if it is in a race and no mark. */
static void
say(const struct program *p, const struct trace *t, unsigned int at, char said[SAID_LENGTH])
{
	const enum op_kind kind = p->ops[at].kind;
	size_t n = strlen(said);
	struct race_place place;
	enum result_class c;
	int32_t value;

	if (!race_at(&place, p, at) || race_branch_of(&place, at) == place.n || kind == OP_EXPECT)
		return;
	if (n > 0)
		n += (size_t)snprintf(said + n, SAID_LENGTH - n, " ; ");
	if (n >= SAID_LENGTH)
		return;
	c = trace_headline(&t->record[at], kind, &value);
	text_print_result(kind, c, value, said + n, SAID_LENGTH - n);
}

static void
note_trace(const struct program *p, const struct trace *t, struct said *o)
{
	char said[SAID_LENGTH] = "";

	for (unsigned int at = 0; at < p->n_ops; at++)
		say(p, t, at, said);
	said_note(o, said);
}

static void
note_allowed(void *ctx, const struct trace *t)
{
	struct test *test = ctx;

	note_trace(&test->program, t, &test->allowed);
}

/* Tell what is in a and not in b.  Returns whether that is nothing. */
static bool
is_within(const struct test *t, const struct said *a, const struct said *b,
	  const char *what)
{
	bool good = true;

	for (unsigned int i = 0; i < a->n; i++)
		if (!said_has(b, a->words[i])) {
			printf("%s: %s:\n# outcome: %s\n", t->path, what, a->words[i]);
			good = false;
		}
	return good;
}

/* ------------------------------------------------------------------ a program */

static bool
load(struct test *t)
{
	struct text_error e;
	FILE *f = fopen(t->path, "rb");
	size_t n;

	if (f == NULL) {
		perror(t->path);
		return false;
	}
	n = fread(t->text, 1, sizeof(t->text) - 1, f);
	fclose(f);
	t->text[n] = '\0';
	if (!text_parse(&t->program, &e, t->text, n)) {
		printf("%s:%u:%u: %s\n", t->path, e.line, e.column, e.what);
		return false;
	}
	if (!race_any(&t->program))
		printf("%s: has no race\n", t->path);
	return race_any(&t->program);
}

static bool
list(struct test *t)
{
	static const char word[] = "# outcome: ";
	char said[SAID_LENGTH];

	for (const char *s = t->text; (s = strstr(s, word)) != NULL;) {
		s += strlen(word);
		snprintf(said, sizeof(said), "%.*s", (int)strcspn(s, "\n"), s);
		if (said_has(&t->listed, said)) {
			printf("%s: lists twice: %s\n", t->path, said);
			return false;
		}
		said_note(&t->listed, said);
	}
	return true;
}

/* With the turns of its race, if it has no other, that the last run took. */
static void
tell(struct test *t, const struct difference *why)
{
	violation_keep_turns(t->duel, &t->program);
	printf("%s:\n", t->path);
	tell_difference(stdout, &t->program, why);
}

static bool
explore(struct test *t)
{
	struct explore_count n;
	struct difference why;

	explore_start(t->explore, t->program.header.arm);
	do {
		if (!duel_run(t->duel, &t->program, true, &why)) {
			tell(t, &why);
			return false;
		}
		if (!explore_pruned(t->explore))
			note_trace(&t->program, duel_got(t->duel), &t->seen);
	} while (explore_next(t->explore));
	n = explore_count(t->explore);
	t->runs += n.n_runs;
	if (n.deep)
		printf("%s: has more orders than can be tried\n", t->path);
	return !n.deep;
}

static bool
ask_model(struct test *t)
{
	struct profile reference = profile_for(PROFILE_REFERENCE);

	race_set_all(t->set, t->model, &t->program, &reference, true, RACE_SET_RUNS_MAX,
		     note_allowed, t);
	if (race_set_count(t->set)->cut_short)
		printf("%s: has more orders than the model can try\n", t->path);
	return !race_set_count(t->set)->cut_short;
}

/* Each set is compared with what is listed, so that one run tells all that is wrong. */
static bool
holds(struct test *t, const char *path)
{
	bool good;

	t->path = path;
	t->listed.n = t->seen.n = t->allowed.n = 0;
	t->listed.full = t->seen.full = t->allowed.full = false;
	if (!load(t) || !list(t) || !explore(t) || !ask_model(t))
		return false;
	good = is_within(t, &t->listed, &t->seen, "listed, but no order shows it");
	good &= is_within(t, &t->seen, &t->listed, "not listed, but an order shows it");
	good &= is_within(t, &t->listed, &t->allowed, "listed, but the model has no such order");
	good &= is_within(t, &t->allowed, &t->listed, "not listed, but the model allows it");
	if (t->listed.full || t->seen.full || t->allowed.full)
		printf("%s: has more than %d outcomes\n", path, SAID_MAX);
	return good && t->listed.n > 0 && !t->listed.full && !t->seen.full && !t->allowed.full;
}

static bool
set_up(struct test *t)
{
	t->duel = duel_new();
	t->explore = explore_new();
	t->set = race_set_new();
	t->model = malloc(model_bytes);
	if (t->duel == NULL || t->explore == NULL || t->set == NULL || t->model == NULL)
		return false;
	model_init(t->model);
	duel_set_pick(t->duel, explore_pick, t->explore);
	return true;
}

int
main(int argc, char **argv)
{
	static struct test t;
	int good = 0;

	if (!set_up(&t)) {
		perror("test_race_corpus");
		return 3;
	}
	for (int i = 1; i < argc; i++)
		good += holds(&t, argv[i]);
	printf("%d programs, %d good; %lu interleavings\n", argc - 1, good, t.runs);
	duel_free(t.duel);
	explore_free(t.explore);
	race_set_free(t.set);
	model_fini(t.model);
	free(t.model);
	return argc > 1 && good == argc - 1 ? 0 : 1;
}
