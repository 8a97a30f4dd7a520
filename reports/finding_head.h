/* finding_head: the beginning of a finding's page: what happened, in a sentence, and the rule. */
#ifndef FINDING_HEAD_H
#define FINDING_HEAD_H

#include <stdio.h>

#include "reports/evidence.h"

/* Where, what was expected and what came. */
void finding_print_headline(const struct evidence *e, FILE *out);

/* The rule of diff/spec.md that it breaks; nothing if none is known. */
void finding_print_rule(const struct evidence *e, FILE *out);

#endif
