/* tell: a difference, as a person reads it. */
#ifndef TELL_H
#define TELL_H

#include <stdio.h>

#include "diff/compare.h"

/*
 * Write what differs and where: the operation, the field, what the rule wants and what came, then
 * the program with that operation marked.
 */
void tell_difference(FILE *out, const struct program *p, const struct difference *d);

/*
 * One side of a difference in that field, as a person would say it: "-EBUSY", "0x19", "no page".
 * FIELD_EXPECT, FIELD_INVARIANT and FIELD_RACE have no such values.
 */
void tell_value(enum difference_field field, int64_t v, char *out, size_t out_bytes);

/* The first line of that alone, without newline, as snprintf. */
size_t tell_headline(const struct program *p, const struct difference *d, char *out,
		     size_t out_bytes);

/* Replace what is not printable ASCII or UTF-8 by `?', in place. */
void tell_printable(char *s);

#endif
