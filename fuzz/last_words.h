/*
 * last_words: a line that is printed if the process dies.
 *
 * What runs hundreds of thousands of programs a second cannot print a line before each.  So it
 * keeps the line, and whatever ends the process (a signal, an assertion, a sanitizer) prints it.
 */
#ifndef LAST_WORDS_H
#define LAST_WORDS_H

enum { LAST_WORDS = 256 };

/* The line, with its newline; "": nothing is printed.  Write it as often as you like. */
extern char last_words[LAST_WORDS];

/* From now on. */
void last_words_arm(void);

#endif
