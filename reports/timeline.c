#define _GNU_SOURCE
#include "reports/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "diff/text.h"
#include "reports/flags.h"
#include "reports/history.h"
#include "reports/html.h"

/* All in the picture's own units, which are pixels unless it is made smaller. */
enum {
	ROW = 28, HEAD = 52, OPERATIONS = 132, BIT = 21, MAP = 70, GAP = 14,
};

struct drawing {
	FILE *out;
	const struct program *p;
	const struct evidence_run *run;
	struct history h;
	unsigned int side, n;	/* which trace is drawn, and its records */
	unsigned int row[PROGRAM_OPS_MAX + 1];	/* of each operation */
	unsigned int n_rows, width;
};

static const struct history_state *
state(const struct drawing *d, unsigned int side, unsigned int entry, unsigned int at)
{
	return &d->h.state[side][entry][at];
}

/* Whether both sides have seen the entry by then, and not the same. */
static bool
disagree(const struct drawing *d, unsigned int entry, unsigned int at, unsigned int bit)
{
	const struct history_state *e = state(d, HISTORY_EXPECTED, entry, at);
	const struct history_state *g = state(d, HISTORY_GOT, entry, at);

	return at < d->run->n_got && e->known && g->known &&
	       flags_bit(e->flags, bit) != flags_bit(g->flags, bit);
}

/* ------------------------------------------------------------------ in words */

static void
describe_entry(const struct drawing *d, unsigned int e, unsigned int at)
{
	const struct history_state *g = state(d, d->side, e, at);
	const struct history_state *x = state(d, HISTORY_EXPECTED, e, at);
	char words[FLAGS_WORDS];

	if (at >= d->n || !g->seen)
		return;
	flags_words(g->flags, words);
	fprintf(d->out, "After operation %u entry %s has %s", at + 1, d->h.entry[e].name, words);
	flags_words(x->flags, words);
	if (x->seen && x->flags != g->flags)
		fprintf(d->out, ", where %s was expected", words);
	fputs(". ", d->out);
}

static void
describe(const struct drawing *d)
{
	const struct history *h = &d->h;

	fputs("<desc>", d->out);
	for (unsigned int i = 0; i < d->p->n_ops; i++)
		for (unsigned int e = 0; e < h->n_entries; e++)
			describe_entry(d, e, i);
	for (unsigned int m = 0; m < h->n_maps; m++) {
		const struct history_map *x = &h->map[m];

		fprintf(d->out, "%s of entry %s from operation %u ", x->name,
			h->entry[x->entry].name, x->from + 1);
		if (x->to < d->p->n_ops)
			fprintf(d->out, "to %u", x->to + 1);
		else
			fputs("on", d->out);
		fputs(x->side[d->side] ? ". " : ", expected alone. ", d->out);
	}
	fputs("</desc>\n", d->out);
}

/* ------------------------------------------------------------------ the drawing */

static unsigned int
y_of(const struct drawing *d, unsigned int at)
{
	return HEAD + d->row[at] * ROW;
}

/* The columns of an entry: its bits, then its mappings. */
static unsigned int
entry_width(const struct drawing *d, unsigned int e)
{
	unsigned int width = FLAGS_BITS * BIT + GAP;

	for (unsigned int m = 0; m < d->h.n_maps; m++)
		width += d->h.map[m].entry == e ? MAP : 0;
	return width;
}

static void
draw_rows(const struct drawing *d)
{
	char text[160];

	for (unsigned int i = 0; i < d->p->n_ops; i++) {
		const struct op *o = &d->p->ops[i];
		unsigned int y = y_of(d, i);

		if (!op_is_done(o->kind))
			continue;
		fprintf(d->out, "<path class=\"rule\" d=\"M0 %u H%u\"/>", y, d->width);
		if (i == d->run->at)
			fprintf(d->out, "<rect class=\"here\" x=\"0\" y=\"%u\" width=\"%u\" "
				"height=\"%d\"/>", y, d->width, ROW);
		snprintf(text, sizeof(text), "%s%u d%u %.12s", i == d->run->at ? "\u25b8 " : "",
			 i + 1, o->actor, op_table[o->kind].name);
		fprintf(d->out, "<text class=\"op\" x=\"4\" y=\"%u\">", y + 18);
		html_text(text, d->out);
		fputs("</text>\n", d->out);
	}
}

static void
draw_cell(const struct drawing *d, unsigned int e, unsigned int at, unsigned int bit,
	  unsigned int x)
{
	const struct history_state *g = state(d, d->side, e, at);
	unsigned int y = y_of(d, at);
	bool differs = disagree(d, e, at, bit), set = flags_bit(g->flags, bit);

	if (set)
		fprintf(d->out, "<rect class=\"bit%u%s\" x=\"%u\" y=\"%u\" width=\"%d\" "
			"height=\"%d\"/>", bit, g->seen ? "" : " stale", x, y, BIT - 2, ROW);
	if (differs)
		fprintf(d->out, "<rect class=\"wrong\" x=\"%u\" y=\"%u\" width=\"%d\" "
			"height=\"%d\"/>", x, y + 2, BIT - 2, ROW - 4);
	if (g->seen && (set || differs))
		fprintf(d->out, "<text class=\"letter\" x=\"%u\" y=\"%u\">%s%s</text>\n",
			x + BIT / 2 - 1, y + 18, differs ? "\u2260" : "",
			set ? flags_letter(g->flags, bit) : "");
}

