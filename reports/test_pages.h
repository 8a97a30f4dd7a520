/* test_pages.h: what tests of pages share. */
#ifndef TEST_PAGES_H
#define TEST_PAGES_H

#include <stdio.h>
#include <string.h>

/* How often `what' is in a page. */
static inline unsigned int
count(const char *in, const char *what)
{
	unsigned int n = 0;

	while ((in = strstr(in, what)) != NULL) {
		in += strlen(what);
		n++;
	}
	return n;
}

#endif
