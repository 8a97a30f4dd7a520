#define _GNU_SOURCE
#include "diff/lane_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/host_library.h"
#include "diff/host_place.h"
#include "diff/host_pretend.h"
#include "diff/host_run.h"
#include "diff/lane_raw.h"

#define PLAN "+plan"
#define RAW "+raw"

struct host_lane {
	struct lane lane;
	const struct host_calls *calls;
	void *host;
	struct host_want want;
	struct host_found found;
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

const char *
lane_host_read(const char *spelling, struct host_want *want)
{
	size_t digits = strspn(spelling, "0123456789");
	const char *rest = spelling + digits;
	unsigned long domid = digits > 0 && digits < 6 ? strtoul(spelling, NULL, 10) : 0x10000;

	want->domid = (domid_t)domid;
	want->raw = takes(&rest, RAW);
	want->plan = takes(&rest, PLAN);
	if (digits == 0)
		return "name this domain's id, as in host:0 for dom0";
	if (domid >= DOMID_FIRST_RESERVED)
		return "no domain has such an id; it is a number below 32752";
	if (*rest == ',')
		return "programs of two domains are not run here; name this domain alone";
	if (*rest != 0)
		return "there are only +raw and +plan behind the id";
	return want->raw && domid != 0 ? "+raw is dom0's: host:0+raw" : NULL;
}

static void
host_close(struct lane *lane)
{
	struct host_lane *l = (struct host_lane *)lane;

	if (l->host != NULL)
		l->calls->close(l->host);
	if (l->found.lock >= 0)
		close(l->found.lock);
	free(l);
}

/* Find the host, and take it.  As lane_kind.open. */
static bool
take_host(struct host_lane *l, char *why, size_t why_bytes)
{
	if (l->want.plan) {
		l->calls = &host_pretend;
		l->host = host_pretend_open(stdout);
		return l->host != NULL;
	}
	l->calls = &host_library;
	if (!host_place_find(&l->found, &host_place_real, l->want.domid, false, why,
			     why_bytes))
		return false;
	l->host = host_library_open(why, why_bytes);
	return l->host != NULL;
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
		return host_place_find(&found, &host_place_real, 0, true, why, why_bytes) ?
		       lane_raw_open(&found, why, why_bytes, broken) : NULL;
	l = calloc(1, sizeof(*l));
	*broken = l == NULL;
	snprintf(why, why_bytes, "out of memory");
	if (l == NULL)
		return NULL;
	l->lane.kind = &lane_host;
	l->want = want;
	l->found.lock = -1;
	if (take_host(l, why, why_bytes))
		return &l->lane;
	host_close(&l->lane);
	return NULL;
}

/* One domain, and a table that no program gets to the end of. */
static void
host_adapt(struct lane *l, struct program_header *h)
{
	(void)l;
	h->domains = 1;
	h->max_frames = program_fields[FIELD_MAX_FRAMES].high;
	h->maptrack = 1;
	h->hvm = h->silo = h->no_transfer = 0;
}

static enum verdict
run(struct lane *lane, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	struct host_lane *l = (struct host_lane *)lane;

	if (p->header.domains != 1) {
		snprintf(why, why_bytes, "the program has %u domains, and the lane one",
			 p->header.domains);
		return VERDICT_SKIP;
	}
	host_run(l->calls, l->host, l->want.domid, p, t, l->want.plan ? stdout : NULL);
	return VERDICT_SUCCESS;
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
