/*
 * bugs_draw: survival curves as a picture: of all runs, the share that had not yet reached, or
 * found, its defect.  One panel an engine; light and dark by itself.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/bugs.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"

enum {
	WIDTH = 720, LEFT = 64, RIGHT = 24, TOP = 96, PANEL = 300, HEIGHT = 220,
};

static const double first = 1e-3; /* seconds; what was sooner is drawn there */

struct drawing {
	FILE *out;
	double seconds; /* the last moment drawn */
	double top;     /* of the panel at hand */
};

static double
x_of(const struct drawing *d, double s)
{
	double share = log(s <= first ? 1 : s / first) / log(d->seconds / first);

	return LEFT + share * (WIDTH - LEFT - RIGHT);
}

static double
y_of(const struct drawing *d, double share)
{
	return d->top + (1 - share) * HEIGHT;
}

static void
draw_curve(const struct drawing *d, const struct lifetime *l, size_t n, const char *class)
{
	struct survival_point *p = calloc(n + 1, sizeof(*p));
	size_t steps;

	if (!p)
		cli_die(EXIT_RIG, "bench bugs: out of memory");
	steps = survival_curve(p, l, n);
	fprintf(d->out, "<path class=\"%s\" d=\"M%.1f %.1f", class, x_of(d, 0), y_of(d, 1));
	for (size_t i = 0; i < steps; i++)
		fprintf(d->out, "H%.1fV%.1f", x_of(d, p[i].t), y_of(d, p[i].share));
	fprintf(d->out, "H%.1f\"/>\n", x_of(d, d->seconds));
	free(p);
}

static void
draw_axes(const struct drawing *d)
{
	for (double s = first; s <= d->seconds; s *= 10) {
		fprintf(d->out, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>", x_of(d, s),
			y_of(d, 1), y_of(d, 0));
		fprintf(d->out, "<text class=\"soft\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">"
				"%g %s</text>\n", x_of(d, s), y_of(d, 0) + 18,
			s < 0.999 ? s * 1e3 : s, s < 0.999 ? "ms" : "s");
	}
	for (int share = 0; share <= 100; share += 25) {
		fprintf(d->out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT,
			y_of(d, share / 100.0), WIDTH - RIGHT);
		fprintf(d->out, "<text class=\"soft\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">"
				"%d %%</text>\n", LEFT - 8, y_of(d, share / 100.0) + 4, share);
	}
}

static void
draw_panel(const struct drawing *d, const struct bugs *b, enum bugs_engine e)
{
	static const char *const spelled[BUGS_ENGINES] = { "libFuzzer", "AFL++" };

	fprintf(d->out, "<text class=\"head\" x=\"%d\" y=\"%.1f\">%s</text>\n", LEFT, d->top - 10,
		spelled[e]);
	draw_axes(d);
	for (unsigned int v = 0; v < BUGS_VARIANTS; v++) {
		struct bugs_times t;
		char class[32];

		bugs_times(&t, b, BUGS_ALL, e, (enum bugs_variant)v);
		snprintf(class, sizeof(class), "%s reached", bugs_variant_names[v]);
		draw_curve(d, t.reached, t.n, class);
		draw_curve(d, t.triggered, t.n, bugs_variant_names[v]);
		bugs_times_free(&t);
	}
}

static const char style[] =
	"<style>\n"
	"svg { --paper: #fff; --ink: #1c1e21; --soft: #5a6068; --line: #cfd4da;"
	" --ours: #0b57b0; --plain: #b3541e }\n"
	"@media (prefers-color-scheme: dark) { svg { --paper: #15181c; --ink: #e6e8eb;"
	" --soft: #a2a9b2; --line: #3a4048; --ours: #8fc1ff; --plain: #ffb27a } }\n"
	".paper { fill: var(--paper) } text { fill: var(--ink); font-size: 14px }\n"
	".soft { fill: var(--soft); font-size: 12px } .head { font-weight: 600 }\n"
	"path { fill: none; stroke-width: 2.5 } .grid { stroke: var(--line); stroke-width: 1 }\n"
	".ours { stroke: var(--ours) } .plain { stroke: var(--plain); stroke-dasharray: 9 4 }\n"
	".reached { stroke-width: 1; stroke-dasharray: 2 3 }\n"
	"</style>\n";

/* What the lines mean, said once above the panels. */
static void
draw_key(const struct drawing *d, const struct bugs *b)
{
	static const struct {
		const char *class, *text;
		int x;
	} keys[] = {
		{ "ours", "ours: not found", LEFT }, { "plain", "plain: not found", LEFT + 165 },
		{ "ours reached", "ours: not reached", LEFT + 335 },
		{ "plain reached", "plain: not reached", LEFT + 505 },
	};

	fprintf(d->out,
		"<text class=\"head\" x=\"%d\" y=\"24\">Runs that have not found their planted "
		"defect yet</text>\n<text class=\"soft\" x=\"%d\" y=\"42\">%u defects, %u seeds "
		"each, from an empty corpus, %u s at most; time from the target's first execution"
		"</text>\n", LEFT, LEFT, b->n_bugs, b->seeds, b->seconds);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		fprintf(d->out, "<path class=\"%s\" d=\"M%d 60h26\"/><text class=\"soft\" x=\"%d\" "
				"y=\"64\">%s</text>\n", keys[i].class, keys[i].x, keys[i].x + 32,
			keys[i].text);
}

bool
bugs_draw(const struct bugs *b, const char *path, char *why)
{
	struct drawing d = { .out = fopen(path, "w"), .seconds = b->seconds, .top = TOP };
	int panels = b->engine[BUGS_LIBFUZZER] + b->engine[BUGS_AFL];
	bool ok;

	if (!d.out) {
		snprintf(why, FILE_WHY, "%s: cannot be written", path);
		return false;
	}
	fprintf(d.out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\""
		"system-ui, sans-serif\" role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">"
		"Time to find planted defects</title>\n<desc id=\"d\">Kaplan-Meier curves; the "
		"numbers are what gntfuzz bench bugs prints.</desc>\n",
		WIDTH, TOP + panels * PANEL - 30);
	fprintf(d.out, "%s<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n", style);
	draw_key(&d, b);
	for (unsigned int e = 0; e < BUGS_ENGINES; e++) {
		if (!b->engine[e])
			continue;
		draw_panel(&d, b, (enum bugs_engine)e);
		d.top += PANEL;
	}
	fprintf(d.out, "</svg>\n");
	ok = !ferror(d.out);
	if (fclose(d.out) == 0 && ok)
		return true;
	snprintf(why, FILE_WHY, "%s: cannot be written", path);
	return false;
}
