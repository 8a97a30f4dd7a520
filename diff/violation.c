#include "diff/violation.h"

#include <stdlib.h>
#include <string.h>

#include "diff/race.h"
#include "diff/shrink.h"

struct shrinking {
	const struct violation *violation;
	struct duel *duel;
};

void
violation_keep_turns(struct duel *d, struct program *p)
{
	const struct race_result *result = sim_race_result(duel_sim(d));
	struct race_place place;

	if (result != NULL && race_any(p) && race_at(&place, p, race_first(p)))
		race_set_turns(&place, p, result->code, result->needed);
}

static void
find_class(struct duel *duel, const struct program *p, const struct difference *d,
	   char id[CLASS_ID])
{
	struct class_words w;

	class_of_difference(&w, p, d, duel_expected(duel), duel_got(duel), duel_expected(duel));
	class_print(&w, "", id);
}

static bool
is_of_class(struct duel *duel, const struct program *p, const char *class)
{
	struct difference d;
	char id[CLASS_ID];

	if (duel_run(duel, p, false, &d))
		return false;
	find_class(duel, p, &d, id);
	return strcmp(id, class) == 0;
}

static bool
judge(void *arg, const struct program *const candidates[], unsigned int n, bool shows[])
{
	const struct shrinking *s = arg;

	for (unsigned int i = 0; i < n; i++)
		shows[i] = is_of_class(s->duel, candidates[i], s->violation->class);
	return true;
}

bool
violation_take(struct violation *v, struct duel *d, const struct program *p,
	       const struct difference *why)
{
	struct shrinking shrinking = { v, d };
	struct shrink *s = calloc(1, sizeof(*s));
	bool shows;

	v->program = *p;
	v->difference = *why;
	find_class(d, p, why, v->class);
	violation_keep_turns(d, &v->program);
	duel_set_pick(d, NULL, NULL);
	shows = s != NULL && violation_shows(v, d);
	if (shows) {
		s->judge = judge;
		s->arg = &shrinking;
		shrink_program(s, &v->program);
		duel_run(d, &v->program, false, &v->difference);
	}
	free(s);
	return shows;
}

bool
violation_shows(const struct violation *v, struct duel *d)
{
	return is_of_class(d, &v->program, v->class);
}
