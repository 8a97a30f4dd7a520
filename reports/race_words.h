/* race_words: a turn of a race's story in words. */
#ifndef RACE_WORDS_H
#define RACE_WORDS_H

#include "diff/race_story.h"

enum { RACE_WORDS = 200, RACE_NAME = 40 };

/* `d0 g0', or `d0 entry 9' of an entry that has no name. */
void race_entry_name(char out[RACE_NAME], unsigned int domain, unsigned int slot, uint64_t number);

/* What it did: "loads flags of d0 g0: access". */
void race_turn_words(char out[RACE_WORDS], const struct story_turn *t);

/* What of turn `at' is not as one would read it from the code; "" if nothing. */
void race_odd_words(char out[RACE_WORDS], const struct race_story *s, unsigned int at);

#endif
