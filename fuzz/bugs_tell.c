/* bugs_tell: what came of the runs, in medians and as rows with an aim. */
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/bugs.h"
#include "fuzz/cli.h"
#include "reports/json_line.h"

enum { FASTER_AIM = 5 };

/* ------------------------------------------------------------------ times */

static struct lifetime
lifetime_of(const struct bugs_run *r, const struct moment *m)
{
	if (m->executions > 0)
		return (struct lifetime){ (double)m->ns / 1e9, true };
	return (struct lifetime){ r->seconds, false };
}

void
bugs_times(struct bugs_times *t, const struct bugs *b, int bug, enum bugs_engine e,
	   enum bugs_variant v)
{
	struct lifetime *executions = calloc(b->n_runs + 1, sizeof(*executions));

	*t = (struct bugs_times){
		.reached = calloc(b->n_runs + 1, sizeof(t->reached[0])),
		.triggered = calloc(b->n_runs + 1, sizeof(t->triggered[0])),
		.reached_median = INFINITY, .triggered_median = INFINITY,
		.executions_median = INFINITY,
	};
	if (!executions || !t->reached || !t->triggered)
		cli_die(EXIT_RIG, "bench bugs: out of memory");
	for (size_t i = 0; i < b->n_runs; i++) {
		const struct bugs_run *r = &b->run[i];
		bool found = r->triggered.executions > 0;

		if (!r->done || r->engine != e || r->variant != v ||
		    (bug != BUGS_ALL && r->bug != (unsigned int)bug))
			continue;
		executions[t->n].t = (double)(found ? r->triggered.executions : r->executions);
		executions[t->n].ended = found;
		t->reached[t->n] = lifetime_of(r, &r->reached);
		t->triggered[t->n++] = lifetime_of(r, &r->triggered);
		t->n_reached += r->reached.executions > 0;
		t->n_triggered += found;
	}
	survival_sort(t->reached, t->n);
	survival_sort(t->triggered, t->n);
	survival_sort(executions, t->n);
	if (t->n > 0) {
		t->reached_median = survival_median(t->reached, t->n);
		t->triggered_median = survival_median(t->triggered, t->n);
		t->executions_median = survival_median(executions, t->n);
	}
	free(executions);
}

void
bugs_times_free(struct bugs_times *t)
{
	free(t->reached);
	free(t->triggered);
}

/* Ours and plain side by side. */
struct pair {
	struct bugs_times t[BUGS_VARIANTS];
	double faster; /* times; at least that if plain's median is beyond the limit */
	bool at_least;
	double a12;
};

static void
pair_of(struct pair *p, const struct bugs *b, int bug, enum bugs_engine e)
{
	double ours, plain;

	for (unsigned int v = 0; v < BUGS_VARIANTS; v++)
		bugs_times(&p->t[v], b, bug, e, (enum bugs_variant)v);
	ours = p->t[BUGS_OURS].triggered_median;
	plain = p->t[BUGS_PLAIN].triggered_median;
	p->at_least = isinf(plain);
	p->faster = isinf(ours) ? NAN : (p->at_least ? b->seconds : plain) / ours;
	p->a12 = NAN;
	if (p->t[BUGS_OURS].n > 0 && p->t[BUGS_PLAIN].n > 0)
		p->a12 = survival_a12(p->t[BUGS_OURS].triggered, p->t[BUGS_OURS].n,
				      p->t[BUGS_PLAIN].triggered, p->t[BUGS_PLAIN].n);
}

static void
pair_free(struct pair *p)
{
	for (unsigned int v = 0; v < BUGS_VARIANTS; v++)
		bugs_times_free(&p->t[v]);
}

/* ------------------------------------------------------------------ text */

/* "12 ms", "1.2 s", "> 5 s". */
static const char *
seconds_text(char out[16], double s, double limit)
{
	if (isinf(s))
		snprintf(out, 16, "> %g s", limit);
	else if (s < 1)
		snprintf(out, 16, "%.3g ms", s * 1e3);
	else
		snprintf(out, 16, "%.3g s", s);
	return out;
}

static void
print_line(const struct bugs *b, const char *name, const struct pair *p)
{
	char text[4][16], found[2][16], faster[16] = "-", a12[8] = "-";

	for (unsigned int v = 0; v < BUGS_VARIANTS; v++) {
		seconds_text(text[v], p->t[v].reached_median, b->seconds);
		seconds_text(text[2 + v], p->t[v].triggered_median, b->seconds);
		snprintf(found[v], sizeof(found[v]), "%zu/%zu", p->t[v].n_triggered, p->t[v].n);
	}
	if (!isnan(p->faster))
		snprintf(faster, sizeof(faster), "%s%.3g", p->at_least ? ">" : "", p->faster);
	if (!isnan(p->a12))
		snprintf(a12, sizeof(a12), "%.2f", p->a12);
	printf("%-37s %8s %8s %8s %8s %9s %9s %8s %5s\n", name, text[0], text[1], found[0],
	       found[1], text[2], text[3], faster, a12);
}

