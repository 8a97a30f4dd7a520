/*
 * hand: the program in hand: what an engine's bytes are, and how the engine has it changed.
 *
 * Linking it gives a target the mutator and crossover that know operations.  GNTFUZZ_OPS keeps the
 * programs they make at exactly that many operations, for measuring.  GNTFUZZ_RACES has them make
 * programs with races where no target says what it wants: in AFL++, which loads them.
 */
#ifndef HAND_H
#define HAND_H

#include "fuzz/mutate.h"

/* Whether changed programs are to have races, from now on. */
void hand_set_races(bool races);

/*
 * The program of these bytes, any bytes; normal.  It stays what it is until the next call of this,
 * of the mutator or of the crossover.
 */
const struct program *hand_take(const uint8_t *data, size_t size);

/*
 * Write to out what an engine shall run next: the program of data changed, or crossed with the one
 * of `other' (none if other_size is 0), as r decides.  It is in hand then.  Returns its bytes, at
 * most max_size; 0 if not even a header fits.
 */
size_t hand_change(uint8_t *out, size_t max_size, const uint8_t *data, size_t size,
		   const uint8_t *other, size_t other_size, struct rng *r);

#endif
