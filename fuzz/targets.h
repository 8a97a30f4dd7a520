/*
 * targets: the engines' targets that a campaign runs, by name.
 */
#ifndef TARGETS_H
#define TARGETS_H

/* fuzz_ops and fuzz_race take programs as bytes, and either runs what the other does. */
enum target { TARGET_OPS, TARGET_RACE, TARGET_TEXT, TARGETS };

extern const char *const target_names[TARGETS];

/* Which of them has this name; TARGETS if none has. */
enum target target_of(const char *name);

#endif
