/*
 * hand_afl: hand.h's mutator and crossover as AFL++ loads them, and a trim that takes out whole
 * operations.
 *
 * AFL++ runs one fuzzer a process, so there is one state.  What an input is made into is a function
 * of the seed that AFL++ gives, as under libFuzzer.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/hand.h"
#include "fuzz/mutate.h"

/* AFL++ finds these by name; the library shows no others. */
#pragma GCC visibility push(default)
void *afl_custom_init(void *afl, unsigned int seed);
void afl_custom_deinit(void *state);
size_t afl_custom_fuzz(void *state, uint8_t *buf, size_t size, uint8_t **out, uint8_t *other,
		       size_t other_size, size_t max_size);
int32_t afl_custom_init_trim(void *state, uint8_t *buf, size_t size);
size_t afl_custom_trim(void *state, uint8_t **out);
int32_t afl_custom_post_trim(void *state, uint8_t success);
#pragma GCC visibility pop

/* A trim: the program as it is by now, and which n operations of it are left out next, at `at`. */
struct trim {
	struct program p, tried;
	unsigned int at, n;
	int32_t step;
};

static struct rng rng;
static uint8_t bytes[PROGRAM_BYTES_MAX];
static struct trim trim;

void *
afl_custom_init(void *afl, unsigned int seed)
{
	(void)afl;
	rng.state = seed;
	hand_set_races(getenv("GNTFUZZ_RACES") != NULL);
	return &rng;
}

void
afl_custom_deinit(void *state)
{
	(void)state;
}

size_t
afl_custom_fuzz(void *state, uint8_t *buf, size_t size, uint8_t **out, uint8_t *other,
		size_t other_size, size_t max_size)
{
	(void)state;
	*out = bytes;
	if (max_size > sizeof bytes)
		max_size = sizeof bytes;
	return hand_change(bytes, max_size, buf, size, other, other_size, &rng);
}

/* ------------------------------------------------------------------ trim */

enum { BLOCKS = 8 };	/* the first blocks tried are an eighth of the program */

/* The next block that is still within the program, smaller ones when the end is reached. */
static void
next_block(void)
{
	while (trim.n > 0 && trim.at >= trim.p.n_ops) {
		trim.at = 0;
		trim.n /= 2;
	}
}

int32_t
afl_custom_init_trim(void *state, uint8_t *buf, size_t size)
{
	(void)state;
	program_decode(&trim.p, buf, size);
	trim.at = 0;
	trim.n = trim.p.n_ops < BLOCKS ? trim.p.n_ops > 1 : trim.p.n_ops / BLOCKS;
	trim.step = 0;
	next_block();
	/* How many steps there are shows only on the way: one more is left until none is. */
	return trim.n > 0;
}

size_t
afl_custom_trim(void *state, uint8_t **out)
{
	unsigned int n = trim.n;
	struct program *t = &trim.tried;

	(void)state;
	*t = trim.p;
	if (n > t->n_ops - trim.at)
		n = t->n_ops - trim.at;
	memmove(&t->ops[trim.at], &t->ops[trim.at + n],
		(t->n_ops - trim.at - n) * sizeof t->ops[0]);
	t->n_ops = (uint16_t)(t->n_ops - n);
	program_normalize(t);
	*out = bytes;
	return program_encode(t, bytes);
}

int32_t
afl_custom_post_trim(void *state, uint8_t success)
{
	(void)state;
	if (success)
		trim.p = trim.tried;
	else
		trim.at += trim.n;
	next_block();
	return trim.n > 0 ? 0 : 1;
}
