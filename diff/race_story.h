/*
 * race_story: what happened in a race, turn by turn, and what the model would have let it answer.
 *
 * Of a program with several races it is the story of the last one that began.  Where memory is
 * looked at it is as it is in memory: what waits in a store buffer is not seen.
 *
 * It has no pointers, so that another process may read it when the one that ran has died.  Hosted.
 */
#ifndef RACE_STORY_H
#define RACE_STORY_H

#include "arch/sim/race.h"
#include "arch/sim/thing.h"
#include "diff/interp.h"
#include "diff/race_set.h"
#include "diff/said.h"

enum {
	STORY_TURNS_MAX = 256,		/* of a race that takes more, the first */
	STORY_ENTRIES_MAX = 4,		/* that are looked at: the first that are touched */
	STORY_IN = 24,
};

struct story_turn {
	struct turn turn;
	uint16_t at;			/* the operation that the branch is in */
	uint8_t act;			/* enum race_act */
	bool ordered;
	uint8_t slot;			/* of the entry touched: `g' and this, or VIEW_NONE */
	uint8_t entry;			/* its place in story.entry, or STORY_ENTRIES_MAX */
	uint32_t size, bytes;		/* bytes: the value as it is */
	struct entry_view was, value;	/* of an entry: the fields that are touched */
	struct sim_thing thing;
	char in[STORY_IN];		/* "" or the hypervisor's function */
	/* After it. */
	struct entry_view view[STORY_ENTRIES_MAX];
	uint8_t waiting[RACE_BRANCHES_MAX];	/* stores in each branch's buffer */
};

struct story_entry {
	uint8_t domain, slot;		/* slot: of `g', or VIEW_NONE */
	uint32_t number;
	struct entry_view before;	/* the race */
};

struct race_story {
	bool began;			/* else there was no race: the rest means nothing */
	uint16_t at;			/* its OP_RACE */
	uint8_t n_branches, n_entries;
	uint16_t n_turns;
	uint32_t n_left_out;		/* turns that there was no room for */
	bool ended;			/* all branches did */
	uint8_t waiting[RACE_BRANCHES_MAX];
	struct story_entry entry[STORY_ENTRIES_MAX];
	struct story_turn turn[STORY_TURNS_MAX];
	/* What it answered, in words; and what the model allows, if the story was judged. */
	char answered[SAID_LENGTH];
	bool judged;
	struct said allowed;		/* full: not all that is allowed is listed */
};

/* The race at `at' is about to begin: forget the one before. */
void race_story_begin(struct race_story *s, const struct program *p, unsigned int at);

/* As race_control.saw, and after; `in' is what runs the program on that machine. */
void race_story_saw(struct race_story *s, const struct sim *sim, const struct interp *in,
		    const struct race_event *e);
void race_story_after(struct race_story *s, const struct interp *in);

/* Who says what is allowed. */
struct race_story_model {
	struct race_set *set;
	struct model *model;
	const struct profile *profile;
};

/*
 * Add what the race answered in `got', if it ended, and all that it might have.  Of those orders
 * that one's trace goes to *nearest which has most of its answers, up to the end of the race.
 * False: no order could be tried.  Pre: s->began, for p, which is normal.
 */
bool race_story_judge(struct race_story *s, const struct program *p, const struct trace *got,
		      const struct race_story_model *m, struct trace *nearest);

#endif
