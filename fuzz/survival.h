/*
 * survival: how long things last, where some were not watched to their end.
 *
 * Such a time is censored: all that is known is that the end came later, if ever.  Curves and
 * medians are Kaplan and Meier's, the comparison of two groups is the log-rank test, and the size
 * of the difference is Vargha and Delaney's A12.
 */
#ifndef SURVIVAL_H
#define SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>

struct lifetime {
	double t; /* when it ended, or was last seen */
	bool ended;
};

/* A point of a curve: from t on, this share lasts. */
struct survival_point {
	double t, share;
};

/* Sort by time; where times are equal, ends before censored ones.  The others here want it so. */
void survival_sort(struct lifetime *l, size_t n);

/* Write the curve's steps, at most n, into `out'.  It begins at share 1.  Returns how many. */
size_t survival_curve(struct survival_point *out, const struct lifetime *l, size_t n);

/* When half have ended; INFINITY if fewer did, as far as was seen.  Pre: n > 0. */
double survival_median(const struct lifetime *l, size_t n);

/* Sums of the log-rank test; all zero to begin with. */
struct logrank {
	double observed, expected, variance; /* ends in the first group */
};

/* Add two groups that are to be compared with each other only: a stratum. */
void logrank_add(struct logrank *r, const struct lifetime *a, size_t n_a, const struct lifetime *b,
		 size_t n_b);

/* How likely sums at least this far from the expected are by chance; 1 if nothing was added. */
double logrank_p(const struct logrank *r);

/*
 * How likely one of *a ends sooner than one of *b; pairs of which that is not known, or that end
 * together, count half.  Pre: both groups have one.
 */
double survival_a12(const struct lifetime *a, size_t n_a, const struct lifetime *b, size_t n_b);

#endif
