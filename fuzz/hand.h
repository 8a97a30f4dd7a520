/*
 * hand: the program in hand: what an engine's bytes are, and how the engine has it changed.
 *
 * Linking it gives a target the mutator and crossover that know operations.  GNTFUZZ_OPS keeps the
 * programs they make at exactly that many operations, for measuring.
 */
#ifndef HAND_H
#define HAND_H

#include "diff/program.h"

/*
 * The program of these bytes, any bytes; normal.  It stays what it is until the next call of this,
 * of the mutator or of the crossover.
 */
const struct program *hand_take(const uint8_t *data, size_t size);

#endif
