/*
 * progress: one line that is rewritten on a terminal; elsewhere a plain line every 10 s.  On
 * stderr, so that stdout is only results.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

struct progress {
	bool terminal, shown;
	double last;
};

void progress_begin(struct progress *p);

/* Show the line if it is time to.  `force' shows it anyway. */
void progress_line(struct progress *p, bool force, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Leave the terminal's line free for others. */
void progress_clear(struct progress *p);

/* "1234", "56.7 k", "8.90 M". */
const char *progress_count(char out[16], double n);

#endif
