#define _GNU_SOURCE
#include "reports/side_by_side.h"

#include <inttypes.h>
#include <string.h>

#include "diff/text.h"
#include "reports/flags.h"
#include "reports/html.h"

/* What a record says, in this order. */
enum part { PART_ANSWER, PART_RETURN, PART_VALUE, PART_ENTRY0, PART_ENTRY1, PART_FREE, PART_FIRED,
	    PARTS };

enum { PART_TEXT = 96 };

/* ------------------------------------------------------------------ one record in words */

static void
answer_text(const struct trace_record *r, enum op_kind kind, char *out)
{
	enum result_class c;
	int32_t value;
	int n;

	c = trace_headline(r, kind, &value);
	n = (int)text_print_result(kind, c, value, out, PART_TEXT);
	if (r->skip != SKIP_NOT && n < PART_TEXT)
		snprintf(out + n, PART_TEXT - (size_t)n, ": %s",
			 text_skip_reason((enum trace_skip)r->skip));
}

/* `[0x09 d1 p0] access read'; nothing if the entry was not looked at. */
static void
view_text(const struct entry_view *v, char *out)
{
	char words[FLAGS_WORDS];
	int n;

	if (v->dom == VIEW_NONE)
		return;
	n = (int)text_print_view(v, out, PART_TEXT);
	flags_words(v->flags, words);
	if (n < PART_TEXT)
		snprintf(out + n, PART_TEXT - (size_t)n, " %s", words);
}

static void
fired_text(unsigned int fired, char *out)
{
	int n = 0;

	for (; fired != 0 && n < PART_TEXT - 16; fired >>= 4)
		n += snprintf(out + n, PART_TEXT - (size_t)n, "%sk%d", n ? " " : "called ",
			      (int)(fired & 15) - 1);
}

/* One part; "" if there is nothing to say. */
static void
part_text(const struct trace_record *r, enum op_kind kind, enum part part, char *out)
{
	out[0] = 0;
	switch (part) {
	case PART_ANSWER: answer_text(r, kind, out); break;
	case PART_RETURN:
		if (r->status != STATUS_NONE && r->rc != 0)
			snprintf(out, PART_TEXT, "returned %" PRId32, r->rc);
		break;
	case PART_VALUE:
		if (r->value != 0)
			snprintf(out, PART_TEXT, "value %" PRIu32, r->value);
		break;
	case PART_ENTRY0: case PART_ENTRY1:
		view_text(&r->entry[part - PART_ENTRY0], out);
		break;
	case PART_FREE: snprintf(out, PART_TEXT, "%u free", r->free_count); break;
	case PART_FIRED: fired_text(r->fired, out); break;
	case PARTS: break;
	}
}

/* Parts that the model leaves open. */
static bool
is_open(const struct trace_record *e, enum part part)
{
	static const uint8_t any[PARTS] = {
		[PART_ANSWER] = TRACE_ANY_STATUS | TRACE_ANY_RC, [PART_RETURN] = TRACE_ANY_RC,
		[PART_VALUE] = TRACE_ANY_VALUE, [PART_ENTRY0] = TRACE_ANY_ENTRY0,
		[PART_ENTRY1] = TRACE_ANY_ENTRY1,
	};

	return e->any & any[part];
}

/* ------------------------------------------------------------------ the table */

/* A record's cell, against the other side's record, which may be missing. */
static void
print_cell(const struct trace_record *mine, const struct trace_record *other,
	   const struct trace_record *expected, enum op_kind kind, FILE *out)
{
	char text[PART_TEXT], against[PART_TEXT];
	const char *separator = "";

	if (mine == NULL) {
		fputs("<td class=\"unasked\">no answer</td>", out);
		return;
	}
	fputs("<td>", out);
	for (unsigned int i = 0; i < PARTS; i++) {
		bool same = other == NULL || is_open(expected, (enum part)i);

		part_text(mine, kind, (enum part)i, text);
		part_text(other != NULL ? other : mine, kind, (enum part)i, against);
		same = same || strcmp(text, against) == 0;
		if (text[0] == 0 && same)
			continue;
		fputs(separator, out);
		fprintf(out, "<%s>%s", !same ? "mark" : i == PART_ANSWER ? "strong" : "span",
			same ? "" : "\u2260 ");
		html_text(text[0] ? text : "nothing", out);
		fprintf(out, "</%s>", !same ? "mark" : i == PART_ANSWER ? "strong" : "span");
		separator = "<br/>";
	}
	fputs("</td>", out);
}

