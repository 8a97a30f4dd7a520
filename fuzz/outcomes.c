#define _GNU_SOURCE
#include "fuzz/outcomes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/class_race.h"
#include "diff/race.h"
#include "fuzz/cli.h"

void
outcome_judge_open(struct outcome_judge *j, const struct profile *profile)
{
	j->profile = *profile;
	j->set = race_set_new();
	j->model = calloc(1, model_bytes);
	if (j->set == NULL || j->model == NULL)
		cli_die(EXIT_RIG, "out of memory for a model");
	model_init(j->model);
}

void
outcome_judge_close(struct outcome_judge *j)
{
	race_set_free(j->set);
	free(j->model);
}

/* The answers of all races, with a semicolon between two of them. */
static void
say(char *out, const struct program *p, const struct trace *t)
{
	struct race_place r;
	size_t used = 0;

	out[0] = '\0';
	for (unsigned int at = 0; at < p->n_ops && used + 3 < OUTCOME_BYTES; at++) {
		if (p->ops[at].kind != OP_RACE || !race_at(&r, p, at))
			continue;
		if (used > 0)
			used += (size_t)snprintf(out + used, OUTCOME_BYTES - used, " ; ");
		used += class_race_say(p, at, t, out + used, OUTCOME_BYTES - used);
	}
}

unsigned int
outcomes_find(struct outcomes *o, const struct program *p, const struct trace *t)
{
	char answers[OUTCOME_BYTES];

	say(answers, p, t);
	for (unsigned int i = 0; i < o->n; i++)
		if (strcmp(o->of[i].answers, answers) == 0)
			return i;
	o->of = realloc(o->of, (o->n + 1) * sizeof(*o->of));
	if (o->of == NULL)
		cli_die(EXIT_RIG, "out of memory for outcomes");
	o->of[o->n] = (struct outcome){ .n = 0 };
	memcpy(o->of[o->n].answers, answers, sizeof(answers));
	return o->n++;
}

struct beginning {
	struct outcomes *outcomes;
	const struct program *program;
};

static void
allow(void *ctx, const struct trace *t)
{
	struct beginning *b = ctx;
	unsigned int i = outcomes_find(b->outcomes, b->program, t);

	b->outcomes->of[i].allowed = true;
}

void
outcomes_begin(struct outcomes *o, struct outcome_judge *j, const struct program *p)
{
	struct beginning b = { o, p };

	*o = (struct outcomes){ .n = 0 };
	race_set_all(j->set, j->model, p, &j->profile, true, RACE_SET_RUNS_MAX, allow, &b);
	o->cut_short = race_set_count(j->set)->cut_short;
}

void
outcomes_free(struct outcomes *o)
{
	free(o->of);
	*o = (struct outcomes){ .n = 0 };
}

void
outcomes_count(struct outcomes *o, unsigned int number)
{
	o->of[number].n++;
	o->n_runs++;
}

struct outcomes_sum
outcomes_sum(const struct outcomes *o)
{
	struct outcomes_sum s = { 0, 0 };

	for (unsigned int i = 0; i < o->n; i++) {
		s.seen += o->of[i].n > 0 && o->of[i].allowed;
		s.unseen += o->of[i].n == 0 && o->of[i].allowed;
	}
	return s;
}
