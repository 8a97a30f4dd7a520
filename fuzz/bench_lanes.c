/* bench_lanes: the figures that are measured in this process: the model's share, and a real Xen. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "diff/duel.h"
#include "diff/lane_xen.h"
#include "fuzz/bench.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "fuzz/sweep.h"

enum {
	MODEL_PROGRAMS = 1000,
	MODEL_ROUNDS = 15,
	MODEL_OPS = 64,
	XEN_PROGRAMS = 4096,
	XEN_OPS = 32,
	XEN_ROUNDS = 5,
	XEN_BOOTS = 3
};

#define XEN_SUITE "bookworm-security"

static struct program *
draw_programs(unsigned int n, unsigned int n_ops)
{
	struct program *p = calloc(n, sizeof(*p));

	for (unsigned int i = 0; p && i < n; i++)
		sweep_draw(&p[i], 1, i, n_ops);
	return p;
}

/* ------------------------------------------------------------------ the model's share */

struct shares {
	double all, model, compare; /* seconds, the best of some rounds */
};

static void
keep_least(double *best, double seconds)
{
	if (*best == 0 || seconds < *best)
		*best = seconds;
}

/* One round over all programs: the whole duel; then the model alone, then comparing alone. */
static bool
measure(struct shares *s, struct duel *duel, const struct program *p)
{
	struct difference why;
	double start = child_clock();
	bool same = true;

	for (unsigned int i = 0; i < MODEL_PROGRAMS; i++)
		same = duel_run(duel, &p[i], false, &why) && same;
	keep_least(&s->all, child_clock() - start);
	start = child_clock();
	for (unsigned int i = 0; i < MODEL_PROGRAMS; i++)
		duel_run_model(duel, &p[i]);
	keep_least(&s->model, child_clock() - start);
	/* The last program's two traces, as often as there are programs. */
	duel_run_sim(duel, &p[MODEL_PROGRAMS - 1]);
	start = child_clock();
	for (unsigned int i = 0; i < MODEL_PROGRAMS; i++)
		same = compare_traces(&why, &p[MODEL_PROGRAMS - 1], duel_expected(duel),
				      duel_got(duel)) &&
		       same;
	keep_least(&s->compare, child_clock() - start);
	return same;
}

void
bench_model(struct bench *b)
{
	struct program *p = draw_programs(MODEL_PROGRAMS, MODEL_OPS);
	struct duel *duel = duel_new();
	struct shares s = { 0, 0, 0 };
	bool same = true;

	if (!p || !duel)
		cli_die(EXIT_RIG, "out of memory to measure the model");
	for (int i = 0; i < MODEL_ROUNDS; i++)
		same = measure(&s, duel, p) && same;
	duel_free(duel);
	free(p);
	if (!same) {
		bench_skip(b, "model", "sim and model differ; run gntfuzz fuzz --engine random");
		return;
	}
	bench_row(b, &(struct bench_row){ "model", "us/program",
					  (s.model + s.compare) * 1e6 / MODEL_PROGRAMS,
					  s.all * 1e6 / MODEL_PROGRAMS, 0.5, false });
}

/* ------------------------------------------------------------------ a real Xen */

/* Programs for that many domains; NULL if the lane has not as many. */
static struct program *
draw_for(struct lane *l, unsigned int domains)
{
	struct program *p = draw_programs(XEN_PROGRAMS, XEN_OPS);

	for (unsigned int i = 0; p && i < XEN_PROGRAMS; i++) {
		p[i].header.domains = (uint8_t)domains;
		lane_adapt(l, &p[i].header);
		program_normalize(&p[i]);
	}
	if (!p)
		cli_die(EXIT_RIG, "out of memory for programs");
	if (p[0].header.domains == domains)
		return p;
	free(p);
	return NULL;
}

/* Take the oldest program's trace, and compare it with the model's. */
static bool
take_and_compare(struct lane *xen, struct lane *model, const struct program *p, char *why)
{
	static struct trace got, expected;
	struct difference d;

	if (lane_xen_take(xen, &got, why, FILE_WHY) != VERDICT_SUCCESS ||
	    lane_run(model, p, &expected, why, FILE_WHY) != VERDICT_SUCCESS)
		return false;
	if (compare_traces(&d, p, &expected, &got))
		return true;
	snprintf(why, FILE_WHY, "Xen and model differ; run gntfuzz fuzz --lane xen:%s", XEN_SUITE);
	return false;
}

