/*
 * host_side: one domain's part in a program that kernels' grant code does: its pages, references
 * and mappings, and its operations, each a call of host_calls.
 *
 * It is asked and answers, so that it may be in another domain than who asks.  What is asked and
 * answered has a fixed layout, and both ends are of one build (host_talk.h).
 */
#ifndef HOST_SIDE_H
#define HOST_SIDE_H

#include "diff/host_calls.h"
#include "diff/trace.h"

/* What a reference slot stands for. */
struct host_ref {
	grant_ref_t number;
	uint8_t page;		/* the slot it lends; its owner's business */
	uint8_t live;		/* 0: for nothing */
};

enum host_ask_kind {
	ASK_BEGIN,		/* a program: pages anew */
	ASK_OP,			/* one operation of this domain's */
	ASK_END,		/* digests; then whatever is left lent or mapped is ended */
};

struct host_ask {
	uint8_t kind;		/* enum host_ask_kind */
	uint8_t pages;		/* ASK_BEGIN: slots with a page at the start */
	struct op op;		/* ASK_OP: of a normal program */
	/* ASK_OP: what the reference slot stands for that the operation names, if it names one of
	 * the other domain. */
	struct host_ref other;
};

struct host_answer {
	struct trace_record record;		/* ASK_OP */
	struct host_ref ref[REF_SLOTS];		/* ASK_OP: what the slots stand for now */
	uint64_t digest[PAGE_SLOTS];		/* ASK_END */
};

struct host_side;

/*
 * The part of domain index `self`; real[i] is domain i's id, of n, 1 or 2.  NULL: out of memory.
 * calls and host outlive it.
 */
struct host_side *host_side_new(const struct host_calls *calls, void *host, unsigned int self,
				const domid_t *real, unsigned int n);

/* Whatever is left lent or mapped is ended; takes NULL. */
void host_side_free(struct host_side *s);

/* Do what is asked.  All of *answer is set. */
void host_side_answer(struct host_side *s, const struct host_ask *ask, struct host_answer *answer);

/* The reference slot that an operation names and its owner's index, if a slot is named. */
bool host_side_names(const struct op *o, unsigned int *owner, unsigned int *slot);

#endif
