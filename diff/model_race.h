/*
 * model_race: a race of the model, as it is between its start and its end.
 *
 * A branch is a coroutine that stands before its next section; somebody's choice lets it do that
 * one, or lets out one of its stores that wait.
 */
#ifndef MODEL_RACE_H
#define MODEL_RACE_H

#include "arch/sim/fiber.h"
#include "diff/model_internal.h"
#include "diff/race.h"

enum { STORES_MAX = 8, UNLOCKS_MAX = 4 };

/* Why a branch of a race does not go on by itself. */
enum wait { WAIT_NOTHING, WAIT_STORES, WAIT_ACCESSES, WAIT_LOCK, WAIT_ENTRY, WAIT_NEVER };

/* A branch of a race: a coroutine, which stands before its next section. */
struct model_branch {
	enum wait wait;			/* NEVER: it has ended */
	const bool *lock;		/* WAIT_LOCK: until this is clear */
	const uint8_t *accesses;	/* WAIT_ACCESSES: until they are 0 */
	const uint16_t *flags;		/* WAIT_ENTRY: until these are not `was' */
	uint16_t was;
	bool delays;			/* its stores may be seen late, and that matters */
	uint8_t n_stores;
	unsigned int seen;		/* it loads what was there after so many stores, or later */
	struct model_store store[STORES_MAX + UNLOCKS_MAX];	/* that wait, the oldest first */
	bool restless;			/* others may change an entry too often for it (R1205) */
	struct model_claimed claimed;
	struct model_option next;
	struct names names[DOMAINS_MAX];
	struct batch batch;
};

/* A store into a page that took place: what was there before.  Of a copy: all of the page. */
struct model_written {
	uint8_t page, branch;
	uint16_t off, old;
};

enum { WRITTEN_MAX = RACE_OPS_MAX * OP_BATCH_MAX, WRITTEN_ALL = 0xffff, EARLY_MAX = 8 };

struct model_racing {
	unsigned int now;		/* stores into pages so far */
	struct model_written written[WRITTEN_MAX];
	struct fibers *stacks;
	struct race_place place;
	struct trace *trace;
	unsigned int current;
	bool given_up;			/* by order.answered */
	struct model_branch branch[RACE_BRANCHES_MAX];
	unsigned int n_held;
	struct model_held held[RACE_OPS_MAX * OP_BATCH_MAX];
};

/* ------------------------------------------------------------------ model_section.c */

/* Have coroutines for the branches of m->race, which do nothing yet. */
void sections_begin(struct model *m);

/* Do all sections, in the order of m->order.  False if the race was given up. */
bool sections_run(struct model *m);

/* ------------------------------------------------------------------ model_store.c */

/* Whether it makes a difference when what the branch stores is seen. */
bool store_matters(const struct model *m, const struct race_branch *b);

/* The waiting stores of a branch that can become visible.  Returns how many. */
unsigned int store_options(const struct model *m, unsigned int branch, struct model_option *o);

/* Make one of these visible. */
void store_drain(struct model *m, unsigned int branch, unsigned int id);

#endif
