/* class_race: a race in the words of classes.  See class.h. */
#ifndef CLASS_RACE_H
#define CLASS_RACE_H

#include "diff/class.h"

/*
 * What goes on at once in the race that begins at `at`, for w->op: "end_ref_with_map_then_unmap".
 * Branches are in the order of these words, then of the answers: which was written first is no
 * difference.  got may be NULL.
 */
void class_race_op(const struct program *p, unsigned int at, const struct trace *got, char *out,
		   size_t out_bytes);

/* What was answered, in the same order, for w->got: "ended_with_okay_then_okay". */
void class_race_answers(const struct program *p, unsigned int at, const struct trace *got,
			char *out, size_t out_bytes);

/*
 * The same for people, in the order of the program: "d1 map okay | d0 end_ref ended".  As snprintf.
 */
size_t class_race_say(const struct program *p, unsigned int at, const struct trace *got,
		      char *out, size_t out_bytes);

#endif
