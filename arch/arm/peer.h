/*
 * peer: another domain of the machine, which does what ours tells it.
 *
 * Its core and its programs run here; there only a loop does: it makes the hypercalls that are to
 * be its own, and loads and stores what only it can reach.  Both run the same image.  What they
 * talk by is memory of the peer, which we map as a foreign frame, as we do its pages and its table.
 *
 * Of one talk each side knows its turn by two counts: `asked' is ours, `done' the peer's.
 */
#ifndef ARM_PEER_H
#define ARM_PEER_H

#include "arch/xen_abi.h"

#define PEER_MAGIC 0x72656570u		/* "peer" */

enum peer_what {
	PEER_CALL,	/* hypercall arg[0] of arg[1] to arg[4]; the answer is its */
	PEER_LOOK,	/* bytes[]: the page at address arg[0]; the answer: whether there is any */
	PEER_STORE,	/* the first arg[1] of bytes[], to address arg[0] */
};

enum {
	PEER_OPS_BYTES = 1 << 15,	/* bytes[] for operations; behind them, a list of frames */
	PEER_LIST_BYTES = 1 << 15,
};

struct peer {
	uint32_t magic;			/* PEER_MAGIC: it has come up */
	uint32_t asked, done;
	uint32_t awake;			/* it is asked soon: not to sleep */
	uint32_t what;			/* enum peer_what */
	uint64_t arg[5];
	int64_t answer;
	uint64_t bytes_at, pages_at, table_at;	/* guest-physical addresses, of bytes[] too */
	uint8_t bytes[PEER_OPS_BYTES + PEER_LIST_BYTES] __attribute__((aligned(XEN_PAGE_SIZE)));
};

/* ------------------------------------------------------------------ in the peer */

/* Do what we are told, for ever.  Our pages and our table are to be there. */
_Noreturn void peer_serve(uint64_t pages_at, uint64_t table_at);

/* ------------------------------------------------------------------ in ours */

/*
 * Find the peer that is this domain, and wait until it has come up.  NULL: there is no such domain.
 */
struct peer *peer_find(domid_t domid);

/* Map n frames of a domain, from this address of its on.  Returns where; NULL: there is none. */
void *peer_map(domid_t domid, uint64_t address, unsigned int n);

/*
 * Have it make a hypercall: about `arg', of which it gets the first `bytes', and we what became of
 * them; none are for an address that is bad on purpose.  A list of frames that a setup_table
 * operation in there names is brought back too, if it has `frames' of them.
 */
long peer_call(struct peer *p, unsigned int number, unsigned int cmd, void *arg, size_t bytes,
	       unsigned int count);
long peer_setup(struct peer *p, struct gnttab_setup_table *op);

/* The page at an address of its, until it is asked again; NULL if it has nothing there. */
uint8_t *peer_look(struct peer *p, uint64_t address);

/* Pre: something that may be written is there. */
void peer_store(struct peer *p, uint64_t address, const void *bytes, unsigned int len);

#endif
