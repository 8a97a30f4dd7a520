/*
 * race_page: a race as pages read it, out of an object that may be anybody's: numbers are taken
 * within limits, what is no string is an empty one.  Shared by race_html.c and race_draw.c.
 */
#ifndef RACE_PAGE_H
#define RACE_PAGE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

#include "diff/trace.h"

enum { BRANCHES_MAX = 3, ENTRIES_MAX = 4, TURNS_MAX = 256 };

struct race_page {
	FILE *out;
	const cJSON *race, *turns, *entries, *branches;
	unsigned int n_branches, n_entries, n_turns;
};

/* The object's parts; false if there is nothing to show of its turns. */
bool race_page_open(struct race_page *p, const cJSON *race, FILE *out);

const cJSON *race_member(const cJSON *j, const char *name);
/* "" if it has no such string. */
const char *race_string(const cJSON *j, const char *name);
/* A number from 0 to `most', or 0. */
unsigned int race_number(const cJSON *item, unsigned int most);

/* Entry e after a turn; before the first, with turn NULL.  dom is VIEW_NONE if nobody saw it. */
struct entry_view race_view_after(const struct race_page *p, const cJSON *turn, unsigned int e);
bool race_same_view(struct entry_view a, struct entry_view b);

/* Whose turn it is, below n_branches; and whether something is wrong after it. */
unsigned int race_branch_number(const struct race_page *p, const cJSON *turn);
bool race_is_wrong(const cJSON *turn);

/* A <figure>: a lane for each branch, and the entries' flags. */
void race_draw(const struct race_page *p);

#endif
