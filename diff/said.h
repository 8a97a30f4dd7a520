/* said: a set of outcomes in words, in the order in which they came.  Hosted. */
#ifndef SAID_H
#define SAID_H

#include <stdbool.h>

enum { SAID_MAX = 64, SAID_LENGTH = 512 };

struct said {
	unsigned int n;
	bool full;			/* there were more */
	char words[SAID_MAX][SAID_LENGTH];
};

bool said_has(const struct said *s, const char *words);

/* Add it, if it is new and there is room; what is too long is cut. */
void said_note(struct said *s, const char *words);

#endif
