/*
 * matrix_html: the page.  Static, and all of it in one file: it names nothing outside, and says the
 * same without colours, in either colour scheme, and to a screen reader.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <string.h>

#include "reports/html.h"
#include "reports/matrix.h"

/* ------------------------------------------------------------------ the table */

/* The answer of the nearest column to the left that has one, or NULL. */
static const char *
answer_before(const struct matrix *m, const struct matrix_row *r, unsigned int build)
{
	while (build-- > 0)
		if (m->build[build].ran && r->answer[build][0] != 0)
			return r->answer[build];
	return NULL;
}

static void
print_cell(const struct matrix *m, const struct matrix_row *r, unsigned int build, FILE *out)
{
	const char *answer = r->answer[build], *before = answer_before(m, r, build);

	if (answer[0] == 0) {
		fputs("<td class=\"unasked\">not run</td>", out);
	} else if (before == NULL || strcmp(before, answer) == 0) {
		html_element("td", "", answer, out);
	} else {
		fputs("<td class=\"changed\"><span class=\"unseen\">changed to </span>", out);
		html_text(answer, out);
		fputs("</td>", out);
	}
}

static void
print_row(const struct matrix *m, const struct matrix_row *r, unsigned int number, FILE *out)
{
	fprintf(out, "<tr><th scope=\"row\"><a href=\"#class-%u\">", number);
	html_text(r->id, out);
	fputs("</a></th>", out);
	for (unsigned int b = 0; b < m->n_builds; b++)
		if (m->build[b].ran)
			print_cell(m, r, b, out);
	fputs("</tr>\n", out);
}

static unsigned int
columns(const struct matrix *m)
{
	unsigned int n = 1;

	for (unsigned int b = 0; b < m->n_builds; b++)
		n += m->build[b].ran;
	return n;
}

static void
print_group_head(const struct matrix *m, const struct matrix_row *r, FILE *out)
{
	fprintf(out,
		"<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"%u\"><span class=\"line\">",
		columns(m));
	if (r->gone) {
		fputs("Seen, and not again when asked again", out);
	} else if (r->known == NULL) {
		fputs("<span class=\"bad\">Unexpected</span>", out);
	} else {
		html_element("strong", "", r->known->name, out);
		fputs(": ", out);
		html_text(r->known->reason, out);
	}
	fputs("</span></th></tr>\n", out);
}

static void
print_table(const struct matrix *m, FILE *out)
{
	fputs("<div class=\"wide\" role=\"region\" aria-label=\"Matrix of answers\" "
	      "tabindex=\"0\">\n<table>\n<caption><span class=\"line\">What each class's smallest "
	      "program is answered. A cell marked &#9656; differs from the build to its left."
	      "</span></caption>\n"
	      "<thead><tr><th scope=\"col\">Class</th>",
	      out);
	for (unsigned int b = 0; b < m->n_builds; b++) {
		if (!m->build[b].ran)
			continue;
		fputs("<th scope=\"col\">", out);
		html_text(m->build[b].version, out);
		html_element("span", "", m->build[b].name, out);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
	for (unsigned int i = 0; i < m->n_rows; i++) {
		if (i == 0 || !matrix_same_group(&m->row[i - 1], &m->row[i]))
			print_group_head(m, &m->row[i], out);
		print_row(m, &m->row[i], i + 1, out);
		if (i + 1 == m->n_rows || !matrix_same_group(&m->row[i], &m->row[i + 1]))
			fputs("</tbody>\n", out);
	}
	fputs("</table>\n</div>\n", out);
}

/* ------------------------------------------------------------------ the classes */

static void
print_answers(const struct matrix *m, const struct matrix_row *r, FILE *out)
{
	for (unsigned int b = 0; b < m->n_builds; b++) {
		if (!m->build[b].ran || r->answer[b][0] == 0)
			continue;
		fputs("<dt>", out);
		html_text(m->build[b].version, out);
		fputs(", ", out);
		html_text(m->build[b].name, out);
		fputs("</dt>", out);
		html_element("dd", "", r->answer[b], out);
		fputc('\n', out);
	}
}

static void
print_class(const struct matrix *m, const struct matrix_row *r, unsigned int number, FILE *out)
{
	char seen[64];

	snprintf(seen, sizeof(seen), "%" PRIu64 " program%s", r->seen, r->seen == 1 ? "" : "s");
	fprintf(out, "<article id=\"class-%u\">\n", number);
	html_element("h3", "", r->id, out);
	fputs("\n<dl>\n", out);
	html_term("Operation", r->operation, out);
	print_answers(m, r, out);
	html_term("Reason", r->known != NULL ? r->known->reason : "unknown", out);
	html_term("Source", r->known != NULL ? r->known->source : "", out);
	html_term("Said", r->failure, out);
	html_term("Seen in", seen, out);
	html_term("First in", r->from, out);
	html_term("Program", r->gone ? "as found: it did not show this again" :
			r->minimal ? "smallest: no single step makes it smaller" :
				     "not the smallest: shrinking was not finished", out);
	fputs("</dl>\n", out);
	html_element("pre", "tabindex=\"0\"", r->program, out);
	fputs("\n</article>\n", out);
}

/* ------------------------------------------------------------------ the page */

static void
print_verdict(const struct matrix *m, FILE *out)
{
	fprintf(out, "<p>%" PRIu64 " programs, %.0f seconds, seed %" PRIu64 "%s. ", m->programs,
		m->seconds, m->seed, m->interrupted ? "; interrupted" : "");
	if (m->n_unexpected > 0)
		fprintf(out, "<span class=\"bad\">%u unexpected class%s</span>", m->n_unexpected,
			m->n_unexpected == 1 ? "" : "es");
	else
		fputs("<span class=\"good\">Nothing unexpected</span>", out);
	fprintf(out, ", %u expected.</p>\n", m->n_rows - m->n_unexpected - m->n_gone);
}

static void
print_builds(const struct matrix *m, FILE *out)
{
	fputs("<h2 id=\"builds\">Builds</h2>\n<ul>\n", out);
	for (unsigned int b = 0; b < m->n_builds; b++) {
		const struct matrix_build *x = &m->build[b];

		fputs("<li>", out);
		html_element("strong", "", x->name, out);
		fprintf(out, "%s%s", x->ran ? ": Xen " : ": skipped: ", x->ran ? x->version : "");
		if (x->ran && x->why[0])
			fputs("; lost: ", out);
		html_text(x->why, out);
		if (x->stray != NULL) {
			fprintf(out, "; %u failures that did not come again: ", x->n_stray);
			html_text(x->stray, out);
		}
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
	for (unsigned int i = 0; i < m->n_unseen; i++) {
		fputs("<p class=\"soft\">Expected, not seen: ", out);
		html_text(m->unseen[i].name, out);
		fputs(". ", out);
		html_text(m->unseen[i].reason, out);
		fputs("</p>\n", out);
	}
}

void
matrix_print_html(const struct matrix *m, FILE *out)
{
	html_begin("Grant tables across Xen builds", out);
	fputs("<main>\n<h1>Grant tables across Xen builds</h1>\n", out);
	print_verdict(m, out);
	if (m->n_rows > 0)
		print_table(m, out);
	print_builds(m, out);
	if (m->n_rows > 0)
		fputs("<h2 id=\"classes\">Classes</h2>\n", out);
	for (unsigned int i = 0; i < m->n_rows; i++)
		print_class(m, &m->row[i], i + 1, out);
	html_end(out);
}
