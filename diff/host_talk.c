#define _GNU_SOURCE
#include "diff/host_talk.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	WORD = 0x676e7474,	/* says that it is such a page */
	BUILD = sizeof(struct host_ask) << 20 | sizeof(struct host_answer) << 8 | OP_KINDS,
};

/* What lies in the page.  The first two bytes are the kernel's to clear. */
struct talk_page {
	uint8_t agent, lane;	/* 1: at work */
	uint8_t ready;		/* 1: nothing of an earlier lane is left */
	uint8_t zero;
	uint32_t word, build, port;
	uint32_t n_asked, n_answered;
	struct host_ask ask;
	struct host_answer answer;
};

_Static_assert(sizeof(struct talk_page) <= TALK_BYTES, "all of it is in one page");
_Static_assert(offsetof(struct talk_page, agent) == TALK_AGENT_AT, "as the header says");
_Static_assert(offsetof(struct talk_page, lane) == TALK_LANE_AT, "as the header says");

#define GET(field) __atomic_load_n(&(field), __ATOMIC_ACQUIRE)
#define SET(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELEASE)

static struct talk_page *
page_of(const struct host_talk *k)
{
	return (struct talk_page *)(void *)k->page;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ the agent */

void
host_talk_open(struct host_talk *k, uint32_t port)
{
	struct talk_page *page = page_of(k);

	memset(page, 0, sizeof(*page));
	page->build = BUILD;
	page->port = port;
	page->agent = page->ready = 1;
	SET(page->word, WORD);
}

/* What was asked, of which every value may be any. */
static struct host_ask
take(const struct talk_page *page)
{
	struct program p = { .header = program_header_default, .n_ops = 1 };
	struct host_ask ask = page->ask;

	/* It is not looked at there again. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	p.ops[0] = ask.op;
	program_normalize(&p);
	ask.op = p.ops[0];
	if (p.n_ops != 1)
		ask.op.kind = OP_EXPECT;	/* nothing to do */
	return ask;
}

static void
end_lane(struct talk_page *page, struct host_side *s)
{
	struct host_ask end = { .kind = ASK_END };
	struct host_answer answer;

	host_side_answer(s, &end, &answer);
	SET(page->n_answered, GET(page->n_asked));
	SET(page->ready, 1);
}

void
host_talk_serve(struct host_talk *k, struct host_side *s, const volatile int *stop)
{
	struct talk_page *page = page_of(k);
	struct host_answer answer;
	struct host_ask ask;
	uint32_t n;

	while (!*stop) {
		n = GET(page->n_asked);
		if (!GET(page->ready) && !GET(page->lane)) {
			end_lane(page, s);
		} else if (n == page->n_answered) {
			k->wait(k->bell);
		} else {
			ask = take(page);
			host_side_answer(s, &ask, &answer);
			page->answer = answer;
			SET(page->n_answered, n);
			k->ring(k->bell);
		}
	}
	SET(page->agent, 0);
	k->ring(k->bell);
}

/* ------------------------------------------------------------------ the lane */

bool
host_talk_find(const struct host_talk *k, uint32_t *port, char *why, size_t why_bytes)
{
	struct talk_page *page = page_of(k);

	if (GET(page->word) != WORD || !GET(page->agent)) {
		snprintf(why, why_bytes, "what that reference lends is no page of an agent at "
			 "work; start `gntfuzz agent' there, which says what to name");
		return false;
	}
	if (page->build != BUILD) {
		snprintf(why, why_bytes, "the agent there is of another build of gntfuzz; take "
			 "the same");
		return false;
	}
	*port = page->port;
	return true;
}

bool
host_talk_begin(struct host_talk *k, char *why, size_t why_bytes)
{
	struct talk_page *page = page_of(k);

	for (double end = now() + k->patience; GET(page->agent) && now() < end;) {
		if (GET(page->ready)) {
			SET(page->lane, 1);
			SET(page->ready, 0);
			return true;
		}
		k->ring(k->bell);
		k->wait(k->bell);
	}
	snprintf(why, why_bytes, "the agent there is at work for another, or hangs; wait, or "
		 "start it anew");
	return false;
}

bool
host_talk_ask(struct host_talk *k, const struct host_ask *ask, struct host_answer *answer)
{
	struct talk_page *page = page_of(k);
	uint32_t n = page->n_asked + 1;

	page->ask = *ask;
	SET(page->n_asked, n);
	k->ring(k->bell);
	for (double end = now() + k->patience; now() < end;) {
		if (GET(page->n_answered) == n) {
			*answer = page->answer;
			return true;
		}
		if (!GET(page->agent))
			return false;
		k->wait(k->bell);
	}
	return false;
}
