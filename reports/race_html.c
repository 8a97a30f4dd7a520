/*
 * race_html: see race_html.h.
 *
 * The object may be anybody's: numbers are taken within limits, what is no string is an empty one.
 */
#include "reports/race_html.h"

#include <string.h>

#include "diff/text.h"
#include "diff/trace.h"
#include "reports/flags.h"
#include "reports/html.h"

enum { BRANCHES_MAX = 3, ENTRIES_MAX = 4, TURNS_MAX = 256 };

/* In the picture's own units, as timeline's. */
enum { ROW = 22, HEAD = 52, TURN = 70, LANE = 56, BIT = 21, FIELDS = 60, GAP = 12 };

struct page {
	FILE *out;
	const cJSON *turns, *entries, *branches;
	unsigned int n_branches, n_entries;
};

/* ------------------------------------------------------------------ reading */

static const cJSON *
member(const cJSON *j, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(j, name);
}

static const char *
string(const cJSON *j, const char *name)
{
	const char *s = cJSON_GetStringValue(member(j, name));

	return s != NULL ? s : "";
}

/* A number from 0 to `most', or 0. */
static unsigned int
number(const cJSON *item, unsigned int most)
{
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || !(item->valuedouble <= most))
		return 0;
	return (unsigned int)item->valuedouble;
}

static unsigned int
length(const cJSON *array, unsigned int most)
{
	unsigned int n = (unsigned int)cJSON_GetArraySize(array);

	return n < most ? n : most;
}

static struct entry_view
view_of(const cJSON *triple)
{
	struct entry_view v = { 0, VIEW_NONE, 0 };

	if (cJSON_GetArraySize(triple) != 3)
		return v;
	v.flags = (uint16_t)number(cJSON_GetArrayItem(triple, 0), UINT16_MAX);
	v.dom = (uint8_t)number(cJSON_GetArrayItem(triple, 1), UINT8_MAX);
	v.frame = (uint8_t)number(cJSON_GetArrayItem(triple, 2), UINT8_MAX);
	return v;
}

/* Entry e after a turn; before the first, with turn NULL. */
static struct entry_view
view_after(const struct page *p, const cJSON *turn, unsigned int e)
{
	const cJSON *entry = cJSON_GetArrayItem(p->entries, (int)e);

	return view_of(turn == NULL ? member(entry, "before") :
				      cJSON_GetArrayItem(member(turn, "entries"), (int)e));
}

static bool
same_view(struct entry_view a, struct entry_view b)
{
	return a.flags == b.flags && a.dom == b.dom && a.frame == b.frame;
}

static unsigned int
branch_of(const struct page *p, const cJSON *turn)
{
	return number(member(turn, "branch"), p->n_branches - 1);
}

static bool
is_wrong(const cJSON *turn)
{
	return string(turn, "wrong")[0] != '\0';
}

/* ------------------------------------------------------------------ the drawing */

static unsigned int
entry_x(const struct page *p, unsigned int e)
{
	return TURN + p->n_branches * LANE + GAP + e * (FLAGS_BITS * BIT + FIELDS + GAP);
}

static void
draw_heads(const struct page *p)
{
	static const char *const heads[] = { "typ", "ro", "rd", "wr" };

	for (unsigned int b = 0; b < p->n_branches; b++)
		fprintf(p->out, "<text class=\"sub\" x=\"%u\" y=\"%d\">branch %u</text>\n",
			TURN + b * LANE + LANE / 2, HEAD - 8, b);
	for (unsigned int e = 0; e < p->n_entries; e++) {
		fprintf(p->out, "<text class=\"head\" x=\"%u\" y=\"16\">", entry_x(p, e));
		html_text(string(cJSON_GetArrayItem(p->entries, (int)e), "name"), p->out);
		fputs("</text>\n", p->out);
		for (unsigned int bit = 0; bit < FLAGS_BITS; bit++)
			fprintf(p->out, "<text class=\"sub\" x=\"%u\" y=\"%d\">%s</text>\n",
				entry_x(p, e) + bit * BIT + BIT / 2 - 1, HEAD - 8, heads[bit]);
	}
}

