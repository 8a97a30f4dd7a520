#include "fuzz/signal.h"

#ifdef __AFL_COMPILER

/*
 * AFL++'s map of this run, and how places in it are given to whoever wants some.  The map has a
 * name of ours: where this file is instrumented, too, the compiler declares the other itself.
 */
extern uint8_t *afl_map;
__asm__(".set afl_map, __afl_area_ptr");
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);

static uint32_t place[COVERAGE_CELLS];

/* Before main, as the map's size is told to the engine once. */
__attribute__((constructor)) static void
claim_places(void)
{
	__sanitizer_cov_trace_pc_guard_init(place, place + COVERAGE_CELLS);
}

void
signal_cell(unsigned int cell)
{
	uint8_t *hits = &afl_map[place[cell]];

	*hits = (uint8_t)(*hits + (*hits < UINT8_MAX));
}

#else

/* libFuzzer finds these by their section, clears them before and reads them after each run. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t hits[COVERAGE_CELLS];

void
signal_cell(unsigned int cell)
{
	hits[cell] = (uint8_t)(hits[cell] + (hits[cell] < UINT8_MAX));
}

#endif
