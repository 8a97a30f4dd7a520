#include "diff/said.h"

#include <stdio.h>
#include <string.h>

bool
said_has(const struct said *s, const char *words)
{
	for (unsigned int i = 0; i < s->n; i++)
		if (strcmp(s->words[i], words) == 0)
			return true;
	return false;
}

void
said_note(struct said *s, const char *words)
{
	if (said_has(s, words))
		return;
	s->full = s->full || s->n == SAID_MAX;
	if (!s->full)
		snprintf(s->words[s->n++], SAID_LENGTH, "%s", words);
}