static void
print_head(const struct bugs *b, enum bugs_engine e)
{
	printf("# %s, from an empty corpus, up to %u seeds of %u s: medians, with our mutator and "
	       "signal | without\n",
	       bugs_engine_names[e], b->seeds, b->seconds);
	printf("%-37s %17s %17s %19s %8s %5s\n", "defect", "reached ", "runs that found ",
	       "triggered ", "faster", "A12");
}

/* ------------------------------------------------------------------ JSON */

static void
add_seconds(cJSON *j, const char *name, double s)
{
	if (isinf(s) || isnan(s))
		cJSON_AddNullToObject(j, name);
	else
		cJSON_AddNumberToObject(j, name, s);
}

static void
print_json(const char *name, enum bugs_engine e, const struct pair *p)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "bug", name);
	cJSON_AddStringToObject(j, "engine", bugs_engine_names[e]);
	for (unsigned int v = 0; v < BUGS_VARIANTS; v++) {
		cJSON *o = cJSON_AddObjectToObject(j, bugs_variant_names[v]);

		cJSON_AddNumberToObject(o, "runs", (double)p->t[v].n);
		cJSON_AddNumberToObject(o, "reached", (double)p->t[v].n_reached);
		cJSON_AddNumberToObject(o, "triggered", (double)p->t[v].n_triggered);
		add_seconds(o, "reached_s", p->t[v].reached_median);
		add_seconds(o, "triggered_s", p->t[v].triggered_median);
		add_seconds(o, "triggered_executions", p->t[v].executions_median);
	}
	add_seconds(j, "faster", p->faster);
	cJSON_AddBoolToObject(j, "faster_is_a_bound", p->at_least);
	add_seconds(j, "a12", p->a12);
	json_line(j, stdout);
}

/* ------------------------------------------------------------------ all of it */

/* Log-rank over all defects, each a stratum: what differs between defects does not count. */
static double
difference_p(const struct bugs *b, enum bugs_engine e)
{
	struct logrank r = { 0, 0, 0 };

	for (unsigned int i = 0; i < b->n_bugs; i++) {
		struct pair p;

		pair_of(&p, b, (int)i, e);
		logrank_add(&r, p.t[0].triggered, p.t[0].n, p.t[1].triggered, p.t[1].n);
		pair_free(&p);
	}
	return logrank_p(&r);
}

/* The engine's rows with an aim, from all runs together. */
static void
tell_aims(const struct bugs *b, enum bugs_engine e, unsigned int found, struct bench *bench)
{
	const char *names[BUGS_ENGINES][2] = { { "bugs-libf", "found-libf" },
					       { "bugs-afl", "found-afl" } };
	struct pair all;
	double ours, plain;

	pair_of(&all, b, BUGS_ALL, e);
	ours = all.t[BUGS_OURS].triggered_median;
	plain = all.t[BUGS_PLAIN].triggered_median;
	if (bench->json)
		print_json("all", e, &all);
	else
		print_line(b, "all runs", &all);
	if (!bench->json)
		printf("# %u of %u defects found; that the times differ by chance alone: p = %.2g "
		       "(log-rank, defects as strata)\n", found, b->n_bugs, difference_p(b, e));
	/* Runs that found nothing count as longer than all others: beyond the limit, a bound. */
	bench_row(bench, &(struct bench_row){ names[e][0], "s", isinf(plain) ? b->seconds : plain,
					      isinf(ours) ? b->seconds : ours, FASTER_AIM, true });
	bench_row(bench, &(struct bench_row){ names[e][1], "defects", found, b->n_bugs, 1, true });
	pair_free(&all);
}

void
bugs_tell(const struct bugs *b, struct bench *bench)
{
	for (unsigned int e = 0; e < BUGS_ENGINES; e++) {
		unsigned int found = 0;

		if (!b->engine[e])
			continue;
		if (!bench->json)
			print_head(b, (enum bugs_engine)e);
		for (unsigned int i = 0; i < b->n_bugs; i++) {
			struct pair p;

			pair_of(&p, b, (int)i, (enum bugs_engine)e);
			found += p.t[BUGS_OURS].n_triggered > 0;
			if (bench->json)
				print_json(b->bug[i].name, (enum bugs_engine)e, &p);
			else
				print_line(b, b->bug[i].name, &p);
			pair_free(&p);
		}
		tell_aims(b, (enum bugs_engine)e, found, bench);
	}
}
