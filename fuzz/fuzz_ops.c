/*
 * fuzz_ops: bytes -> program -> simulated hypervisor beside the model.  Any difference aborts.
 *
 * One function serves libFuzzer, AFL++ and replay.  GNTFUZZ_COUNTERS names a file to which the totals are appended at
 * exit; GNTFUZZ_OPS keeps the mutator's programs at exactly that many operations, for measuring.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/duel.h"
#include "diff/tell.h"
#include "fuzz/coverage.h"
#include "fuzz/mutate.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
				 uint8_t *out, size_t max_size, unsigned int seed);

/* libFuzzer finds these by their section, clears them before and reads them after each run. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t signal_cells[COVERAGE_CELLS];

static struct duel *duel;
static struct coverage total;
static struct program program, other, crossed;
static unsigned int ops_wanted;		/* 0: any number */

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
	program_decode(&program, data, size);
	if (!duel_run(duel, &program, false, &why)) {
		tell_difference(stderr, &program, &why);
		abort();
	}
	signal_run(&program, duel_expected(duel), duel_got(duel));
	return 0;
}

/* ------------------------------------------------------------------ mutation */

static unsigned int
ops_max(size_t max_size)
{
	size_t n = max_size < PROGRAM_HEADER_BYTES ? 0 : (max_size - PROGRAM_HEADER_BYTES) / OP_BYTES;

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

static size_t
encode_within(const struct program *p, uint8_t *out, size_t max_size)
{
	if (max_size < PROGRAM_HEADER_BYTES + p->n_ops * (size_t)OP_BYTES)
		return 0;
	return program_encode(p, out);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct rng r = { seed };
	unsigned int max = ops_max(max_size);

	program_decode(&program, data, size);
	if (program.n_ops > max)
		program.n_ops = (uint16_t)max;
	program_normalize(&program);
	mutate_program(&program, &r, max);
	fill_up(&program, &r, max);
	return encode_within(&program, data, max_size);
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
			  size_t max_size, unsigned int seed)
{
	struct rng r = { seed };
	unsigned int max = ops_max(max_size);

	program_decode(&program, data1, size1);
	program_decode(&other, data2, size2);
	mutate_cross(&crossed, &program, &other, &r, max);
	fill_up(&crossed, &r, max);
	return encode_within(&crossed, out, max_size);
}
