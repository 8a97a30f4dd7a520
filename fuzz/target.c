/*
 * target: what fuzz_ops and fuzz_race do: bytes -> program -> simulated hypervisor beside the
 * model.  Any difference aborts, in functions that are named after its class.
 *
 * One function serves libFuzzer, AFL++ and replay.  GNTFUZZ_COUNTERS names a file to which the
 * totals are appended at exit, and where a difference ends the run; GNTFUZZ_CELLS one that shows
 * the counts of cells while it runs.  GNTFUZZ_KNOWN names a file of classes on which it does not
 * abort; how often they were met goes to the first file's name with `.hits'.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#include "diff/duel.h"
#include "diff/race.h"
#include "diff/tell.h"
#include "fuzz/abort_class.h"
#include "fuzz/hand.h"
#include "fuzz/known.h"
#include "fuzz/signal.h"
#include "fuzz/target.h"

const char *__asan_default_options(void);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	PUBLISH_EVERY = 1 << 10,	/* programs */
	/*
	 * Few programs with races need more orders than this to be judged, and those few would
	 * take most of the time: only some of them are judged as far as they are worth.
	 */
	ORDERS_FEW = 32,
	ORDERS_MANY = 1000,
	MANY_ONE_IN = 64,
};

static struct duel *duel;
static struct coverage total;
static struct known known;

/*
 * An input's copy is all that a run allocates: keeping hundreds of MiB of freed ones finds nothing
 * more.
 */
const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

static void
publish(void)
{
	const char *path = getenv("GNTFUZZ_CELLS");

	if (path != NULL)
		coverage_publish(&total, path);
}

static void
save_totals(void)
{
	const char *path = getenv("GNTFUZZ_COUNTERS");
	char hits[4096];

	publish();
	if (path == NULL)
		return;
	snprintf(hits, sizeof hits, "%s.hits", path);
	if (!coverage_save(&total, path) || (known.path != NULL && !known_save(&known, hits)))
		fprintf(stderr, "%s: cannot write the counters to %s\n", target_name, path);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	hand_set_races(target_has_races);
	known_open(&known);
	atexit(save_totals);
	return 0;
}

static void
show(unsigned int cell)
{
	total.hits[cell]++;
	signal_cell(cell);
}

static void
show_race(const struct program *p, const struct trace *got, unsigned int at)
{
	unsigned int cell[COVERAGE_RACE_MOST];

	for (unsigned int n = coverage_race(p, got, at, cell); n > 0;)
		show(cell[--n]);
}

/* What the run showed, as cells that the engine keeps inputs for. */
static void
signal_run(const struct program *p, const struct trace *expected, const struct trace *got)
{
	for (unsigned int i = 0; i < p->n_ops; i++) {
		show(coverage_cell(p, expected, got, i));
		if (p->ops[i].kind == OP_RACE)
			show_race(p, got, i);
	}
	total.programs++;
	total.unsure += duel_unsure(duel, p);
	total.operations += p->n_ops;
	if (total.programs % PUBLISH_EVERY == 0)
		publish();
}

/* Abort in its class's name, unless that is known. */
static void
judge(const struct program *p, const struct difference *d)
{
	const struct trace *expected = duel_expected(duel);
	struct class_words words;
	char id[CLASS_ID];

	class_of_difference(&words, p, d, expected, duel_got(duel), expected);
	class_print(&words, "sim", id);
	if (known_hit(&known, id))
		return;
	tell_difference(stderr, p, d);
	fprintf(stderr, "class: %s\n", id);
	save_totals();
	abort_class(&words);
}

static void
duel_begin(void)
{
	duel = duel_new();
	if (duel == NULL)
		abort();
}

/* Its bytes decide how far a program is judged, so that an input does the same each time. */
static void
limit_orders(const uint8_t *data, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = (sum + data[i]) * 16777619u;
	duel_set_orders(duel, sum >> 16 & (MANY_ONE_IN - 1) ? ORDERS_FEW : ORDERS_MANY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct program *program = hand_take(data, size);
	struct difference why;

	if (duel == NULL)
		duel_begin();
	if (race_any(program))
		limit_orders(data, size);
	if (duel_run(duel, program, false, &why))
		signal_run(program, duel_expected(duel), duel_got(duel));
	else
		judge(program, &why);
	return 0;
}
