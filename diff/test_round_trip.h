/* test_round_trip: what tests of a program's forms share. */
#ifndef TEST_ROUND_TRIP_H
#define TEST_ROUND_TRIP_H

#include "diff/program.h"

/*
 * The program, which is normal, comes back out of its text and of its bytes, and its text is
 * canonical.  Fails the test if not.  Returns the text, which is good until the next call.
 */
const char *assert_round_trip(const struct program *p);

/* The text is no program: that is wrong with it, there.  Fails the test if not. */
void assert_error(const char *source, unsigned int line, unsigned int column, const char *what);

#endif