static void
draw_bits(const struct drawing *d, unsigned int e, unsigned int x)
{
	static const char *const heads[] = { "typ", "ro", "rd", "wr" };

	fprintf(d->out, "<text class=\"head\" x=\"%u\" y=\"16\">", x);
	html_text(d->h.entry[e].name, d->out);
	if (d->h.entry[e].name[3] == 'g')
		fprintf(d->out, " = %u", d->h.entry[e].number);
	fputs("</text>\n", d->out);
	for (unsigned int bit = 0; bit < FLAGS_BITS; bit++) {
		unsigned int at = x + bit * BIT;

		fprintf(d->out, "<text class=\"sub\" x=\"%u\" y=\"%u\">%s</text>\n",
			at + BIT / 2 - 1, HEAD - 8, heads[bit]);
		for (unsigned int i = 0; i < d->n; i++)
			if (op_is_done(d->p->ops[i].kind) && state(d, d->side, e, i)->known)
				draw_cell(d, e, i, bit, at);
	}
	fprintf(d->out, "<path class=\"axis\" d=\"M%u %d V%u\"/>\n", x - 4, HEAD - 24,
		HEAD + d->n_rows * ROW);
}

static void
draw_map(const struct drawing *d, const struct history_map *m, unsigned int x)
{
	unsigned int from = y_of(d, m->from) + 2, to = y_of(d, m->to);

	if (to < from + ROW / 2)
		to = from + ROW - 4;
	fprintf(d->out, "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%u\" "
		"rx=\"4\"/>", m->side[d->side] ? "map" : "map ghost", x, from, MAP - 6,
		to - from);
	fprintf(d->out, "<text class=\"letter\" x=\"%u\" y=\"%u\">", x + MAP / 2 - 3, from + 16);
	html_text(m->name, d->out);
	fputs("</text>\n", d->out);
}

static void
draw_entries(const struct drawing *d)
{
	unsigned int x = OPERATIONS;

	for (unsigned int e = 0; e < d->h.n_entries; e++) {
		unsigned int at = x + FLAGS_BITS * BIT + 2;

		draw_bits(d, e, x);
		for (unsigned int m = 0; m < d->h.n_maps; m++) {
			if (d->h.map[m].entry != e)
				continue;
			draw_map(d, &d->h.map[m], at);
			at += MAP;
		}
		x += entry_width(d, e);
	}
}

static void
lay_out(struct drawing *d)
{
	d->width = OPERATIONS;
	for (unsigned int i = 0; i < d->p->n_ops; i++) {
		d->row[i] = d->n_rows;
		d->n_rows += op_is_done(d->p->ops[i].kind);
	}
	d->row[d->p->n_ops] = d->n_rows;
	for (unsigned int e = 0; e < d->h.n_entries; e++)
		d->width += entry_width(d, e);
}

static void
print_caption(const struct drawing *d)
{
	const char *whose = d->side == HISTORY_GOT ?
		"were after each operation, by the lane that is judged" :
		"should have been, after each operation; the lane that is judged left no trace";

	fprintf(d->out, "<figcaption>What each grant entry's flags %s: A permits access, T accepts "
		"a transfer; ro read-only, r being read, w being written (of a transfer c "
		"committed, d done). Pale: as last seen. \u2260: not as expected. Boxes beside "
		"them are mappings, from the operation that made them to the one that ended them; "
		"dashed, if only expected.", whose);
	if (d->h.left_out)
		fputs(" There were more entries or mappings than are drawn.", d->out);
	fputs("</figcaption>\n", d->out);
}

void
timeline_print(const struct program *p, const struct evidence_run *run, FILE *out)
{
	struct drawing *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return;
	d->out = out;
	d->p = p;
	d->run = run;
	d->side = run->n_got > 0 ? HISTORY_GOT : HISTORY_EXPECTED;
	d->n = run->n_got > 0 ? run->n_got : run->n_expected;
	history_of(&d->h, p, &run->expected, run->n_expected, &run->got, run->n_got);
	lay_out(d);
	if (d->h.n_entries > 0) {
		unsigned int height = HEAD + d->n_rows * ROW + 2;

		fprintf(out, "<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">What "
			"became of the entries</h2>\n<figure>\n<div class=\"wide\" role=\"region\" "
			"aria-label=\"Timeline\" tabindex=\"0\">\n<svg class=\"timeline\" "
			"xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%u\" "
			"height=\"%u\" viewBox=\"0 0 %u %u\">\n<title>Entries and mappings over "
			"the operations</title>\n", d->width, height, d->width, height);
		describe(d);
		draw_rows(d);
		draw_entries(d);
		fputs("</svg>\n</div>\n", out);
		print_caption(d);
		fputs("</figure>\n</section>\n", out);
	}
	free(d);
}
