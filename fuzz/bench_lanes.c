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
	XEN_BATCH = 64,
	XEN_PROGRAMS = 4096,
	XEN_OPS = 32
};

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

static const struct program **
pointers_to(struct program *p, struct lane *l)
{
	const struct program **list = calloc(XEN_PROGRAMS, sizeof(*list));

	for (unsigned int i = 0; list && i < XEN_PROGRAMS; i++) {
		lane_adapt(l, &p[i].header);
		program_normalize(&p[i]);
		list[i] = &p[i];
	}
	return list;
}

/* Programs a second once the machine is up, or 0 with a line in why. */
static double
xen_rate(struct lane *l, const struct program *const *list, char *why)
{
	static struct trace trace[XEN_BATCH];
	struct trace *traces[XEN_BATCH];
	double start = child_clock();
	unsigned int done = 0;

	for (unsigned int i = 0; i < XEN_BATCH; i++)
		traces[i] = &trace[i];
	for (unsigned int at = 0; at < XEN_PROGRAMS; at += done) {
		unsigned int n = XEN_PROGRAMS - at < XEN_BATCH ? XEN_PROGRAMS - at : XEN_BATCH;
		enum verdict v = lane_xen_run_many(l, list + at, traces, n, &done, why, FILE_WHY);

		if (v != VERDICT_SUCCESS)
			return 0;
	}
	return XEN_PROGRAMS / (child_clock() - start);
}

static void
xen_rows(struct bench *b, struct lane *l, double start)
{
	struct program *p = draw_programs(XEN_PROGRAMS, XEN_OPS);
	const struct program **list = p ? pointers_to(p, l) : NULL;
	static struct trace trace;
	char why[FILE_WHY] = "";
	double boot, rate;

	if (!list)
		cli_die(EXIT_RIG, "out of memory for programs");
	if (lane_run(l, list[0], &trace, why, sizeof(why)) != VERDICT_SUCCESS) {
		bench_skip(b, "xen", why);
		return;
	}
	boot = child_clock() - start;
	rate = xen_rate(l, list, why);
	if (rate > 0) {
		bench_row(b,
			  &(struct bench_row){ "xen", "programs/s", rate, 1 / boot, 8000, true });
		bench_row(b, &(struct bench_row){ "xen-boot", "s", boot, 3, 1, false });
		bench_row(b, &(struct bench_row){ "xen-memory", "MiB",
						  (double)lane_xen_peak_kib(l) / 1024, 400, 1,
						  false });
	} else {
		bench_skip(b, "xen", why);
	}
	free(list);
	free(p);
}

void
bench_xen(struct bench *b)
{
	char why[FILE_WHY] = "";
	bool broken;
	double start = child_clock();
	struct lane *l = lane_open("xen:bookworm-security", why, sizeof(why), &broken);

	if (!l) {
		bench_skip(b, "xen", why);
		return;
	}
	xen_rows(b, l, start);
	lane_close(l);
}
