/* search_plan: which target a worker runs next, by which engine, for how long. */
#include "fuzz/search_internal.h"

static const char *
choose_target(struct crew *c, unsigned int place)
{
	const struct search *s = c->search;

	if (s->target)
		return s->target;
	if (place == 0 && search_has(TARGET_TEXT, s->seconds_ms) &&
	    c->had_ms[TARGET_TEXT] < search_share(TARGET_TEXT, s->seconds_ms))
		return target_names[TARGET_TEXT];
	if (search_has(TARGET_RACE, s->seconds_ms) &&
	    c->had_ms[TARGET_RACE] * SEARCH_RACE_SHARE < c->all_ms)
		return target_names[TARGET_RACE];
	return target_names[TARGET_OPS];
}

static enum engine
choose_engine(const struct crew *c, const char *target)
{
	const bool *engine = c->search->engine;

	if (!engine[ENGINE_AFL] || !engine[ENGINE_LIBFUZZER])
		return engine[ENGINE_AFL] ? ENGINE_AFL : ENGINE_LIBFUZZER;
	/* Short shares are not for an engine that takes seconds to begin. */
	if (!c->search->target && target_of(target) != TARGET_OPS)
		return ENGINE_LIBFUZZER;
	return c->afl_ms * SEARCH_AFL_SHARE <= c->all_ms ? ENGINE_AFL : ENGINE_LIBFUZZER;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/*
 * What is left of AFL++'s share, in two runs at least: it takes in libFuzzer's finds when it
 * begins.
 */
static uint64_t
afl_left(const struct crew *c)
{
	uint64_t share = c->search->seconds_ms * c->search->jobs / SEARCH_AFL_SHARE;

	return c->afl_ms < share ? least(share - c->afl_ms, most(share / 2, 1000)) : 0;
}

/* Seconds of the next run, 0 if none is worth it. */
static unsigned int
choose_seconds(const struct crew *c, const char *target, enum engine engine)
{
	const struct search *s = c->search;
	bool both = s->engine[ENGINE_AFL] && s->engine[ENGINE_LIBFUZZER];
	uint64_t left = s->seconds_ms > crew_ms(c) ? s->seconds_ms - crew_ms(c) : 0;

	if (!s->target)
		left = least(left, search_share(target_of(target), s->seconds_ms));
	/* Two that take turns take several, even in a short campaign. */
	if (both)
		left = least(left, most(s->seconds_ms / 4, 2000));
	if (both && engine == ENGINE_AFL)
		left = least(left, afl_left(c));
	return (unsigned int)least((left + 500) / 1000,
				   engine == ENGINE_AFL ? WORKER_AFL_SLICE_S : WORKER_SLICE_S);
}

/* AFL++'s instances are numbered from 0 on: the first that does not run. */
static unsigned int
free_instance(const struct crew *c, const char *target)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < c->search->jobs; i++) {
		const struct worker *w = &c->place[i].worker;

		if (!w->running || w->engine != ENGINE_AFL || w->instance != n ||
		    strcmp(w->target, target) != 0)
			continue;
		n++;
		i = -1u;
	}
	return n;
}

bool
search_start(struct crew *c, unsigned int i, char *why)
{
	struct state *st = c->search->state;
	const char *target = choose_target(c, i);
	enum engine engine = choose_engine(c, target);
	struct worker_plan plan = {
		.root = c->search->root,
		.folder = st->folder,
		.target = target,
		.engine = engine,
		.seconds = choose_seconds(c, target, engine),
		.seed = st->seed + 7919 * st->slices,
		.slice = st->slices,
		.place = i,
	};

	if (plan.seconds == 0 && engine == ENGINE_AFL && c->search->engine[ENGINE_LIBFUZZER]) {
		plan.engine = engine = ENGINE_LIBFUZZER;
		plan.seconds = choose_seconds(c, target, engine);
	}
	if (plan.seconds == 0)
		return true;
	if (engine == ENGINE_AFL) {
		plan.instance = free_instance(c, target);
		/* libFuzzer has the sanitizers; without it one of several instances has them. */
		plan.sanitized = plan.instance == 1 && !c->search->engine[ENGINE_LIBFUZZER];
		plan.again = c->place[i].afl_failed;
		c->afl_ms += plan.seconds * 1000;
	}
	c->all_ms += plan.seconds * 1000;
	c->had_ms[target_of(target)] += plan.seconds * 1000 + (is_text(target) ? 500 : 0);
	st->slices++;
	return worker_start(&c->place[i].worker, &plan, why);
}
