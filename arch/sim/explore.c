/*
 * explore: depth first over the turns of a race, each run from its start; see explore.h.
 *
 * A node is a place where the race was: the turns possible there, which of them have been tried,
 * and which sleep: those that were tried before, further up, and have met nothing since that they
 * depend on.  To take one of those would only be another order of a run that was had.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/sim/explore.h"

enum { DEPTH_MAX = 600 };

struct node {
	unsigned int n, at;		/* options, and which of them is being tried */
	unsigned int n_sleep;
	struct race_option option[RACE_OPTIONS_MAX];
	struct race_option sleep[RACE_OPTIONS_MAX];
};

struct explore {
	bool arm, pruned;
	unsigned int depth;		/* in this run */
	unsigned int n_nodes;		/* kept from the runs before */
	struct explore_count count;
	struct node node[DEPTH_MAX];
};

struct explore *
explore_new(void)
{
	return calloc(1, sizeof(struct explore));
}

void
explore_free(struct explore *e)
{
	free(e);
}

void
explore_start(struct explore *e, bool arm)
{
	e->arm = arm;
	e->pruned = false;
	e->depth = e->n_nodes = 0;
	e->count = (struct explore_count){ 0 };
}

bool
explore_pruned(const struct explore *e)
{
	return e->pruned;
}

struct explore_count
explore_count(const struct explore *e)
{
	return e->count;
}

/* ------------------------------------------------------------------ turns */

static bool
is_drain(const struct race_option *o)
{
	return o->turn.kind == TURN_DRAIN;
}

/* The same turn, seen from two places: its index may have changed, and STEP have become HOLD. */
static bool
is_same(const struct race_option *a, const struct race_option *b)
{
	if (a->turn.branch != b->turn.branch || is_drain(a) != is_drain(b))
		return false;
	if (is_drain(a))
		return a->object == b->object;
	return (a->turn.kind == TURN_STALE ? a->turn.index : 0) ==
	       (b->turn.kind == TURN_STALE ? b->turn.index : 0);
}

/* Of a branch, what its CPU does is in order; what leaves its buffer is somebody else's doing. */
static bool
depends(const struct explore *e, const struct race_option *a, const struct race_option *b)
{
	if (a->turn.branch == b->turn.branch && !is_drain(a) && !is_drain(b))
		return true;
	return race_dependent(a, b, e->arm);
}

static bool
sleeps(const struct node *k, const struct race_option *o)
{
	for (unsigned int i = 0; i < k->n_sleep; i++)
		if (is_same(&k->sleep[i], o))
			return true;
	return false;
}

/* A store that can wait is taken as HOLD and DRAIN: STEP is both in one. */
static bool
is_both(const struct race_option *o, const struct race_option *all, unsigned int n)
{
	if (o->turn.kind != TURN_STEP)
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (all[i].turn.kind == TURN_HOLD && all[i].turn.branch == o->turn.branch)
			return true;
	return false;
}

/* ------------------------------------------------------------------ nodes */

static void
put_to_sleep(const struct explore *e, struct node *k, const struct race_option *o,
	     const struct race_option *taken)
{
	if (k->n_sleep < RACE_OPTIONS_MAX && !depends(e, o, taken))
		k->sleep[k->n_sleep++] = *o;
}

/* The node behind `up', whose turn `at' was taken. */
static void
node_open(const struct explore *e, struct node *k, const struct node *up,
	  const struct race_option *o, unsigned int n)
{
	k->n = k->at = k->n_sleep = 0;
	if (up != NULL) {
		for (unsigned int i = 0; i < up->n_sleep; i++)
			put_to_sleep(e, k, &up->sleep[i], &up->option[up->at]);
		for (unsigned int i = 0; i < up->at; i++)
			put_to_sleep(e, k, &up->option[i], &up->option[up->at]);
	}
	for (unsigned int i = 0; i < n; i++)
		if (!is_both(&o[i], o, n) && !sleeps(k, &o[i]))
			k->option[k->n++] = o[i];
}

static unsigned int
place_of(const struct race_option *want, const struct race_option *o, unsigned int n)
{
	unsigned int i = 0;

	while (i < n && memcmp(&o[i].turn, &want->turn, sizeof(want->turn)) != 0)
		i++;
	return i;
}

unsigned int
explore_pick(void *ctx, const struct race_option *o, unsigned int n)
{
	struct explore *e = ctx;
	struct node *k;

	e->count.n_turns++;
	if (e->depth == DEPTH_MAX) {
		e->count.deep = true;
		return 0;
	}
	k = &e->node[e->depth];
	if (e->depth == e->n_nodes) {
		node_open(e, k, e->depth > 0 ? k - 1 : NULL, o, n);
		e->n_nodes++;
	}
	e->depth++;
	e->pruned = k->n == 0;
	return k->n > 0 ? place_of(&k->option[k->at], o, n) : n;
}

bool
explore_next(struct explore *e)
{
	e->count.n_runs += !e->pruned;
	e->count.n_pruned += e->pruned;
	e->pruned = false;
	e->depth = 0;
	while (e->n_nodes > 0) {
		struct node *k = &e->node[e->n_nodes - 1];

		if (++k->at < k->n)
			return true;
		e->n_nodes--;
	}
	return false;
}
