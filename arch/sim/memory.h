/*
 * memory: what an access to shared memory is while a race is on (race.c).
 *
 * Outside a race an access of arch_impl.h costs the test of a pointer.  In a race one of these
 * functions waits for its turn, does what it says, and returns; until the next such call nobody
 * else does anything.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The race that is on, or NULL. */
struct race;
extern struct race *sim_racing __attribute__((visibility("hidden")));

/*
 * Assembly, and an int, because sanitizers would look at the pointer and at a bool each time, which
 * would slow down programs that have no race.
 */
static inline bool
sim_is_racing(void)
{
#ifdef __x86_64__
	int racing;

	__asm__("cmpq $0, %1" : "=@ccne"(racing) : "m"(sim_racing) : "cc");
#else
	int racing = sim_racing != NULL;
#endif
	return __builtin_expect(racing, 0);
}

enum sim_order { SIM_PLAIN, SIM_ORDERED };	/* ORDERED: acquire of a load, release of a store */

/* Pre of all these: a race is on; size is 2 or 4, and p aligned to it. */
uint32_t race_load(const void *p, unsigned int size, enum sim_order order);
void race_store(void *p, unsigned int size, uint32_t v, enum sim_order order);

/* Store v if *p is want, or *p & mask.  Return what *p was.  Full barriers. */
uint32_t race_cmpxchg(void *p, unsigned int size, uint32_t want, uint32_t v);
uint32_t race_and(void *p, unsigned int size, uint32_t mask);

/* Wait until somebody else has stored to what this CPU has loaded last. */
void race_relax(void);

#endif
