/*
 * interp: executes a program on real cores and a real or simulated hypervisor, and writes the
 * trace.
 *
 * One interpreter runs everywhere, hosted and freestanding; a lane differs only in what is under it
 * (arch.h, guest.h).  What it does for each kind of operation, and when it skips one, is in
 * LANGUAGE.md.
 */
#ifndef INTERP_H
#define INTERP_H

#include "arch/guest.h"
#include "core/gnttab.h"
#include "diff/race.h"
#include "diff/trace.h"

/* A name for a mapping. */
struct interp_map {
	grant_handle_t handle, stale;
	uint64_t dev_bus_addr;
	uint32_t ref;			/* what it maps, for the entry view */
	uint8_t granter;		/* domain index, or VIEW_NONE before the first map */
	bool host, dev;			/* parts still mapped */
	bool stale_ok;			/* no map since `stale` was freed */
};

/* Tells a free callback which one it is. */
struct interp_callback {
	struct gnttab_free_callback cb;
	struct interp *in;		/* the owner: a branch's copy has no callbacks */
	uint8_t slot;
	bool called;			/* since the last race began */
};

struct interp_domain {
	struct arch *arch;
	struct gnttab gt;
	struct gnttab *core;		/* gt of the domain itself: this may be a branch's copy */
	uint32_t ref[REF_SLOTS];
	uint8_t landing[REF_SLOTS];	/* page slot for a transfer that arrives */
	uint16_t held;			/* bit s: ref slot s holds a reference */
	uint8_t window_used;		/* bit w: something is mapped at window w */
	bool failed;			/* its core could not be set up */
	grant_ref_t chain[CHAIN_SLOTS];
	struct interp_callback callback[CALLBACK_SLOTS];
	struct interp_map map[MAP_SLOTS];
};

/* One operation being done: its domain, and the record to fill. */
struct doing {
	struct interp *in;
	const struct op *op;
	struct trace_record *r;
	struct interp_domain *d;	/* the actor's */
};

/* The members of one hypercall: n operations, those that are not skipped, in order. */
struct batch {
	unsigned int n;
	struct doing member[OP_BATCH_MAX];
};

struct interp_racers;

struct interp {
	const struct program *program;
	struct trace *trace;
	struct interp_domain domain[DOMAINS_MAX];
	uint16_t fired;			/* callbacks of the operation in hand, as in trace_record */
	uint8_t n_fired;
	bool failed;		/* a domain has: every operation is SKIP_LANE */
	bool racing;			/* this is a branch's copy, in a race */
	/* In a race: an earlier branch's; bit CHAIN_SLOTS means nothing. */
	uint8_t maps_claimed, windows_claimed, chains_claimed;
	struct batch batch;		/* the step's; on the stack it would cost more */
	struct interp_racers *racers;	/* the owner's, or NULL: the operations of races are LANE */
};

/* What is kept for an operation of a race until the race is over. */
struct interp_held {
	uint16_t at;			/* the operation */
	uint64_t what;			/* a page that was parked, a frame that arrived; 0: none */
};

/* What a race needs: each branch runs on names of its own. */
struct interp_racers {
	struct interp branch[RACE_BRANCHES_MAX];
	struct race_place race;
	uint8_t code[RACE_SCHEDULE_MAX];
	uint16_t at[RACE_BRANCHES_MAX];	/* the operation that each branch is in */
	struct interp_held held[RACE_OPS_MAX];
	unsigned int n_held;
};

/*
 * Start a program on freshly reset guests.  guests[d] is domain d's machine, d < header.domains.
 * Sets up each domain's core, in order.  Pre: p is normal; p and t outlive the run.
 */
void interp_begin(struct interp *in, const struct program *p, struct arch *const *guests,
		  struct trace *t);

/*
 * The same in parts, where a domain can only be set up, and taken down, from within: begin_domain
 * for each, then open; all steps; then end_domain for each, and close.  A domain that has ended may
 * begin the next program before this one is closed.
 */
void interp_begin_domain(struct interp *in, unsigned int d, struct arch *arch);
void interp_open(struct interp *in, const struct program *p, struct trace *t);
void interp_end_domain(struct interp *in, unsigned int d);
void interp_close(struct interp *in);

/* Do the next operations: one, or a whole batch; records from `at` on.  Returns how many. */
unsigned int interp_step(struct interp *in, unsigned int at);

/*
 * Leave them out instead, as what the lane cannot do: one operation, a whole batch or race.
 * Returns how many.
 */
unsigned int interp_leave_out(struct interp *in, unsigned int at);

/*
 * A race in parts, where what is done to a domain's pages is done from within it: find; part for
 * each domain; begin; each branch, at once; settle for each domain; take for each domain; end,
 * which returns how many operations the race was.  `before' is called before each operation, unless
 * it is NULL.  skip instead of all: the lane has no such race.  Pre: there are racers, at is an
 * OP_RACE.
 */
void interp_race_find(struct interp *in, unsigned int at);
void interp_race_part(struct interp *in, unsigned int d);
void interp_race_begin(struct interp *in);
void interp_race_branch(struct interp *in, unsigned int b, void (*before)(void *ctx), void *ctx);
void interp_race_settle(struct interp *in, unsigned int d);
void interp_race_take(struct interp *in, unsigned int d);
unsigned int interp_race_end(struct interp *in);
unsigned int interp_race_skip(struct interp *in, unsigned int at);

/* What an entry of a domain looks like in a trace. */
void interp_view_of(const struct interp *in, const struct interp_domain *owner,
		    const struct grant_entry_v1 *e, struct entry_view *v);

/* Look at an entry of a domain: *v is left as it is if the domain's core has no such entry. */
void interp_look(const struct interp *in, const struct interp_domain *owner, grant_ref_t ref,
		 struct entry_view *v);

/*
 * Write the end of the trace, and take the cores down.  The guests' state is left for their reset.
 */
void interp_end(struct interp *in);

/* begin, all steps, end. */
void interp_run(struct interp *in, const struct program *p, struct arch *const *guests,
		struct trace *t);

#endif
