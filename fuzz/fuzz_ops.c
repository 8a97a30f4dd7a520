/*
 * fuzz_ops: bytes -> program -> simulated hypervisor beside the model.  Any difference aborts.
 *
 * One function serves libFuzzer, AFL++ and replay.  GNTFUZZ_COUNTERS names a file to which the
 * totals are appended at exit, and where a difference ends the run; GNTFUZZ_OPS keeps the mutator's
 * programs at exactly that many operations, for measuring.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/duel.h"
#include "diff/tell.h"
#include "fuzz/coverage.h"
#include "fuzz/mutate.h"

const char *__asan_default_options(void);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
				 size_t size2, uint8_t *out, size_t max_size, unsigned int seed);

/* libFuzzer finds these by their section, clears them before and reads them after each run. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t signal_cells[COVERAGE_CELLS];

static struct duel *duel;
static struct coverage total;
static unsigned int ops_wanted;		/* 0: any number */

/*
 * The program in hand, and the bytes that it is; no bytes while it is being made.  An engine runs
 * what the mutator made last, and mostly has it changed further, so that most inputs need not be
 * decoded.
 */
static struct program hands[2], *program = &hands[0];
static uint8_t program_bytes[PROGRAM_BYTES_MAX];
static size_t program_size;

static struct program other;		/* what it is crossed with, or filled up from */

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
save_totals(void)
{
	const char *path = getenv("GNTFUZZ_COUNTERS");

	if (path != NULL && !coverage_save(&total, path))
		fprintf(stderr, "fuzz_ops: cannot write the counters to %s\n", path);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *ops = getenv("GNTFUZZ_OPS");

	(void)argc;
	(void)argv;
	if (ops != NULL)
		ops_wanted = (unsigned int)atoi(ops) % (PROGRAM_OPS_MAX + 1);
	atexit(save_totals);
	return 0;
}

/* Have the program of these bytes in hand. */
static void
take_in_hand(const uint8_t *data, size_t size)
{
	if (program_size > 0 && size == program_size && memcmp(data, program_bytes, size) == 0)
		return;
	program_size = 0;
	program_decode(program, data, size);
}

/* What the run showed, as cells that the engine keeps inputs for. */
static void
signal_run(const struct program *p, const struct trace *expected, const struct trace *got)
{
	for (unsigned int i = 0; i < p->n_ops; i++) {
		unsigned int cell = coverage_cell(p, expected, got, i);

		total.hits[cell]++;
		if (signal_cells[cell] < UINT8_MAX)
			signal_cells[cell]++;
	}
	total.programs++;
	total.operations += p->n_ops;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct difference why;

	if (duel == NULL)
		duel = duel_new();
	if (duel == NULL)
		abort();
	take_in_hand(data, size);
	if (!duel_run(duel, program, false, &why)) {
		tell_difference(stderr, program, &why);
		save_totals();
		abort();
	}
	signal_run(program, duel_expected(duel), duel_got(duel));
	return 0;
}

/* ------------------------------------------------------------------ mutation */

static unsigned int
ops_max(size_t max_size)
{
	size_t n = max_size < PROGRAM_HEADER_BYTES ? 0 :
		   (max_size - PROGRAM_HEADER_BYTES) / OP_BYTES;

	if (ops_wanted > 0 && ops_wanted < n)
		return ops_wanted;
	return n < PROGRAM_OPS_MAX ? (unsigned int)n : PROGRAM_OPS_MAX;
}

/* Bring the program to the number of operations wanted, by random ones. */
static void
fill_up(struct program *p, struct rng *r, unsigned int max)
{
	while (ops_wanted > 0 && p->n_ops < ops_wanted && p->n_ops < max) {
		unsigned int n = ops_wanted - p->n_ops;

		mutate_random(&other, r, &p->header, n < max ? n : max);
		memcpy(&p->ops[p->n_ops], other.ops, n * sizeof p->ops[0]);
		p->n_ops = (uint16_t)(p->n_ops + n);
		program_normalize(p);
	}
}

/* Give the engine the bytes of the program in hand, which is normal: they will decode to it. */
static size_t
give(uint8_t *out, size_t max_size)
{
	if (max_size < PROGRAM_HEADER_BYTES + program->n_ops * (size_t)OP_BYTES)
		return 0;
	program_size = program_encode(program, program_bytes);
	memcpy(out, program_bytes, program_size);
	return program_size;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct rng r = { seed };
	unsigned int max = ops_max(max_size);

	take_in_hand(data, size);
	program_size = 0;
	mutate_program(program, &r, max);
	fill_up(program, &r, max);
	return give(data, max_size);
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
			  uint8_t *out, size_t max_size, unsigned int seed)
{
	struct program *crossed = program == &hands[0] ? &hands[1] : &hands[0];
	struct rng r = { seed };
	unsigned int max = ops_max(max_size);

	take_in_hand(data1, size1);
	program_size = 0;
	program_decode(&other, data2, size2);
	mutate_cross(crossed, program, &other, &r, max);
	program = crossed;
	fill_up(program, &r, max);
	return give(out, max_size);
}
