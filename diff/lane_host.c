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

#define PLAN "+plan"

struct host_lane {
	struct lane lane;
	const struct host_calls *calls;
	void *host;
	domid_t domid;
	bool plan;
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

const char *
lane_host_read(const char *spelling, unsigned int *domid, bool *plan)
{
	size_t digits = strspn(spelling, "0123456789");

	*domid = digits > 0 && digits < 6 ? (unsigned int)strtoul(spelling, NULL, 10) : 0x10000;
	*plan = strcmp(spelling + digits, PLAN) == 0;
	if (digits == 0)
		return "name this domain's id, as in host:0 for dom0";
	if (*domid >= DOMID_FIRST_RESERVED)
		return "no domain has such an id; it is a number below 32752";
	if (spelling[digits] == ',')
		return "programs of two domains are not run here; name this domain alone";
	return spelling[digits] == 0 || *plan ? NULL : "there is only +plan behind the id";
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
	if (l->plan) {
		l->calls = &host_pretend;
		l->host = host_pretend_open(stdout);
		return l->host != NULL;
	}
	l->calls = &host_library;
	if (!host_place_find(&l->found, &host_place_real, l->domid, why, why_bytes))
		return false;
	l->host = host_library_open(why, why_bytes);
	return l->host != NULL;
}

static struct lane *
host_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	const char *name = spelling + strlen(lane_host.prefix), *wrong;
	struct host_lane *l = calloc(1, sizeof(*l));
	unsigned int domid;

	*broken = l == NULL;
	snprintf(why, why_bytes, "out of memory");
	if (l == NULL)
		return NULL;
	l->lane.kind = &lane_host;
	l->found.lock = -1;
	wrong = lane_host_read(name, &domid, &l->plan);
	l->domid = (domid_t)domid;
	if (wrong != NULL && (name[0] != 0 || host_place_is_xen(&host_place_real, why, why_bytes)))
		snprintf(why, why_bytes, "%s", wrong);
	if (wrong == NULL && !is_named(spelling)) {
		wrong = "a file names it";
		snprintf(why, why_bytes, "a file names it, and nothing is done to this machine for "
			 "that; say --lane %s yourself", spelling);
	}
	if (wrong == NULL && take_host(l, why, why_bytes))
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
	host_run(l->calls, l->host, l->domid, p, t, l->plan ? stdout : NULL);
	return VERDICT_SUCCESS;
}

static enum verdict
host_profile(struct lane *lane, struct profile *profile, char *why, size_t why_bytes)
{
	const struct host_lane *l = (struct host_lane *)lane;

	(void)why;
	(void)why_bytes;
	*profile = profile_for(l->plan ? PROFILE_REFERENCE : l->found.version);
	return VERDICT_SUCCESS;
}

const struct lane_kind lane_host = {
	"host:", host_open, host_adapt, run, host_profile, host_close
};
