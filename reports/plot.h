/*
 * plot: curves over time, as a drawing that takes the page's colours.
 *
 * Each curve has a colour and a dash of its own and is named in a legend; the figures are in a
 * table under the drawing, too.
 */
#ifndef PLOT_H
#define PLOT_H

#include <stdio.h>

enum { PLOT_CURVES = 6 };

struct plot_point {
	double x, y;		/* x in seconds, not falling; y >= 0 */
};

struct plot_curve {
	const char *name;
	const struct plot_point *point;
	unsigned int n;
};

struct plot {
	const char *title;	/* what y is */
	struct plot_curve curve[PLOT_CURVES];
	unsigned int n;
};

/* A <figure>; nothing if no curve has two points. */
void plot_print(const struct plot *p, FILE *out);

/* "950", "12.3 k", "4.56 M": for an axis. */
void plot_number(char out[16], double v);

/* "12 s", "5 min", "3 h": the same. */
void plot_seconds(char out[16], double s);

#endif