/* The entry after a turn; letters only where it is other than after the turn before. */
static void
draw_entry(const struct page *p, unsigned int e, struct entry_view v, bool changed, unsigned int y)
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
draw_turn(const struct page *p, const cJSON *turn, unsigned int i, unsigned int y)
{
	const char *text = string(turn, "turn");
	unsigned int x = TURN + branch_of(p, turn) * LANE + LANE / 2;

	if (is_wrong(turn))
		fprintf(p->out, "<rect class=\"here\" x=\"0\" y=\"%u\" width=\"%u\" "
			"height=\"%d\"/>", y, entry_x(p, p->n_entries), ROW);
	fprintf(p->out, "<text x=\"2\" y=\"%u\">%s%u</text><text x=\"38\" y=\"%u\">", y + 15,
		is_wrong(turn) ? "\u25b8" : " ", i + 1, y + 15);
	html_text(text, p->out);
	fputs("</text>\n", p->out);
	for (unsigned int b = 0; b < p->n_branches; b++) {
		unsigned int n = number(cJSON_GetArrayItem(member(turn, "waiting"), (int)b), 99);

		if (n == 0)
			continue;
		fprintf(p->out, "<rect class=\"waits\" x=\"%u\" y=\"%u\" width=\"14\" "
			"height=\"%d\"/><text class=\"letter\" x=\"%u\" y=\"%u\">%u</text>\n",
			TURN + (b + 1) * LANE - 16, y, ROW, TURN + (b + 1) * LANE - 9, y + 15, n);
	}
	fprintf(p->out, "<circle class=\"dot%u%s\" cx=\"%u\" cy=\"%u\" r=\"5\"/>\n",
		branch_of(p, turn), strchr(text, '_') != NULL ? " held" : "", x, y + ROW / 2);
}

/* From dot to dot, so that who goes on is seen. */
static void
draw_path(const struct page *p)
{
	const cJSON *turn;
	unsigned int y = HEAD + ROW / 2;
	char command = 'M';

	fputs("<path class=\"order\" d=\"", p->out);
	cJSON_ArrayForEach(turn, p->turns) {
		fprintf(p->out, "%c%u %u ", command,
			TURN + branch_of(p, turn) * LANE + LANE / 2, y);
		command = 'L';
		y += ROW;
	}
	fputs("\"/>\n", p->out);
}

static void
draw_turns(const struct page *p)
{
	struct entry_view before[ENTRIES_MAX];
	unsigned int i = 0, y = HEAD;
	const cJSON *turn;

	for (unsigned int e = 0; e < p->n_entries; e++)
		before[e] = view_after(p, NULL, e);
	cJSON_ArrayForEach(turn, p->turns) {
		draw_turn(p, turn, i, y);
		for (unsigned int e = 0; e < p->n_entries; e++) {
			struct entry_view v = view_after(p, turn, e);

			if (v.dom != VIEW_NONE)
				draw_entry(p, e, v, i == 0 || !same_view(v, before[e]), y);
			before[e] = v;
		}
		i++;
		y += ROW;
	}
}

static void
print_drawing(const struct page *p)
{
	unsigned int width = entry_x(p, p->n_entries);
	unsigned int height = HEAD + length(p->turns, TURNS_MAX) * ROW + 2;

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
	      "holds after each turn: A permits access, T accepts a transfer; ro read-only, r being "
	      "read, w being written (of a transfer c committed, d done); then for whom, and "
	      "which page. Letters where it changes.</figcaption>\n</figure>\n", p->out);
}

/* ------------------------------------------------------------------ the table */

static void
print_heading(const struct page *p)
{
	const cJSON *branch;
	unsigned int b = 0;

	fputs("<thead><tr><th scope=\"col\">Turn</th>", p->out);
	cJSON_ArrayForEach(branch, p->branches) {
		if (b == p->n_branches)
			break;
		fprintf(p->out, "<th scope=\"col\">Branch %u", b++);
		html_element("span", "", cJSON_IsString(branch) ? branch->valuestring : "", p->out);
		fputs("</th>", p->out);
	}
	fputs("</tr></thead>\n", p->out);
}

/* What memory holds now, if the turn has changed it. */
static void
print_changes(const struct page *p, const cJSON *turn, const cJSON *before)
{
	char view[64], words[FLAGS_WORDS];

	for (unsigned int e = 0; e < p->n_entries; e++) {
		struct entry_view v = view_after(p, turn, e);

		if (v.dom == VIEW_NONE || same_view(v, view_after(p, before, e)))
			continue;
		text_print_view(&v, view, sizeof(view));
		flags_words(v.flags, words);
		fputs("<br/><span class=\"soft\">", p->out);
		html_text(string(cJSON_GetArrayItem(p->entries, (int)e), "name"), p->out);
		fprintf(p->out, " is now %s %s</span>", view, words);
	}
}

