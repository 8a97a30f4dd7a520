#define _GNU_SOURCE
#include "diff/lane_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/host_channel.h"
#include "diff/host_library.h"
#include "diff/host_place.h"
#include "diff/host_pretend.h"
#include "diff/host_run.h"
#include "diff/lane_raw.h"

#define PLAN "+plan"
#define RAW "+raw"

struct host_lane {
	struct lane lane;
	struct host_want want;
	struct host_found found;
	const struct host_calls *calls;
	void *host, *other_host;	/* the second is pretended */
	struct host_side *side, *other_side;
	struct host_channel *channel;	/* of the process `at_work' */
	pid_t at_work;
	struct host_party party[2];
	bool lost;			/* the agent of the other domain */
};

static const char *named = "";

void
lane_host_name(const char *spelling)
{
	named = spelling;
}

/* Named as it is, or without the plan. */
static bool
is_named(const char *spelling)
{
	size_t n = strlen(named);

	return strncmp(spelling, named, n) == 0 && n > 0 &&
	       (spelling[n] == 0 || strcmp(spelling + n, PLAN) == 0);
}

/* Whether that comes next; then *rest is behind it. */
static bool
takes(const char **rest, const char *word)
{
	size_t n = strlen(word);
	bool is = strncmp(*rest, word, n) == 0;

	*rest += is ? n : 0;
	return is;
}

/* A number that comes next, or one that no domain and no reference has. */
static uint32_t
takes_number(const char **rest)
{
	char *end = (char *)*rest;
	unsigned long n = ~0ul;

	if (**rest >= '0' && **rest <= '9')
		n = strtoul(*rest, &end, 10);
	*rest = end;
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* What is wrong with the peer, if there is one. */
static const char *
peer_fault(const struct host_want *want, uint32_t peer)
{
	if (!want->two)
		return NULL;
	if (peer >= DOMID_FIRST_RESERVED)
		return "behind the comma is the other domain's id, a number below 32752";
	if (peer == want->domid)
		return "the other domain is another than this one";
	if (want->raw)
		return "+raw is of one domain: host:0+raw";
	if (want->ref == UINT32_MAX && !want->plan)
		return "name the page to meet at, too: host:D,P@REF, as `gntfuzz agent' in domain "
		       "P says";
	return NULL;
}

const char *
lane_host_read(const char *spelling, struct host_want *want)
{
	const char *rest = spelling;
	uint32_t domid = takes_number(&rest), peer = 0;

	*want = (struct host_want){ .domid = (domid_t)domid, .ref = UINT32_MAX };
	want->two = takes(&rest, ",");
	if (want->two)
		peer = takes_number(&rest);
	if (want->two && takes(&rest, "@"))
		want->ref = takes_number(&rest);
	want->peer = (domid_t)peer;
	want->raw = takes(&rest, RAW);
	want->plan = takes(&rest, PLAN);
	if (spelling[0] < '0' || spelling[0] > '9')
		return "name this domain's id, as in host:0 for dom0";
	if (domid >= DOMID_FIRST_RESERVED)
		return "no domain has such an id; it is a number below 32752";
	if (*rest != 0)
		return "there are only ,P@REF, +raw and +plan behind the id";
	if (want->raw && domid != 0)
		return "+raw is dom0's: host:0+raw";
	return peer_fault(want, peer);
}

/* ------------------------------------------------------------------ open and close */

static void
host_close(struct lane *lane)
{
	struct host_lane *l = (struct host_lane *)lane;

	host_side_free(l->side);
	host_side_free(l->other_side);
	if (l->at_work == getpid())
		host_channel_close(l->channel);
	if (l->other_host != NULL)
		l->calls->close(l->other_host);
	if (l->host != NULL)
		l->calls->close(l->host);
	if (l->found.lock >= 0)
		close(l->found.lock);
	free(l);
}

/* The other domain's side, asked through the channel. */
static bool
ask_there(void *channel, const struct host_ask *ask, struct host_answer *answer)
{
	return host_talk_ask(host_channel_talk(channel), ask, answer);
}

/* Both sides are here, and do nothing.  As lane_kind.open. */
static bool
pretend(struct host_lane *l, const domid_t *real)
{
	l->calls = &host_pretend;
	l->host = host_pretend_open(stdout, l->want.domid, NULL);
	if (l->host == NULL || !l->want.two)
		return l->host != NULL;
	l->other_host = host_pretend_open(stdout, l->want.peer, l->host);
	if (l->other_host != NULL)
		l->other_side = host_side_new(l->calls, l->other_host, 1, real, 2);
	if (l->other_side == NULL)
		return false;
	l->party[1] = host_party_here(l->other_side);
	printf("first\n    in domain %u: xengnttab_map_grant_ref_notify: the page to meet at, "
	       "which domain %u lends\n    in domain %u: xenevtchn_bind_interdomain: an event "
	       "channel to domain %u\n", l->want.domid, l->want.peer, l->want.domid,
	       l->want.peer);
	return true;
}

/* Find the host, and take it. */
static bool
take_host(struct host_lane *l, char *why, size_t why_bytes)
{
	l->calls = &host_library;
	if (!host_place_find(&l->found, &host_place_real, l->want.domid,
			     l->want.two ? HOST_TWO : HOST_ALONE, why, why_bytes))
		return false;
	l->host = host_library_open(why, why_bytes);
	if (l->host == NULL || !l->want.two)
		return l->host != NULL;
	return host_channel_look(l->want.peer, l->want.ref, why, why_bytes);
}

static bool
open_sides(struct host_lane *l, char *why, size_t why_bytes)
{
	const domid_t real[2] = { l->want.domid, l->want.peer };

	if (l->want.plan ? !pretend(l, real) : !take_host(l, why, why_bytes))
		return false;
	l->side = host_side_new(l->calls, l->host, 0, real, l->want.two ? 2 : 1);
	if (l->side != NULL)
		l->party[0] = host_party_here(l->side);
	return l->side != NULL;
}

/* Whether the spelling is good, and somebody's own; if not, why[] says so. */
static bool
is_wanted(const char *spelling, struct host_want *want, char *why, size_t why_bytes)
{
	const char *name = spelling + strlen(lane_host.prefix);
	const char *wrong = lane_host_read(name, want);

	if (wrong != NULL && (name[0] != 0 || host_place_is_xen(&host_place_real, why, why_bytes)))
		snprintf(why, why_bytes, "%s", wrong);
	if (wrong == NULL && !is_named(spelling)) {
		wrong = "a file names it";
		snprintf(why, why_bytes, "a file names it, and nothing is done to this machine for "
			 "that; say --lane %s yourself", spelling);
	}
	return wrong == NULL;
}

static struct lane *
host_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	struct host_found found;
	struct host_want want;
	struct host_lane *l;

	*broken = false;
	if (!is_wanted(spelling, &want, why, why_bytes))
		return NULL;
	if (want.raw && want.plan)
		return lane_raw_open_plan(why, why_bytes, broken);
	if (want.raw)
		return host_place_find(&found, &host_place_real, 0, HOST_RAW, why, why_bytes) ?
		       lane_raw_open(&found, why, why_bytes, broken) : NULL;
	l = calloc(1, sizeof(*l));
	*broken = l == NULL;
	snprintf(why, why_bytes, "out of memory");
	if (l == NULL)
		return NULL;
	l->lane.kind = &lane_host;
	l->want = want;
	l->found.lock = -1;
	if (open_sides(l, why, why_bytes))
		return &l->lane;
	host_close(&l->lane);
	return NULL;
}

