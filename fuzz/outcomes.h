/*
 * outcomes: what the races of one program answered, how often, and what they may answer.
 *
 * An outcome is the answers of all operations of the program's races, in words, in the program's
 * order: "d0 end_ref busy | d1 map okay".  Expectations of the program do not count.
 */
#ifndef OUTCOMES_H
#define OUTCOMES_H

#include "diff/race_set.h"

enum { OUTCOME_BYTES = 512 };

struct outcome {
	char answers[OUTCOME_BYTES];
	unsigned long n;		/* times it was seen */
	bool allowed;			/* by the model */
};

/* In the order in which they came: first what the model allows. */
struct outcomes {
	struct outcome *of;
	unsigned int n;
	unsigned long n_runs;		/* the sum of all `of[].n' */
	bool cut_short;			/* the model allows more than these */
};

/* The model that says what is allowed: of a Xen, for many programs. */
struct outcome_judge {
	struct model *model;
	struct race_set *set;
	struct profile profile;
};

/* Exits without memory. */
void outcome_judge_open(struct outcome_judge *j, const struct profile *profile);
void outcome_judge_close(struct outcome_judge *j);

/* Begin with a normal program that has races: its outcomes are what the model allows. */
void outcomes_begin(struct outcomes *o, struct outcome_judge *j, const struct program *p);
void outcomes_free(struct outcomes *o);

/* Its number in *o, which gets it if it is new.  Exits without memory. */
unsigned int outcomes_find(struct outcomes *o, const struct program *p, const struct trace *t);

/* Count it once more. */
void outcomes_count(struct outcomes *o, unsigned int number);

/* How many of what is allowed were seen, and were not. */
struct outcomes_sum {
	unsigned int seen, unseen;
};
struct outcomes_sum outcomes_sum(const struct outcomes *o);

#endif
