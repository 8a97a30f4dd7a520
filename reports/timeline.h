/*
 * timeline: a finding, drawn: each entry's flag bits and who maps what, operation by operation.
 *
 * Time goes down, as in the program's text.  What it shows is said in words too, for who cannot see
 * it.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdio.h>

#include "reports/evidence.h"

/* A <figure>; nothing at all if no operation named an entry. */
void timeline_print(const struct program *p, const struct evidence_run *run, FILE *out);

#endif
