/* race_html: see race_html.h. */
#include "reports/race_html.h"

#include <string.h>

#include "diff/text.h"
#include "reports/flags.h"
#include "reports/html.h"
#include "reports/race_page.h"

/* ------------------------------------------------------------------ the table */

static void
print_heading(const struct race_page *p)
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
print_changes(const struct race_page *p, const cJSON *turn, const cJSON *before)
{
	char view[64], words[FLAGS_WORDS];

	for (unsigned int e = 0; e < p->n_entries; e++) {
		struct entry_view v = race_view_after(p, turn, e);

		if (v.dom == VIEW_NONE || race_same_view(v, race_view_after(p, before, e)))
			continue;
		text_print_view(&v, view, sizeof(view));
		flags_words(v.flags, words);
		fputs("<br/><span class=\"soft\">", p->out);
		html_text(race_string(cJSON_GetArrayItem(p->entries, (int)e), "name"), p->out);
		fprintf(p->out, " is now %s %s</span>", view, words);
	}
}

static void
print_does(const struct race_page *p, const cJSON *turn, const cJSON *before)
{
	const char *odd = race_string(turn, "odd"), *answer = race_string(turn, "answer");

	html_text(race_string(turn, "does"), p->out);
	if (odd[0] != '\0') {
		fputs("<br/><strong>", p->out);
		html_text(odd, p->out);
		fputs("</strong>", p->out);
	}
	print_changes(p, turn, before);
	if (answer[0] != '\0') {
		fputs("<br/>", p->out);
		html_text(race_string(turn, "operation"), p->out);
		fputs(" = <strong>", p->out);
		html_text(answer, p->out);
		fputs("</strong>", p->out);
	}
	if (race_is_wrong(turn)) {
		fputs("<br/><mark>\u25b8 here: ", p->out);
		html_text(race_string(turn, "wrong"), p->out);
		fputs("</mark>", p->out);
	}
}

static void
print_table(const struct race_page *p)
{
	const cJSON *turn, *before = NULL;
	unsigned int i = 0;

	fputs("<div class=\"wide\" role=\"region\" aria-label=\"Turns\" tabindex=\"0\">\n"
	      "<table class=\"traces turns\">\n", p->out);
	print_heading(p);
	fputs("<tbody>\n", p->out);
	cJSON_ArrayForEach(turn, p->turns) {
		fprintf(p->out, "<tr%s><th scope=\"row\">%u <code>",
			race_is_wrong(turn) ? " class=\"here\"" : "", ++i);
		html_text(race_string(turn, "turn"), p->out);
		fputs("</code></th>", p->out);
		for (unsigned int b = 0; b < p->n_branches; b++) {
			fputs("<td>", p->out);
			if (b == race_branch_number(p, turn))
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
	const cJSON *allowed = race_member(race, "allowed"), *item;
	const char *answered = race_string(race, "answered");

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
	if (cJSON_IsTrue(race_member(race, "allowed_more")))
		fputs("<p>There may be more: not all orders were tried.</p>\n", out);
	fputs("</section>\n", out);
}

static void
print_turns(const struct race_page *p, const cJSON *race)
{
	unsigned int left_out = race_number(race_member(race, "left_out"), UINT32_MAX);

	fputs("<section aria-labelledby=\"race\">\n<h2 id=\"race\">The race, turn by turn</h2>\n"
	      "<p>A turn is one access to memory, or one step of the hypervisor; nothing happens "
	      "between two. <code>0</code> is branch 0 going on; <code>0_</code> a store of it "
	      "that waits in the store buffer, <code>0!</code> the oldest of those reaching "
	      "memory, <code>0!1</code> the one after it, first; <code>0~1</code> a load that is "
	      "early and finds what was there before the last write.</p>\n", p->out);
	print_table(p);
	if (left_out > 0)
		fprintf(p->out, "<p>%u more turns are left out.</p>\n", left_out);
	race_draw(p);
	fputs("</section>\n", p->out);
}

void
race_html_print(const cJSON *race, FILE *out)
{
	struct race_page p;
	bool has_turns = race_page_open(&p, race, out);

	if (!cJSON_IsObject(race))
		return;
	print_allowed(race, out);
	if (has_turns)
		print_turns(&p, race);
}
