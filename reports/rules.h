/*
 * rules: a rule of diff/spec.md, as it stands there.
 *
 * The page is part of the program, so that what a report quotes is what the model of the same
 * build follows.
 */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>
#include <stddef.h>

enum { RULE_COLUMNS = 4, RULE_TEXT = 1200 };

struct rule {
	char section[160];		/* "5xx Map: `map_grant_ref`" */
	char heading[RULE_COLUMNS][40];	/* of the row's columns: "rule", "status", "when" */
	char cell[RULE_COLUMNS][RULE_TEXT];
	unsigned int n_columns;
};

/* Find "R507" or "I-PINS".  False, and *r empty, if there is no such rule. */
bool rule_find(struct rule *r, const char *name);

#endif
