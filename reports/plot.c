#define _GNU_SOURCE
#include "reports/plot.h"

#include "reports/html.h"

/* As wide as a phone: on a desk several stand in a row. */
enum {
	WIDTH = 340, HEIGHT = 190, LEFT = 46, RIGHT = 12, TOP = 10, BOTTOM = 26, TICKS = 4,
	TABLE_ROWS = 12,
};

struct frame {
	FILE *out;
	double x_max, y_max, y_step;
};

void
plot_number(char out[16], double v)
{
	if (v < 10000)
		snprintf(out, 16, "%.0f", v);
	else if (v < 1e6)
		snprintf(out, 16, "%.4g k", v / 1e3);
	else if (v < 1e9)
		snprintf(out, 16, "%.4g M", v / 1e6);
	else
		snprintf(out, 16, "%.4g G", v / 1e9);
}

void
plot_seconds(char out[16], double s)
{
	if (s < 300)
		snprintf(out, 16, "%.0f s", s);
	else if (s < 3 * 3600)
		snprintf(out, 16, "%.3g min", s / 60);
	else
		snprintf(out, 16, "%.3g h", s / 3600);
}

/* The least of 1, 2, 5, 10, 20 ... with which `ticks' steps reach v. */
static double
step_for(double v, int ticks)
{
	for (double unit = 1;; unit *= 10) {
		if (unit * ticks >= v)
			return unit;
		if (2 * unit * ticks >= v)
			return 2 * unit;
		if (5 * unit * ticks >= v)
			return 5 * unit;
	}
}

static double
x_of(const struct frame *f, double x)
{
	return LEFT + x / f->x_max * (WIDTH - LEFT - RIGHT);
}

static double
y_of(const struct frame *f, double y)
{
	return HEIGHT - BOTTOM - y / f->y_max * (HEIGHT - TOP - BOTTOM);
}

static void
measure(struct frame *f, const struct plot *p)
{
	double top = 0;

	f->x_max = f->y_max = 1;
	for (unsigned int c = 0; c < p->n; c++)
		for (unsigned int i = 0; i < p->curve[c].n; i++) {
			const struct plot_point *q = &p->curve[c].point[i];

			f->x_max = q->x > f->x_max ? q->x : f->x_max;
			f->y_max = q->y > f->y_max ? q->y : f->y_max;
		}
	f->y_step = step_for(f->y_max, TICKS);
	while (top < f->y_max)
		top += f->y_step;
	f->y_max = top;
}

static void
draw_axes(const struct frame *f)
{
	char text[16];

	for (double y = 0; y <= f->y_max * 1.001; y += f->y_step) {
		plot_number(text, y);
		fprintf(f->out, "<path class=\"rule\" d=\"M%d %.1f H%d\"/>"
			"<text class=\"ytick\" x=\"%d\" y=\"%.1f\">%s</text>\n", LEFT, y_of(f, y),
			WIDTH - RIGHT, LEFT - 5, y_of(f, y) + 4, text);
	}
	for (int i = 0; i <= 2; i++) {
		plot_seconds(text, f->x_max * i / 2);
		fprintf(f->out, "<text class=\"xtick\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s"
			"</text>\n", x_of(f, f->x_max * i / 2), HEIGHT - 8,
			i == 0 ? "start" : i == 1 ? "middle" : "end", text);
	}
}

static void
draw_curve(const struct frame *f, const struct plot_curve *c, unsigned int number)
{
	fprintf(f->out, "<path class=\"curve c%u\" d=\"", number);
	for (unsigned int i = 0; i < c->n; i++)
		fprintf(f->out, "%s%.1f %.1f", i == 0 ? "M" : " L", x_of(f, c->point[i].x),
			y_of(f, c->point[i].y));
	fputs("\"/>\n", f->out);
}

static void
describe(const struct plot *p, FILE *out)
{
	char y[16], x[16];

	fputs("<desc>", out);
	for (unsigned int c = 0; c < p->n; c++) {
		const struct plot_curve *k = &p->curve[c];

		if (k->n == 0)
			continue;
		plot_number(y, k->point[k->n - 1].y);
		plot_seconds(x, k->point[k->n - 1].x);
		html_text(k->name, out);
		fprintf(out, ": %s after %s. ", y, x);
	}
	fputs("</desc>\n", out);
}

static void
print_legend(const struct plot *p, FILE *out)
{
	html_element("strong", "", p->title, out);
	for (unsigned int c = 0; c < p->n; c++) {
		fprintf(out, " <span class=\"key\"><svg aria-hidden=\"true\" width=\"28\" "
			"height=\"10\" viewBox=\"0 0 28 10\"><path class=\"curve c%u\" "
			"d=\"M2 5 H26\"/></svg> ", c);
		html_text(p->curve[c].name, out);
		fputs("</span>", out);
	}
}

/* Some of the figures, the last among them. */
static void
print_table(const struct plot_curve *c, const char *title, FILE *out)
{
	unsigned int every = c->n > TABLE_ROWS ? (c->n + TABLE_ROWS - 1) / TABLE_ROWS : 1;

	fputs("<table>\n<caption>", out);
	html_text(c->name, out);
	fputs("</caption>\n<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">", out);
	html_text(title, out);
	fputs("</th></tr></thead>\n<tbody>\n", out);
	for (unsigned int i = 0; i < c->n; i++)
		if (i + 1 == c->n || i % every == 0)
			fprintf(out, "<tr><th scope=\"row\">%.0f s</th><td>%.0f</td></tr>\n",
				c->point[i].x, c->point[i].y);
	fputs("</tbody>\n</table>\n", out);
}

void
plot_print(const struct plot *p, FILE *out)
{
	struct frame f = { .out = out };
	unsigned int n_drawn = 0;

	for (unsigned int c = 0; c < p->n; c++)
		n_drawn += p->curve[c].n > 1;
	if (n_drawn == 0)
		return;
	measure(&f, p);
	fputs("<figure class=\"plot\">\n<figcaption>", out);
	print_legend(p, out);
	fprintf(out, "</figcaption>\n<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
		"viewBox=\"0 0 %d %d\">\n<title>", WIDTH, HEIGHT);
	html_text(p->title, out);
	fputs(" over time</title>\n", out);
	describe(p, out);
	draw_axes(&f);
	for (unsigned int c = 0; c < p->n; c++)
		if (p->curve[c].n > 1)
			draw_curve(&f, &p->curve[c], c);
	fputs("</svg>\n<details>\n<summary>In figures</summary>\n", out);
	for (unsigned int c = 0; c < p->n; c++)
		print_table(&p->curve[c], p->title, out);
	fputs("</details>\n</figure>\n", out);
}
