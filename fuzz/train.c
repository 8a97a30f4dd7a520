/*
 * train: a small engine without a search: programs are changed by our mutator, and fuzz_ops runs
 * them.
 *
 * Built to count how often everything is executed.  By these counts the compiler lays out what
 * AFL++ runs: what is seldom executed lies elsewhere.
 */
#include <stddef.h>
#include <string.h>

#include "fuzz/hand.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RUNS = 60000, INPUTS = 64, OPS = 64, SEED = 1 };

struct input {
	uint8_t bytes[PROGRAM_BYTES_MAX];
	size_t size;
};

int
main(int argc, char **argv)
{
	static struct input input[INPUTS], changed;
	struct rng r = { SEED };

	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 0; i < RUNS; i++) {
		struct input *in = &input[rng_below(&r, INPUTS)];
		const struct input *with = &input[rng_below(&r, INPUTS)];

		changed.size = hand_change(changed.bytes, PROGRAM_HEADER_BYTES + OPS * OP_BYTES,
					   in->bytes, in->size, with->bytes, with->size, &r);
		LLVMFuzzerTestOneInput(changed.bytes, changed.size);
		*in = changed;
	}
	return 0;
}
