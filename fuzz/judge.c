#define _GNU_SOURCE
#include "fuzz/judge.h"

#include <stdio.h>
#include <string.h>

/* Whether the model is told by the other lane what it is; two models say for themselves. */
static bool
follows(const struct judge *j)
{
	return j->expected->kind == &lane_model && j->got->kind != &lane_model_of;
}

/* Make the model the Xen that the other lane is.  As judge_open. */
static bool
follow(struct judge *j, char *why, bool *broken)
{
	const struct profile reference = profile_for(PROFILE_REFERENCE);
	char reference_name[PROFILE_NAME], name[PROFILE_NAME];
	struct profile profile;

	switch (lane_profile(j->got, &profile, why, FILE_WHY)) {
	case VERDICT_SUCCESS:
		break;
	case VERDICT_FAILURE: /* each program will fail so, and that will be told */
		lane_forget_console(j->got);
		return true;
	default:
		*broken = true;
		return false;
	}
	lane_model_be(j->expected, &profile);
	profile_print_lacking(&profile, j->lacking);
	profile_print(&profile, name);
	profile_print(&reference, reference_name);
	if (strcmp(name, reference_name) != 0) {
		snprintf(j->model_name, sizeof(j->model_name), "model:%s", name);
		j->expected_name = j->model_name;
	}
	return true;
}

bool
judge_open(struct judge *j, const char *expected, const char *got, char *why, bool *broken)
{
	memset(&j->totals, 0, sizeof(j->totals));
	j->check_expected = j->adapted = false;
	j->expected_name = expected;
	j->got_name = got;
	j->expected = j->got = NULL;
	j->duel = NULL;
	j->not_opened = got;
	j->lacking[0] = '\0';
	if (strcmp(expected, "model") == 0 && strcmp(got, "sim") == 0) {
		*broken = true;
		snprintf(why, FILE_WHY, "out of memory for a simulated machine");
		j->duel = duel_new();
		return j->duel != NULL;
	}
	j->expected = lane_open(expected, why, FILE_WHY, broken);
	if (!j->expected) {
		j->not_opened = expected;
		return false;
	}
	j->got = lane_open(got, why, FILE_WHY, broken);
	if (j->got && (!follows(j) || follow(j, why, broken)))
		return true;
	judge_close(j);
	return false;
}

void
judge_close(struct judge *j)
{
	duel_free(j->duel);
	lane_close(j->got);
	lane_close(j->expected);
	j->duel = NULL;
	j->expected = j->got = NULL;
}

void
judge_adapt(struct judge *j, struct program *p)
{
	const struct program_header before = p->header;

	j->adapted = false;
	if (j->duel)
		return;
	lane_adapt(j->expected, &p->header);
	lane_adapt(j->got, &p->header);
	j->adapted = memcmp(&before, &p->header, sizeof(before)) != 0;
	/* With fewer domains, actors have to be reduced. */
	if (j->adapted)
		program_normalize(p);
}

enum verdict
judge_compare(struct judge *j, const struct program *p, struct finding *f, char *why)
{
	const struct finding_traces t = {
		&j->expected_trace, &j->got_trace,
		j->expected->kind == &lane_model || j->expected->kind == &lane_model_of
			? &j->expected_trace : NULL,
	};
	struct difference d;
	enum verdict v;

	v = lane_run(j->expected, p, &j->expected_trace, why, FILE_WHY);
	if (v == VERDICT_FAILURE)
		finding_of_failure(f, j->expected_name, why);
	if (v != VERDICT_SUCCESS)
		return v;
	totals_add(&j->totals, p, &j->got_trace, j->got_trace.n_records);
	if (!lane_compare(&d, j->expected, p, &j->expected_trace, &j->got_trace)) {
		finding_of_difference(f, p, &d, &t, j->expected_name, j->got_name);
		return VERDICT_FAILURE;
	}
	j->totals.unsure += lane_unsure(j->expected, p);
	if (j->check_expected && !j->adapted && !compare_expectations(&d, p, &j->got_trace)) {
		finding_of_difference(f, p, &d, &t, "program", j->got_name);
		return VERDICT_FAILURE;
	}
	return VERDICT_SUCCESS;
}

void
judge_failed(const struct judge *j, struct finding *f, const char *why)
{
	finding_of_failure(f, j->got_name, why);
	f->console = j->got->console;
}

/* Two lanes in one: stops at the first difference, and looks at the machine's invariants. */
static enum verdict
duel_program(struct judge *j, const struct program *p, struct finding *f)
{
	const struct finding_traces t = {
		duel_expected(j->duel), duel_got(j->duel), duel_expected(j->duel),
	};
	struct difference d;
	bool same = duel_run(j->duel, p, j->check_expected, &d);

	/* A run that differs has ended there. */
	totals_add(&j->totals, p, duel_got(j->duel), same ? p->n_ops : d.at);
	j->totals.unsure += same && duel_unsure(j->duel, p);
	if (same)
		return VERDICT_SUCCESS;
	finding_of_difference(f, p, &d, &t,
			      d.field == FIELD_EXPECT ? "program" : j->expected_name, j->got_name);
	return VERDICT_FAILURE;
}

enum verdict
judge_run(struct judge *j, struct program *p, struct finding *f, char *why)
{
	enum verdict v;

	judge_adapt(j, p);
	if (j->duel)
		return duel_program(j, p, f);
	v = lane_run(j->got, p, &j->got_trace, why, FILE_WHY);
	if (v == VERDICT_FAILURE)
		judge_failed(j, f, why);
	if (v != VERDICT_SUCCESS)
		return v;
	return judge_compare(j, p, f, why);
}
