#define _POSIX_C_SOURCE 200809L
#include "diff/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/coarse.h"
#include "diff/duel.h"
#include "diff/lane_host.h"
#include "diff/race.h"

/* The two lanes in this process are the two halves of a duel. */
struct inner_lane {
	struct lane lane;
	struct duel *duel;
	struct profile profile;
};

static struct lane *
inner_open(const struct lane_kind *kind, char *why, size_t why_bytes, bool *broken)
{
	struct inner_lane *l = calloc(1, sizeof *l);

	*broken = true;
	if (l != NULL)
		l->duel = duel_new();
	if (l == NULL || l->duel == NULL) {
		snprintf(why, why_bytes, "out of memory");
		free(l);
		return NULL;
	}
	l->lane.kind = kind;
	l->profile = profile_for(PROFILE_REFERENCE);
	return &l->lane;
}

static struct lane *
model_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	(void)spelling;
	return inner_open(&lane_model, why, why_bytes, broken);
}

static bool
is_model(const struct lane *l)
{
	return l->kind == &lane_model || l->kind == &lane_model_of;
}

void
lane_model_be(struct lane *lane, const struct profile *profile)
{
	struct inner_lane *l = (struct inner_lane *)lane;

	ARCH_ASSERT(is_model(lane));
	l->profile = *profile;
	duel_set_profile(l->duel, profile);
}

static struct lane *
model_of_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	const char *version = spelling + strlen(lane_model_of.prefix);
	struct profile profile;
	struct lane *l;

	*broken = false;
	if (!profile_parse(&profile, version)) {
		snprintf(why, why_bytes, "no version of Xen `%s'; say one as in model:4.14",
			 version);
		return NULL;
	}
	l = inner_open(&lane_model_of, why, why_bytes, broken);
	if (l != NULL)
		lane_model_be(l, &profile);
	return l;
}

/* What such a lane has done is what the model is asked about; another lane cannot be. */
static bool
compare_done(struct difference *d, struct lane *expected, const struct program *p,
	       struct trace *e, const struct trace *got)
{
	static _Thread_local struct program done;
	static _Thread_local struct trace told;

	told = *got;
	coarse_program(&done, p, got);
	if (is_model(expected)) {
		duel_run_model(((struct inner_lane *)expected)->duel, &done);
		*e = *duel_expected(((struct inner_lane *)expected)->duel);
		coarse_fill(&told, e);
	}
	if (got->kind == TRACE_COARSE) {
		coarse_forget(&done, e);
		coarse_forget(&done, &told);
	}
	return compare_traces(d, &done, e, &told);
}

bool
lane_compare(struct difference *d, struct lane *expected, const struct program *p,
	     struct trace *e, const struct trace *got)
{
	struct duel *duel;
	bool same;

	if (got->kind != TRACE_EXACT)
		return compare_done(d, expected, p, e, got);
	if (!race_any(p))
		return compare_traces(d, p, e, got);
	if (!is_model(expected))
		return compare_records(d, p, 0, race_first(p), e, got);
	duel = ((struct inner_lane *)expected)->duel;
	same = duel_model_allows(duel, p, got, d);
	*e = *duel_expected(duel);
	return same;
}

bool
lane_unsure(const struct lane *expected, const struct program *p)
{
	return is_model(expected) && duel_unsure(((const struct inner_lane *)expected)->duel, p);
}

static struct lane *
sim_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	(void)spelling;
	return inner_open(&lane_sim, why, why_bytes, broken);
}

/* Both can do everything. */
static void
inner_adapt(struct lane *l, struct program_header *h)
{
	(void)l;
	(void)h;
}

static enum verdict
model_run(struct lane *l, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	struct duel *duel = ((struct inner_lane *)l)->duel;

	(void)why;
	(void)why_bytes;
	duel_run_model(duel, p);
	*t = *duel_expected(duel);
	return VERDICT_SUCCESS;
}

static enum verdict
sim_run(struct lane *l, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	struct duel *duel = ((struct inner_lane *)l)->duel;

	(void)why;
	(void)why_bytes;
	duel_run_sim(duel, p);
	*t = *duel_got(duel);
	return VERDICT_SUCCESS;
}

static enum verdict
inner_profile(struct lane *l, struct profile *profile, char *why, size_t why_bytes)
{
	(void)why;
	(void)why_bytes;
	*profile = ((struct inner_lane *)l)->profile;
	return VERDICT_SUCCESS;
}

static void
inner_close(struct lane *l)
{
	duel_free(((struct inner_lane *)l)->duel);
	free(l);
}

const struct lane_kind lane_model = {
	"model", model_open, inner_adapt, model_run, inner_profile, inner_close
};
const struct lane_kind lane_model_of = {
	"model:", model_of_open, inner_adapt, model_run, inner_profile, inner_close
};
const struct lane_kind lane_sim = {
	"sim", sim_open, inner_adapt, sim_run, inner_profile, inner_close
};

static const struct lane_kind *const kinds[] = {
	&lane_model, &lane_model_of, &lane_sim, &lane_xen, &lane_host
};

/* A prefix that ends in ':' wants something behind it, which a host's says itself. */
static bool
names(const char *spelling, const char *prefix)
{
	size_t n = strlen(prefix);

	if (prefix[n - 1] == ':')
		return strncmp(spelling, prefix, n) == 0 &&
		       (spelling[n] != '\0' || prefix == lane_host.prefix);
	return strcmp(spelling, prefix) == 0;
}

struct lane *
lane_open(const char *spelling, char *why, size_t why_bytes, bool *broken)
{
	*broken = false;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (names(spelling, kinds[i]->prefix))
			return kinds[i]->open(spelling, why, why_bytes, broken);
	snprintf(why, why_bytes, "no lane `%s'; there are model, model:VERSION, sim, xen:SUITE, "
		 "xen:FILE, host:DOMID",
		 spelling);
	return NULL;
}

void
lane_adapt(struct lane *l, struct program_header *h)
{
	l->kind->adapt(l, h);
}

enum verdict
lane_run(struct lane *l, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	return l->kind->run(l, p, t, why, why_bytes);
}

enum verdict
lane_profile(struct lane *l, struct profile *profile, char *why, size_t why_bytes)
{
	return l->kind->profile(l, profile, why, why_bytes);
}

void
lane_close(struct lane *l)
{
	if (l != NULL)
		l->kind->close(l);
}

void
lane_forget_console(struct lane *l)
{
	if (l->console != NULL)
		unlink(l->console);
	l->console = NULL;
}

const char *
verdict_name(enum verdict v)
{
	static const char *const names_of[] = { "SUCCESS", "SKIP", "ERROR", "FAILURE" };

	return names_of[v];
}
