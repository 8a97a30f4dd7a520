/*
 * race_order: the orders in which the sections of a program's races can be done, one after the
 * other.
 *
 * An order is a choice at every cut.  The model is run with the choices of the order before, up to
 * the last one that can be made differently; from there on choices are new.  Orders that differ
 * only in sections that have nothing to do with each other are done once: sleep sets, by what
 * struct model_option says they are about.
 *
 * Hosted.
 */
#ifndef RACE_ORDER_H
#define RACE_ORDER_H

#include "arch/turn.h"
#include "diff/model.h"

enum {
	RACE_CHOICES_MAX = 4096,	/* in a program; those after are not made differently */
	RACE_GUIDED_MAX = 8,		/* races */
	RACE_GUIDE_STEPS = 1024,
};

/*
 * Who took each step in the races of a run, whose outcome is looked for: similar orders are tried
 * first.  What is beyond the limits is left out.
 */
struct race_guide {
	unsigned int races;
	struct {
		unsigned int n;
		uint8_t branch[RACE_GUIDE_STEPS];
	} race[RACE_GUIDED_MAX];
};

/* A cut: who could go on there, and who did. */
struct choice {
	struct model_option o[MODEL_OPTIONS_MAX];	/* those to be tried first, first */
	uint8_t at[MODEL_OPTIONS_MAX];	/* where the model has them */
	uint8_t n, taken;
	uint32_t asleep;		/* a bit each: ids that are part of other orders */
	bool data;			/* o is void */
};

struct race_order {
	bool reduce;
	bool too_long;			/* RACE_CHOICES_MAX was met */
	unsigned long pruned;		/* times that what was left was another order again */
	unsigned int n, depth;		/* choices known, and taken of them */
	struct choice choice[RACE_CHOICES_MAX];
	const struct race_guide *guide;	/* NULL: options are tried as they come */
	unsigned int race;		/* the program's so many-th, from 1, is under way */
	unsigned int sections[RACE_BRANCHES_MAX];	/* that its branches have done */
	unsigned int all_sections[RACE_GUIDED_MAX][RACE_BRANCHES_MAX];	/* in a usual order */
};

/* Begin with the first order: without `reduce' all of them are done. */
void race_order_start(struct race_order *s, bool reduce);

/* The model is about to be run from its start; a race is about to begin. */
void race_order_run(struct race_order *s);
void race_order_race(struct race_order *s);

/* struct model_order's pick; ctx is the struct race_order. */
unsigned int race_order_pick(void *ctx, const struct model_option *o, unsigned int n);

/* As that, but the usual order, which tells how many sections there are. */
unsigned int race_order_count(void *ctx, const struct model_option *o, unsigned int n);

/*
 * Try orders like the guide's first, from now on, beginning anew.  Pre: the program was run to its
 * end by race_order_count.
 */
void race_order_guide(struct race_order *s, const struct race_guide *guide);

/* Make the last choice that can be made differently so.  False: all orders are done. */
bool race_order_next(struct race_order *s);

#endif
