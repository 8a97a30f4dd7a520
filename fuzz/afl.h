/*
 * afl: AFL++ as an engine: where it is, what it is started with, what it says of itself.
 *
 * Its instances on a target are folders side by side, DIR/afl/TARGET/NAME, and exchange inputs by
 * themselves; all read libFuzzer's, DIR/TARGET, as a foreign folder.  Each is resumed in place, so
 * its counts go on over its runs.  exchange.h brings home what it finds.
 */
#ifndef AFL_H
#define AFL_H

#include <stdbool.h>
#include <stdint.h>

enum { AFL_INSTANCES_MAX = 64 };

/* What one instance, or several, did over all runs. */
struct afl_stats {
	unsigned int instances;
	uint64_t runs, inputs, imported;  /* imported: inputs, from other instances or libFuzzer */
	uint64_t edges, edges_all, cycles; /* of that instance which has most */
	uint64_t crashes, hangs;          /* in the last run of each */
	double stability;                 /* per cent, of the least stable */
};

struct worker;
struct worker_plan;

/* Whether AFL++ is installed and its targets built.  False with one line in why[FILE_WHY]. */
bool afl_ready(const char *root, char *why);

/* afl-fuzz by PATH into path[FILE_PATH_MAX]; false if there is none. */
bool afl_find(char *path);

/* NAME=VALUE: what every run is told, NULL-terminated.  It may be any machine. */
extern const char *const afl_always[];

/* Start a run.  False with one line in why[FILE_WHY]. */
bool afl_start(struct worker *w, const struct worker_plan *p, char *why);

/* Check that the canary is found.  `folder' is the campaign's.  False with a line in why. */
bool afl_canary(const char *root, const char *folder, char *why);

/* Add what the instance with this folder says of itself.  False if it has said nothing yet. */
bool afl_stats_add(struct afl_stats *s, const char *folder);

/* Remove a folder with all that is in it, if it is there. */
void afl_remove(const char *path);

/* A new campaign begins in this folder: forget the instances.  What they found stays. */
void afl_forget(const char *folder);

/* What all instances on a target did. */
void afl_stats_all(struct afl_stats *s, const char *campaign_folder, const char *target);

#endif