static void
print_does(const struct page *p, const cJSON *turn, const cJSON *before)
{
	const char *odd = string(turn, "odd"), *answer = string(turn, "answer");

	html_text(string(turn, "does"), p->out);
	if (odd[0] != '\0') {
		fputs("<br/><strong>", p->out);
		html_text(odd, p->out);
		fputs("</strong>", p->out);
	}
	print_changes(p, turn, before);
	if (answer[0] != '\0') {
		fputs("<br/>", p->out);
		html_text(string(turn, "operation"), p->out);
		fputs(" = <strong>", p->out);
		html_text(answer, p->out);
		fputs("</strong>", p->out);
	}
	if (is_wrong(turn)) {
		fputs("<br/><mark>\u25b8 here: ", p->out);
		html_text(string(turn, "wrong"), p->out);
		fputs("</mark>", p->out);
	}
}

static void
print_table(const struct page *p)
{
	const cJSON *turn, *before = NULL;
	unsigned int i = 0;

	fputs("<div class=\"wide\" role=\"region\" aria-label=\"Turns\" tabindex=\"0\">\n"
	      "<table class=\"traces turns\">\n", p->out);
	print_heading(p);
	fputs("<tbody>\n", p->out);
	cJSON_ArrayForEach(turn, p->turns) {
		fprintf(p->out, "<tr%s><th scope=\"row\">%u <code>",
			is_wrong(turn) ? " class=\"here\"" : "", ++i);
		html_text(string(turn, "turn"), p->out);
		fputs("</code></th>", p->out);
		for (unsigned int b = 0; b < p->n_branches; b++) {
			fputs("<td>", p->out);
			if (b == branch_of(p, turn))
				print_does(p, turn, before);
			fputs("</td>", p->out);
		}
		fputs("</tr>\n", p->out);
		before = turn;
	}
	fputs("</tbody>\n</table>\n</div>\n", p->out);
}

/* ------------------------------------------------------------------ what is allowed */

static bool
is_allowed(const cJSON *allowed, const char *answered)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, allowed)
		if (cJSON_IsString(item) && strcmp(item->valuestring, answered) == 0)
			return true;
	return false;
}

static void
print_allowed(const cJSON *race, FILE *out)
{
	const cJSON *allowed = member(race, "allowed"), *item;
	const char *answered = string(race, "answered");

	if (!cJSON_IsArray(allowed))
		return;
	fputs("<section aria-labelledby=\"allowed\">\n<h2 id=\"allowed\">What the race may answer"
	      "</h2>\n", out);
	if (answered[0] != '\0') {
		fputs("<p>It answered <code>", out);
		html_text(answered, out);
		fputs(is_allowed(allowed, answered) ?
		      "</code>. That alone would be right: it is what these answers left behind "
		      "that no order leaves, see below." :
		      "</code>. <strong class=\"bad\">No order answers so.</strong>", out);
		fputs("</p>\n", out);
	}
	fputs("<p>The model did the operations in every order that there is of their sections "
	      "(diff/spec.md, 12xx). All that came of it:</p>\n<ul>\n", out);
	cJSON_ArrayForEach(item, allowed) {
		fputs("<li><code>", out);
		html_text(cJSON_IsString(item) ? item->valuestring : "", out);
		fputs("</code></li>\n", out);
	}
	fputs("</ul>\n", out);
	if (cJSON_IsTrue(member(race, "allowed_more")))
		fputs("<p>There may be more: not all orders were tried.</p>\n", out);
	fputs("</section>\n", out);
}

static void
print_turns(const struct page *p, const cJSON *race)
{
	unsigned int left_out = number(member(race, "left_out"), UINT32_MAX);

	fputs("<section aria-labelledby=\"race\">\n<h2 id=\"race\">The race, turn by turn</h2>\n"
	      "<p>A turn is one access to memory, or one step of the hypervisor; nothing happens "
	      "between two. <code>0</code> is branch 0 going on; <code>0_</code> a store of it that "
	      "waits in the store buffer, <code>0!</code> the oldest of those reaching memory, "
	      "<code>0!1</code> the one after it, first; <code>0~1</code> a load that is early and "
	      "finds what was there before the last write.</p>\n", p->out);
	print_table(p);
	if (left_out > 0)
		fprintf(p->out, "<p>%u more turns are left out.</p>\n", left_out);
	print_drawing(p);
	fputs("</section>\n", p->out);
}

void
race_html_print(const cJSON *race, FILE *out)
{
	struct page p = {
		.out = out, .turns = member(race, "turns"), .entries = member(race, "entries"),
		.branches = member(race, "branches"),
	};

	if (!cJSON_IsObject(race))
		return;
	p.n_branches = length(p.branches, BRANCHES_MAX);
	p.n_entries = length(p.entries, ENTRIES_MAX);
	print_allowed(race, out);
	if (p.n_branches > 0 && cJSON_GetArraySize(p.turns) > 0)
		print_turns(&p, race);
}
