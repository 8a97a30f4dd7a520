/* flags: a grant entry's flags and its state, in words. */
#ifndef FLAGS_H
#define FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns of a drawing: the type, then bits 2, 3 and 4. */
enum { FLAGS_BITS = 4, FLAGS_WORDS = 48 };

/* Whether the column has anything in it. */
bool flags_bit(uint16_t flags, unsigned int bit);

/* A column that is set, in a letter or two: "A", "ro", "r", "w"; of a transfer "T", "c", "d". */
const char *flags_letter(uint16_t flags, unsigned int bit);

/* "access ro read", "transfer committed"; "no flag" for none, "0x100" for what has no name. */
void flags_words(uint16_t flags, char out[FLAGS_WORDS]);

/* A state of spec.md's "Entry states", in a word that heads a column, and in a sentence's words. */
const char *flags_state_name(unsigned int state);
const char *flags_state_words(unsigned int state);

#endif
