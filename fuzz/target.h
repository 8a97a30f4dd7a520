/*
 * target: what makes one target of programs another: each defines these.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>

extern const char target_name[];
/* Its mutator makes programs with races, and changes their schedules. */
extern const bool target_has_races;

#endif
