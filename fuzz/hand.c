#include "fuzz/hand.h"

#include <stdlib.h>
#include <string.h>

#include "diff/race.h"
#include "fuzz/mutate_race.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
				 size_t size2, uint8_t *out, size_t max_size, unsigned int seed);

/*
 * The program in hand, and the bytes that it is; no bytes while it is being made.  An engine runs
 * what the mutator made last, and mostly has it changed further, so that most inputs need not be
 * decoded.
 */
static struct program hands[2], *program = &hands[0];
static uint8_t program_bytes[PROGRAM_BYTES_MAX];
static size_t program_size;

/* The input that was changed last, as it was: AFL++ has one changed many times over. */
static struct program parent;
static uint8_t parent_bytes[PROGRAM_BYTES_MAX];
static size_t parent_size;

static struct program other;		/* what it is crossed with, or filled up from */

static bool races;			/* are wanted in what is changed */

enum {
	CROSS_ONE_IN = 2,	/* of the changes, where the engine leaves us the choice */
	/* The orders of races multiply, and short programs show what long ones do. */
	RACES_OPS_MAX = 16,
};

static bool
in_hand(const uint8_t *data, size_t size)
{
	return program_size > 0 && size == program_size && memcmp(data, program_bytes, size) == 0;
}

void
hand_set_races(bool wanted)
{
	races = wanted;
}

const struct program *
hand_take(const uint8_t *data, size_t size)
{
	if (in_hand(data, size))
		return program;
	program_size = 0;
	program_decode(program, data, size);
	return program;
}

/* Copy what of a program there is. */
static void
copy(struct program *to, const struct program *from)
{
	memcpy(to, from, offsetof(struct program, ops) + from->n_ops * sizeof from->ops[0]);
}

/* Take an input that is to be changed, into `program`. */
static void
take_parent(const uint8_t *data, size_t size)
{
	if (in_hand(data, size))
		return;
	if (size == 0 || size != parent_size || memcmp(data, parent_bytes, size) != 0) {
		program_decode(&parent, data, size);
		parent_size = size <= sizeof parent_bytes ? size : 0;
		memcpy(parent_bytes, data, parent_size);
	}
	copy(program, &parent);
}

/* ------------------------------------------------------------------ mutation */

/* How many operations a program is to have; 0: any number. */
static unsigned int
ops_wanted(void)
{
	static int wanted = -1;
	const char *ops;

	if (wanted < 0) {
		ops = getenv("GNTFUZZ_OPS");
		wanted = ops != NULL ? abs(atoi(ops)) % (PROGRAM_OPS_MAX + 1) : 0;
	}
	return (unsigned int)wanted;
}

static unsigned int
ops_max(size_t max_size)
{
	size_t n = max_size < PROGRAM_HEADER_BYTES ? 0 :
		   (max_size - PROGRAM_HEADER_BYTES) / OP_BYTES;

	if (races && n > RACES_OPS_MAX)
		n = RACES_OPS_MAX;
	if (ops_wanted() > 0 && ops_wanted() < n)
		return ops_wanted();
	return n < PROGRAM_OPS_MAX ? (unsigned int)n : PROGRAM_OPS_MAX;
}

/* Bring the program to the number of operations wanted, by random ones. */
static void
fill_up(struct program *p, struct rng *r, unsigned int max)
{
	while (p->n_ops < ops_wanted() && p->n_ops < max) {
		unsigned int n = ops_wanted() - p->n_ops;

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

static size_t
change(uint8_t *out, size_t max_size, const uint8_t *data, size_t size, struct rng *r)
{
	unsigned int max = ops_max(max_size);

	take_parent(data, size);
	program_size = 0;
	if (races)
		mutate_race(program, r, max);
	else
		mutate_program(program, r, max);
	fill_up(program, r, max);
	return give(out, max_size);
}

static size_t
cross(uint8_t *out, size_t max_size, const uint8_t *data1, size_t size1, const uint8_t *data2,
      size_t size2, struct rng *r)
{
	struct program *crossed = program == &hands[0] ? &hands[1] : &hands[0];
	unsigned int max = ops_max(max_size);

	take_parent(data1, size1);
	program_size = 0;
	program_decode(&other, data2, size2);
	mutate_cross(crossed, program, &other, r, max);
	program = crossed;
	/* Where two were put together, the race of neither may be whole. */
	if (races && !race_any(program))
		mutate_race(program, r, max);
	fill_up(program, r, max);
	return give(out, max_size);
}

size_t
hand_change(uint8_t *out, size_t max_size, const uint8_t *data, size_t size, const uint8_t *data2,
	    size_t size2, struct rng *r)
{
	if (size2 == 0 || rng_below(r, CROSS_ONE_IN) > 0)
		return change(out, max_size, data, size, r);
	size = cross(out, max_size, data, size, data2, size2, r);
	return rng_below(r, 2) == 0 ? size : change(out, max_size, out, size, r);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	return change(data, max_size, data, size, &(struct rng){ seed });
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
			  uint8_t *out, size_t max_size, unsigned int seed)
{
	return cross(out, max_size, data1, size1, data2, size2, &(struct rng){ seed });
}
