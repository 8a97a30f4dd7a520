/*
 * race_told: a race's story (diff/race_story.h) in words, as one JSON object, from which pages and
 * texts are made.  README.md describes the object.
 */
#ifndef RACE_TOLD_H
#define RACE_TOLD_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "diff/race_story.h"
#include "reports/evidence.h"

/* The object; NULL if it did not begin.  `run' has both traces of the race.  Free it. */
cJSON *race_told_json(const struct race_story *s, const struct program *p,
		      const struct evidence_run *run);

/*
 * Write it as lines, each after `prefix': its turns, what is wrong with a mark, and what it
 * answered beside what is allowed.  Whatever object this is: what is missing is left out.
 */
void race_told_print(const cJSON *race, const char *prefix, FILE *out);

#endif