/* Programs a second, compared with the model's traces; or 0 with a line in why. */
static double
xen_rate(struct lane *xen, struct lane *model, const struct program *p, char *why)
{
	double start = child_clock();
	bool good = true;

	for (unsigned int i = 0; i < XEN_PROGRAMS + LANE_XEN_GIVEN_MAX && good; i++) {
		if (i >= LANE_XEN_GIVEN_MAX)
			good = take_and_compare(xen, model, &p[i - LANE_XEN_GIVEN_MAX], why);
		if (i < XEN_PROGRAMS && good)
			lane_xen_give(xen, &p[i]);
	}
	return good ? XEN_PROGRAMS / (child_clock() - start) : 0;
}

/* The best of some rounds: whatever else the machine does only adds. */
static double
xen_best_rate(struct lane *xen, struct lane *model, const struct program *p, char *why)
{
	double best = 0;

	for (int i = 0; i < XEN_ROUNDS; i++) {
		double rate = xen_rate(xen, model, p, why);

		if (rate == 0)
			return 0;
		if (rate > best)
			best = rate;
	}
	return best;
}

/* Seconds from nothing to the first trace; or 0 with a line in why.  The lane stays open. */
static double
xen_boot(struct lane **l, char *why)
{
	static struct program p;
	static struct trace trace;
	bool broken;
	double start = child_clock();

	*l = lane_open("xen:" XEN_SUITE, why, FILE_WHY, &broken);
	if (*l == NULL)
		return 0;
	sweep_draw(&p, 1, 0, XEN_OPS);
	lane_adapt(*l, &p.header);
	program_normalize(&p);
	return lane_run(*l, &p, &trace, why, FILE_WHY) == VERDICT_SUCCESS ? child_clock() - start :
									      0;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of some boots; the last machine stays up. */
static double
xen_median_boot(struct lane **l, char *why)
{
	double seconds[XEN_BOOTS];

	for (int i = 0; i < XEN_BOOTS; i++) {
		seconds[i] = xen_boot(l, why);
		if (seconds[i] == 0)
			return 0;
		if (i + 1 < XEN_BOOTS)
			lane_close(*l);
	}
	qsort(seconds, XEN_BOOTS, sizeof(seconds[0]), by_value);
	return seconds[XEN_BOOTS / 2];
}

struct xen_row {
	const char *name;
	unsigned int domains;
	double aim;	/* programs for each boot */
};

/* The yardstick is a boot for each program. */
static void
rate_row(struct bench *b, const struct xen_row *row, struct lane *xen, struct lane *model,
	 double boot)
{
	struct program *p = draw_for(xen, row->domains);
	char why[FILE_WHY] = "this machine has fewer domains";
	double rate = p ? xen_best_rate(xen, model, p, why) : 0;

	free(p);
	if (rate == 0)
		bench_skip(b, row->name, why);
	else
		bench_row(b, &(struct bench_row){ row->name, "programs/s", rate, 1 / boot,
						  row->aim, true });
}

void
bench_xen(struct bench *b)
{
	static const struct xen_row rows[] = { { "xen", 1, 8000 }, { "xen-3", 3, 6000 } };
	struct lane *xen = NULL, *model;
	char why[FILE_WHY] = "";
	bool broken;
	double boot;

	model = lane_open("model", why, sizeof(why), &broken);
	if (!model)
		cli_die(EXIT_RIG, "out of memory for the model");
	boot = xen_median_boot(&xen, why);
	if (boot == 0) {
		bench_skip(b, "xen", why);
	} else {
		for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			rate_row(b, &rows[i], xen, model, boot);
		bench_row(b, &(struct bench_row){ "xen-boot", "s", boot, 3, 1, false });
		bench_row(b, &(struct bench_row){ "xen-memory", "MiB",
						  (double)lane_xen_peak_kib(xen) / 1024, 400, 1,
						  false });
	}
	lane_close(xen);
	lane_close(model);
}
