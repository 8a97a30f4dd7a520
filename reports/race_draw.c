/* race_draw: see race_page.h. */
#include <string.h>

#include "diff/text.h"
#include "reports/flags.h"
#include "reports/html.h"
#include "reports/race_page.h"

/* In the picture's own units, as timeline's. */
enum { ROW = 22, HEAD = 52, TURN = 70, LANE = 56, BIT = 21, FIELDS = 60, GAP = 12 };

static unsigned int
entry_x(const struct race_page *p, unsigned int e)
{
	return TURN + p->n_branches * LANE + GAP + e * (FLAGS_BITS * BIT + FIELDS + GAP);
}

static void
draw_heads(const struct race_page *p)
{
	static const char *const heads[] = { "typ", "ro", "rd", "wr" };

	for (unsigned int b = 0; b < p->n_branches; b++)
		fprintf(p->out, "<text class=\"sub\" x=\"%u\" y=\"%d\">branch %u</text>\n",
			TURN + b * LANE + LANE / 2, HEAD - 8, b);
	for (unsigned int e = 0; e < p->n_entries; e++) {
		fprintf(p->out, "<text class=\"head\" x=\"%u\" y=\"16\">", entry_x(p, e));
		html_text(race_string(cJSON_GetArrayItem(p->entries, (int)e), "name"), p->out);
		fputs("</text>\n", p->out);
		for (unsigned int bit = 0; bit < FLAGS_BITS; bit++)
			fprintf(p->out, "<text class=\"sub\" x=\"%u\" y=\"%d\">%s</text>\n",
				entry_x(p, e) + bit * BIT + BIT / 2 - 1, HEAD - 8, heads[bit]);
	}
}

/* The entry after a turn; letters only where it is other than after the turn before. */
static void
draw_entry(const struct race_page *p, unsigned int e, struct entry_view v, bool changed,
	   unsigned int y)
{
	unsigned int x = entry_x(p, e);
	char view[64], *fields;

	for (unsigned int bit = 0; bit < FLAGS_BITS; bit++, x += BIT) {
		if (!flags_bit(v.flags, bit))
			continue;
		fprintf(p->out, "<rect class=\"bit%u\" x=\"%u\" y=\"%u\" width=\"%d\" "
			"height=\"%d\"/>", bit, x, y, BIT - 2, ROW);
		if (changed)
			fprintf(p->out, "<text class=\"letter\" x=\"%u\" y=\"%u\">%s</text>\n",
				x + BIT / 2 - 1, y + 15, flags_letter(v.flags, bit));
	}
	if (!changed)
		return;
	text_print_view(&v, view, sizeof(view));
	view[strcspn(view, "]")] = '\0';
	fields = strchr(view, ' ');
	fprintf(p->out, "<text x=\"%u\" y=\"%u\">", x + 3, y + 15);
	html_text(fields != NULL ? fields + 1 : "", p->out);
	fputs("</text>\n", p->out);
}

/* A dot in the branch's lane, hollow if only others see nothing of it yet; and what waits. */
static void
draw_turn(const struct race_page *p, const cJSON *turn, unsigned int i, unsigned int y)
{
	const char *text = race_string(turn, "turn");
	const cJSON *waiting = race_member(turn, "waiting");
	unsigned int branch = race_branch_number(p, turn), x = TURN + branch * LANE + LANE / 2;

	if (race_is_wrong(turn))
		fprintf(p->out, "<rect class=\"here\" x=\"0\" y=\"%u\" width=\"%u\" "
			"height=\"%d\"/>", y, entry_x(p, p->n_entries), ROW);
	fprintf(p->out, "<text x=\"2\" y=\"%u\">%s%u</text><text x=\"38\" y=\"%u\">", y + 15,
		race_is_wrong(turn) ? "\u25b8" : " ", i + 1, y + 15);
	html_text(text, p->out);
	fputs("</text>\n", p->out);
	for (unsigned int b = 0; b < p->n_branches; b++) {
		unsigned int n = race_number(cJSON_GetArrayItem(waiting, (int)b), 99);

		if (n == 0)
			continue;
		fprintf(p->out, "<rect class=\"waits\" x=\"%u\" y=\"%u\" width=\"14\" "
			"height=\"%d\"/><text class=\"letter\" x=\"%u\" y=\"%u\">%u</text>\n",
			TURN + (b + 1) * LANE - 16, y, ROW, TURN + (b + 1) * LANE - 9, y + 15, n);
	}
	fprintf(p->out, "<circle class=\"dot%u%s\" cx=\"%u\" cy=\"%u\" r=\"5\"/>\n",
		branch, strchr(text, '_') != NULL ? " held" : "", x, y + ROW / 2);
}

/* From dot to dot, so that who goes on is seen. */
static void
draw_path(const struct race_page *p)
{
	const cJSON *turn;
	unsigned int y = HEAD + ROW / 2;
	char command = 'M';

	fputs("<path class=\"order\" d=\"", p->out);
	cJSON_ArrayForEach(turn, p->turns) {
		fprintf(p->out, "%c%u %u ", command,
			TURN + race_branch_number(p, turn) * LANE + LANE / 2, y);
		command = 'L';
		y += ROW;
	}
	fputs("\"/>\n", p->out);
}

static void
draw_turns(const struct race_page *p)
{
	struct entry_view before[ENTRIES_MAX];
	unsigned int i = 0, y = HEAD;
	const cJSON *turn;

	for (unsigned int e = 0; e < p->n_entries; e++)
		before[e] = race_view_after(p, NULL, e);
	cJSON_ArrayForEach(turn, p->turns) {
		draw_turn(p, turn, i, y);
		for (unsigned int e = 0; e < p->n_entries; e++) {
			struct entry_view v = race_view_after(p, turn, e);

			if (v.dom != VIEW_NONE)
				draw_entry(p, e, v, i == 0 || !race_same_view(v, before[e]), y);
			before[e] = v;
		}
		i++;
		y += ROW;
	}
}

void
race_draw(const struct race_page *p)
{
	unsigned int width = entry_x(p, p->n_entries);
	unsigned int height = HEAD + p->n_turns * ROW + 2;

	fprintf(p->out, "<figure>\n<div class=\"wide\" role=\"region\" aria-label=\"The race, "
		"drawn\" tabindex=\"0\">\n<svg class=\"timeline\" "
		"xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\">\n<title>The turns of the race, and the entries in memory"
		"</title>\n<desc>The same turns as in the table above.</desc>\n", width, height,
		width, height);
	draw_heads(p);
	draw_path(p);
	draw_turns(p);
	fputs("</svg>\n</div>\n<figcaption>The turns, from top to bottom: a dot in the lane of the "
	      "branch that took it, hollow if it is a store that waits. A number beside a lane: so "
	      "many of the branch's stores wait in its store buffer. On the right what memory "
	      "holds after each turn: A permits access, T accepts a transfer; ro read-only, r "
	      "being read, w being written (of a transfer c committed, d done); then for whom, and "
	      "which page. Letters where it changes.</figcaption>\n</figure>\n", p->out);
}
