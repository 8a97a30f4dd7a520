/*
 * fuzz_idle: fuzz_ops but for the run: the engine, its mutator, its inputs.  No target that is
 * given programs can be faster.
 */
#include "fuzz/hand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)hand_take(data, size);
	return 0;
}
