/*
 * compare_class: what sort of difference two builds of Xen show on a program.
 *
 * It is a class as diff/class.h says, of which `expected' is the older build's answer, and the
 * world that both ran in.  A file of expectations names classes by their ids.
 */
#ifndef COMPARE_CLASS_H
#define COMPARE_CLASS_H

#include "diff/class.h"

/* What came of a program on a build. */
enum outcome {
	OUTCOME_TRACE,
	OUTCOME_PANIC,		/* Xen, or the guest, says that it gives up */
	OUTCOME_SILENT,		/* no answer */
	OUTCOME_DIED,		/* the machine ended */
	OUTCOME_REFUSED,	/* the lane has no such world: nothing was run */
};

/* Where a difference is, and how to find the same place in a third trace. */
struct class_place {
	enum difference_field field;	/* FIELD_NONE: no trace on one side */
	uint16_t at;			/* operation; n_ops: the end of the run, or unknown */
	uint8_t view, domain, slot;
};

struct class {
	char id[CLASS_ID];
	struct class_words words;	/* `expected': the older build's */
	char world[16];
	struct class_place place;
};

/* What a build made of a program. */
struct class_side {
	enum outcome outcome;
	const struct trace *trace;	/* valid if OUTCOME_TRACE */
	unsigned int n_begun;		/* else: as struct lane's */
};

/*
 * Tell the class of the first difference between what two builds, the older first, made of p.
 * `model' says which states entries were in, and which fields Xen leaves open: differences in those
 * are none.  A run without a trace differs at the operation at which it ended, the earlier one if
 * both are without.  `world' ends the id, if not "".  Returns false if there is no difference.
 */
bool class_of(struct class *c, const struct program *p, const struct trace *model,
	      const struct class_side *left, const struct class_side *right, const char *world);

/* Leave the entry's state out of the class: it is of no matter. */
void class_forget_entry(struct class *c);

/* The same class seen from the other side: what its id is if the newer build comes first. */
void class_reversed_id(const struct class *c, char id[CLASS_ID]);

/* What a build answered at the place, exactly: numbers too. */
void class_answer(const struct class_place *place, const struct program *p, enum outcome outcome,
		  const struct trace *t, char answer[CLASS_WORD]);

/* Whether `id' is what the pattern says, in which `*' stands for any characters. */
bool class_matches(const char *pattern, const char *id);

#endif
