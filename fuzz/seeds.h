/*
 * seeds: what a campaign's engines begin with, as the bytes that they take.
 */
#ifndef SEEDS_H
#define SEEDS_H

#include <stdint.h>

/*
 * Fill the campaign's folder `seeds' from the tree's corpus, and `seeds_race' from corpus/race,
 * if there is one, and programs drawn from the seed.  A file that cannot be read or written ends
 * the process.
 */
void seeds_fill(const char *folder, uint64_t seed);

#endif
