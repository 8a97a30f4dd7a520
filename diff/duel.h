/*
 * duel: a program on the simulated hypervisor beside the reference model, compared after every
 * operation.
 *
 * This is what the fuzz targets, the random campaign and the exhaustive tests run.  It looks at the
 * trace, at the invariants of the machine after each operation, and at the program's own
 * expectations.  In a race invariants are looked at after each turn, and the model is asked whether
 * some order of its own (race_set.h) answers as the simulation did.  Hosted.
 */
#ifndef DUEL_H
#define DUEL_H

#include "arch/sim/race.h"
#include "arch/sim/sim.h"
#include "diff/compare.h"
#include "diff/profile.h"

struct duel;

/* Two machines' worth of memory, used for many programs; NULL without memory. */
struct duel *duel_new(void);
void duel_free(struct duel *d);

/*
 * Run p, which is normal.  Returns true if nothing differs; else false with *why the first
 * difference.  The run stops there.  Either way the traces below hold what was done, up to the
 * operation that differs.  `expect` says whether the program's `= expected` lines count.
 */
bool duel_run(struct duel *d, const struct program *p, bool expect, struct difference *why);

/* The model's trace and the simulation's, of the last run; `state` of the first is filled in. */
const struct trace *duel_expected(const struct duel *d);
const struct trace *duel_got(const struct duel *d);

/* What Xen the model is of, from the next run on: the reference, if nothing else is said. */
void duel_set_profile(struct duel *d, const struct profile *profile);

/*
 * Let `pick' choose the turns of races from the next run on, in place of the program's; NULL: the
 * program's again.  If it gives a race up, the run ends there and counts up to it.
 */
void duel_set_pick(struct duel *d, race_pick *pick, void *ctx);

/*
 * Have the story of races told to *story (race_story.h) from the next run on; NULL: no more.  Judge
 * it by what `got' says; duel_expected is then the order that is nearest to it, up to the race's
 * end.  False: there is none.  Pre: it began, in p.
 */
struct race_story;
void duel_set_story(struct duel *d, struct race_story *story);
bool duel_judge_story(struct duel *d, const struct program *p, const struct trace *got);

/*
 * Let the model try so many orders of a program's races at most, from the next run on; a program
 * that has more counts as one without a difference.
 */
void duel_set_orders(struct duel *d, unsigned long most);

/* What it took to find an order of the model's that fits the last run; races only (race_set.h). */
struct race_set_count;
const struct race_set_count *duel_orders(const struct duel *d);

/* Whether p, that did not differ, was taken to be right because that search was cut short. */
bool duel_unsure(const struct duel *d, const struct program *p);

/*
 * Whether the model, in some order of p's races, does what `got' of another lane says, up to the
 * first operation that the lane skipped because it cannot do it.  If not, *why is the first
 * difference.  Either way duel_expected is what the model did.
 */
bool duel_model_allows(struct duel *d, const struct program *p, const struct trace *got,
		       struct difference *why);

/* The machine: for sim_race_result. */
struct sim *duel_sim(struct duel *d);

/* Run p on the simulation alone, or the model alone; for lanes and for measuring. */
void duel_run_sim(struct duel *d, const struct program *p);
void duel_run_model(struct duel *d, const struct program *p);

/* The simulated machine that a program wants. */
struct sim_config duel_config(const struct program_header *h);

/*
 * Compare a step's records, as compare_records; but where between lanes it is no difference that
 * one of them cannot do an operation, here it is: these two can do the same.
 */
bool duel_compare(struct difference *why, const struct program *p, unsigned int at, unsigned int n,
		  const struct trace *expected, const struct trace *got);

/*
 * I-HEAP: whatever the core took, it has given back by the end.  False with *why if a domain's
 * core has not.
 */
bool duel_nothing_kept(struct sim *sim, const struct program *p, struct difference *why);

#endif
