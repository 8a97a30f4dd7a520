/*
 * engines: the part of a campaign's summary that tells what each engine did.
 */
#ifndef ENGINES_H
#define ENGINES_H

#include "reports/summary.h"

/* Print for people, a line an engine; nothing if there are none. */
void engines_print(const struct summary *s, FILE *out);

/* Add "engines":[...]. */
void engines_add(cJSON *to, const struct summary *s);

#endif