static void
print_row(const struct evidence *e, unsigned int i, FILE *out)
{
	const struct evidence_run *run = &e->run;
	const struct trace_record *x = i < run->n_expected ? &run->expected.record[i] : NULL;
	const struct trace_record *g = i < run->n_got ? &run->got.record[i] : NULL;
	enum op_kind kind = (enum op_kind)e->program.ops[i].kind;
	char text[256];

	text_print_op(&e->program.ops[i], text, sizeof(text));
	fprintf(out, "<tr%s><th scope=\"row\">%s%u <code>", i == run->at ? " class=\"here\"" : "",
		i == run->at ? "\u25b8 " : "", i + 1);
	html_text(text, out);
	fputs("</code></th>", out);
	print_cell(x, g, x, kind, out);
	print_cell(g, x, x, kind, out);
	fputs("</tr>\n", out);
}

/* Where a race begins, parts or ends, and its schedule. */
static void
print_mark(const struct op *mark, FILE *out)
{
	char text[256];

	text_print_op(mark, text, sizeof(text));
	fputs("<tr><th scope=\"row\" colspan=\"3\"><code>", out);
	html_text(text, out);
	fputs("</code></th></tr>\n", out);
}

static void
print_heading(const struct evidence *e, FILE *out)
{
	static const char *const role[] = { "expected", "got" };

	fputs("<thead><tr><th scope=\"col\">Operation</th>", out);
	for (unsigned int i = 0; i < 2; i++) {
		fputs("<th scope=\"col\">", out);
		html_text(evidence_lane(e, i), out);
		html_element("span", "", role[i], out);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

/* ------------------------------------------------------------------ the end of the run */

/* Rows about what a domain was left with. */
struct ending {
	FILE *out;
	unsigned int domain;
	bool here;
};

/* Only where no operation differs is the end the place that does. */
static void
print_end_row(const struct ending *e, const char *what, const char *const value[2])
{
	FILE *out = e->out;

	if (strcmp(value[0], value[1]) == 0)
		return;
	fprintf(out, "<tr%s><th scope=\"row\">%sat the end, d%u: %s</th>",
		e->here ? " class=\"here\"" : "", e->here ? "\u25b8 " : "", e->domain, what);
	for (unsigned int i = 0; i < 2; i++)
		fprintf(out, "<td><mark>\u2260 %s</mark></td>", value[i]);
	fputs("</tr>\n", out);
}

static void
print_end_number(const struct ending *e, const char *what, unsigned int x, unsigned int g)
{
	char text[2][24];

	snprintf(text[0], sizeof(text[0]), "%u", x);
	snprintf(text[1], sizeof(text[1]), "%u", g);
	print_end_row(e, what, (const char *const[]){ text[0], text[1] });
}

static void
print_end_page(const struct ending *e, unsigned int slot, uint64_t x, uint64_t g)
{
	const uint64_t digest[] = { x, g };
	char what[32], text[2][24];

	snprintf(what, sizeof(what), "what page p%u holds", slot);
	for (unsigned int i = 0; i < 2; i++)
		if (digest[i] == PAGE_EMPTY)
			strcpy(text[i], "no page");
		else
			snprintf(text[i], sizeof(text[i]), "%016" PRIx64, digest[i]);
	print_end_row(e, what, (const char *const[]){ text[0], text[1] });
}

static void
print_end(const struct evidence *e, FILE *out)
{
	const struct evidence_run *run = &e->run;

	for (unsigned int d = 0; d < run->expected.domains && d < run->got.domains; d++) {
		const struct trace_domain *x = &run->expected.domain[d];
		const struct trace_domain *g = &run->got.domain[d];
		const struct ending end = { out, d, run->at == e->program.n_ops };

		print_end_number(&end, "references free", x->free_count, g->free_count);
		print_end_number(&end, "frames of the table", x->nr_frames, g->nr_frames);
		print_end_number(&end, "deferred", x->deferred, g->deferred);
		print_end_number(&end, "leaked", x->leaked, g->leaked);
		print_end_number(&end, "pages put", x->pages_put, g->pages_put);
		for (unsigned int s = 0; s < PAGE_SLOTS; s++)
			if (!(x->any_digest >> s & 1))
				print_end_page(&end, s, x->digest[s], g->digest[s]);
	}
}

void
side_by_side_print(const struct evidence *e, FILE *out)
{
	const struct evidence_run *run = &e->run;

	if (run->n_expected == 0 && run->n_got == 0)
		return;
	fputs("<section aria-labelledby=\"traces\">\n<h2 id=\"traces\">What each answered</h2>\n"
	      "<div class=\"wide\" role=\"region\" aria-label=\"Traces\" tabindex=\"0\">\n"
	      "<table class=\"traces\">\n", out);
	print_heading(e, out);
	fputs("<tbody>\n", out);
	for (unsigned int i = 0; i < e->program.n_ops; i++)
		if (op_is_mark(e->program.ops[i].kind))
			print_mark(&e->program.ops[i], out);
		else if (op_is_done(e->program.ops[i].kind))
			print_row(e, i, out);
	print_end(e, out);
	fputs("</tbody>\n</table>\n</div>\n</section>\n", out);
}