/* ------------------------------------------------------------------ run */

/* A table that no program gets to the end of. */
static void
host_adapt(struct lane *lane, struct program_header *h)
{
	h->domains = ((struct host_lane *)lane)->want.two ? 2 : 1;
	h->max_frames = program_fields[FIELD_MAX_FRAMES].high;
	h->maptrack = 1;
	h->hvm = h->silo = h->no_transfer = 0;
}

/*
 * Have the agent to ourselves, if there is one.  A campaign judges in children, one after the
 * other, and none has the mappings of its parent: each meets the agent when it begins to run.
 */
static bool
meet(struct host_lane *l, char *why, size_t why_bytes)
{
	if (!l->want.two || l->want.plan || l->at_work == getpid())
		return true;
	l->channel = host_channel_meet(l->want.peer, l->want.ref, why, why_bytes);
	if (l->channel == NULL)
		return false;
	l->at_work = getpid();
	l->party[1] = (struct host_party){ ask_there, l->channel };
	return true;
}

static enum verdict
run(struct lane *lane, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	struct host_lane *l = (struct host_lane *)lane;
	unsigned int n = l->want.two ? 2 : 1;

	if (p->header.domains != n) {
		snprintf(why, why_bytes, "the program has %u domains, and the lane %u",
			 p->header.domains, n);
		return VERDICT_SKIP;
	}
	if (!meet(l, why, why_bytes))
		return VERDICT_ERROR;
	if (!l->lost && host_run(l->party, n, p, t, l->want.plan ? stdout : NULL))
		return VERDICT_SUCCESS;
	l->lost = true;
	snprintf(why, why_bytes, "the agent in domain %u does not answer any more; start it anew, "
		 "or see whether that domain is still there", l->want.peer);
	return VERDICT_ERROR;
}

static enum verdict
host_profile(struct lane *lane, struct profile *profile, char *why, size_t why_bytes)
{
	const struct host_lane *l = (struct host_lane *)lane;

	(void)why;
	(void)why_bytes;
	*profile = profile_for(l->want.plan ? PROFILE_REFERENCE : l->found.version);
	return VERDICT_SUCCESS;
}

const struct lane_kind lane_host = {
	"host:", host_open, host_adapt, run, host_profile, host_close
};
