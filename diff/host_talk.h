/*
 * host_talk: two domains' gntfuzz, the lane and an agent, talking over one page that they share.
 *
 * The agent lends the page and does what it is asked, one lane after the other; the lane asks.  The
 * page may be written by somebody else's program: what the agent takes from it is made normal
 * first, and nothing in it is an address.  Each has a bell to wake the other, and finds out when
 * the other is gone: the kernel clears a byte of the page for a process that ends, however it does.
 */
#ifndef HOST_TALK_H
#define HOST_TALK_H

#include "diff/host_side.h"

/* Bytes of the page that the kernel clears: the agent's, and the lane's. */
enum { TALK_AGENT_AT = 0, TALK_LANE_AT = 1, TALK_BYTES = 4096 };

struct host_talk {
	uint8_t *page;		/* TALK_BYTES of it, aligned so; both write there */
	void (*ring)(void *bell);
	/* Wait for the other's bell, some tenths of a second at most. */
	void (*wait)(void *bell);
	void *bell;
	unsigned int patience;	/* what the lane may wait for an answer, in seconds */
};

/* The agent's part. */

/* Make the page one that lanes find; `port' is for the other's bell. */
void host_talk_open(struct host_talk *k, uint32_t port);

/*
 * Answer with s what is asked, until *stop.  After a lane that is gone s has nothing lent or mapped
 * any more.
 */
void host_talk_serve(struct host_talk *k, struct host_side *s, const volatile int *stop);

/* The lane's. */

/* Whether that page is an agent's of this build, and its port; if not, one line in why[]. */
bool host_talk_find(const struct host_talk *k, uint32_t *port, char *why, size_t why_bytes);

/* Have the agent to itself.  If not, one line in why[]. */
bool host_talk_begin(struct host_talk *k, char *why, size_t why_bytes);

/* Ask.  False: the agent is gone, or does not answer in time. */
bool host_talk_ask(struct host_talk *k, const struct host_ask *ask, struct host_answer *answer);

#endif
