/* survival: see survival.h. */
#include "fuzz/survival.h"

#include <math.h>
#include <stdlib.h>

static int
by_time(const void *a, const void *b)
{
	const struct lifetime *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return (int)y->ended - (int)x->ended;
}

void
survival_sort(struct lifetime *l, size_t n)
{
	if (n > 0)
		qsort(l, n, sizeof(l[0]), by_time);
}

/* Pass those with time t, from *at on; returns how many of them ended. */
static size_t
pass(const struct lifetime *l, size_t n, size_t *at, double t)
{
	size_t ended = 0;

	for (; *at < n && l[*at].t <= t; ++*at)
		ended += l[*at].ended;
	return ended;
}

size_t
survival_curve(struct survival_point *out, const struct lifetime *l, size_t n)
{
	double share = 1;
	size_t steps = 0;

	for (size_t at = 0; at < n;) {
		double at_risk = (double)(n - at), t = l[at].t;
		size_t ended = pass(l, n, &at, t);

		if (ended == 0)
			continue;
		share *= 1 - (double)ended / at_risk;
		out[steps++] = (struct survival_point){ t, share };
	}
	return steps;
}

double
survival_median(const struct lifetime *l, size_t n)
{
	double share = 1;

	for (size_t at = 0; at < n;) {
		double at_risk = (double)(n - at), t = l[at].t;

		share *= 1 - (double)pass(l, n, &at, t) / at_risk;
		/* A half is often not a sum of what is subtracted from one. */
		if (share <= 0.5 + 1e-12)
			return t;
	}
	return INFINITY;
}

void
logrank_add(struct logrank *r, const struct lifetime *a, size_t n_a, const struct lifetime *b,
	    size_t n_b)
{
	size_t at_a = 0, at_b = 0;

	while (at_a < n_a || at_b < n_b) {
		double t = at_b >= n_b || (at_a < n_a && a[at_a].t < b[at_b].t) ? a[at_a].t :
										 b[at_b].t;
		double risk_a = (double)(n_a - at_a), risk = risk_a + (double)(n_b - at_b);
		double ended_a = (double)pass(a, n_a, &at_a, t);
		double ended = ended_a + (double)pass(b, n_b, &at_b, t);
		double share = risk_a / risk;

		r->observed += ended_a;
		r->expected += ended * share;
		if (risk > 1)
			r->variance += ended * share * (1 - share) * (risk - ended) / (risk - 1);
	}
}

double
logrank_p(const struct logrank *r)
{
	double far = fabs(r->observed - r->expected);

	return r->variance > 0 ? erfc(far / sqrt(2 * r->variance)) : 1;
}

/* 1 if x is known to end sooner than y, 0 if later, else a half. */
static double
sooner(const struct lifetime *x, const struct lifetime *y)
{
	if (x->ended && (x->t < y->t || (x->t == y->t && !y->ended)))
		return 1;
	if (y->ended && (y->t < x->t || (y->t == x->t && !x->ended)))
		return 0;
	return 0.5;
}

double
survival_a12(const struct lifetime *a, size_t n_a, const struct lifetime *b, size_t n_b)
{
	double sum = 0;

	for (size_t i = 0; i < n_a; i++)
		for (size_t j = 0; j < n_b; j++)
			sum += sooner(&a[i], &b[j]);
	return sum / ((double)n_a * (double)n_b);
}
