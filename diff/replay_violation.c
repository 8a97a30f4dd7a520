/*
 * replay_violation: a violation that was found is had again, each time and in each form.
 *
 * Without a schedule all orders of the program's race are tried; one with a schedule is run as it
 * is.  What violates the model is made small, and then run a hundred times as it is, as read from
 * its text, and as read from its bytes: each time class, trace and turns must be the same.  The
 * program and its trace are left in OUT, for others to compare.
 *
 * usage: replay_violation PROGRAM OUT
 * Status: 0 nothing violates, 1 something does, always the same; 3 it is not the same, or bad use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/sim/explore.h"
#include "diff/race.h"
#include "diff/text.h"
#include "diff/violation.h"

enum { TIMES = 100, TEXT = 1 << 16 };

struct replay {
	struct duel *duel;
	struct explore *explore;
	struct violation found;
	/* What its first run took and left. */
	struct trace trace;
	struct race_result result;
	unsigned long runs;		/* until it was found, or of all */
};

static _Noreturn void
die(const char *what, const char *of)
{
	fprintf(stderr, "replay_violation: %s: %s\n", of, what);
	exit(3);
}

static void
parse(struct program *p, const char *text, const char *of)
{
	struct text_error e;

	if (!text_parse(p, &e, text, strlen(text)))
		die(e.what, of);
}

static void
load(struct program *p, const char *path)
{
	static char text[TEXT];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		die("cannot be read", path);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	parse(p, text, path);
	if (!race_any(p))
		die("has no race", path);
}

/* ------------------------------------------------------------------ find it */

static bool
has_schedule(const struct program *p)
{
	struct race_place place;

	return race_at(&place, p, race_first(p)) && place.turns < place.to;
}

/* In its own order or in all.  Whether there is one. */
static bool
find(struct replay *r, const struct program *p)
{
	struct difference why;
	bool own = has_schedule(p);

	explore_start(r->explore, p->header.arm);
	duel_set_pick(r->duel, own ? NULL : explore_pick, r->explore);
	do {
		r->runs++;
		if (duel_run(r->duel, p, false, &why))
			continue;
		if (!violation_take(&r->found, r->duel, p, &why))
			die("its own schedule does not show it again", r->found.class);
		return true;
	} while (!own && explore_next(r->explore));
	return false;
}

/* ------------------------------------------------------------------ have it again */

static size_t
trace_bytes(const struct program *p)
{
	return offsetof(struct trace, record) + p->n_ops * sizeof(struct trace_record);
}

static bool
is_same(const struct replay *r)
{
	const struct race_result *result = sim_race_result(duel_sim(r->duel));

	return memcmp(duel_got(r->duel), &r->trace, trace_bytes(&r->found.program)) == 0 &&
	       result->n == r->result.n && result->steps == r->result.steps &&
	       memcmp(result->code, r->result.code, result->n) == 0;
}

/* The violation, its program in another form. */
static void
again(const struct replay *r, const struct program *p, const char *form)
{
	struct violation v = r->found;
	unsigned int same = 0;

	v.program = *p;
	for (unsigned int i = 0; i < TIMES; i++)
		same += violation_shows(&v, r->duel) && is_same(r);
	printf("%s: %u of %d the same\n", form, same, TIMES);
	if (same != TIMES)
		die("is not the same each time", form);
}

static void
replay(struct replay *r, const char *text)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	struct program p;

	if (!violation_shows(&r->found, r->duel))
		die("does not show it", r->found.class);
	r->trace = *duel_got(r->duel);
	r->result = *sim_race_result(duel_sim(r->duel));
	again(r, &r->found.program, "as found");
	parse(&p, text, "its own text");
	again(r, &p, "from text");
	program_decode(&p, bytes, program_encode(&r->found.program, bytes));
	again(r, &p, "from bytes");
}

/* ------------------------------------------------------------------ tell it */

static void
leave(const struct replay *r, const char *text, const char *path)
{
	static char trace[TEXT];
	FILE *f = fopen(path, "wb");

	if (f == NULL)
		die("cannot be written", path);
	text_print_trace(&r->found.program, &r->trace, trace, sizeof(trace));
	fprintf(f, "# class: %s\n", r->found.class);
	for (char *line = strtok(trace, "\n"); line != NULL; line = strtok(NULL, "\n"))
		fprintf(f, "# %s\n", line);
	fputs(text, f);
	if (fclose(f) != 0)
		die("cannot be written", path);
}

int
main(int argc, char **argv)
{
	static struct replay r;
	static char text[TEXT];
	struct program p;
	bool found;

	if (argc != 3)
		die("wants a program and a file to write", "usage");
	r.duel = duel_new();
	r.explore = explore_new();
	if (r.duel == NULL || r.explore == NULL)
		die("out of memory", "machine");
	load(&p, argv[1]);
	found = find(&r, &p);
	printf("%s: %lu runs: %s\n", argv[1], r.runs, found ? r.found.class : "no violation");
	if (found) {
		text_print(&r.found.program, text, sizeof(text));
		replay(&r, text);
		leave(&r, text, argv[2]);
	}
	explore_free(r.explore);
	duel_free(r.duel);
	return found;
}
