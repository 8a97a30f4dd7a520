/* matrix: as text for a terminal. */
#define _GNU_SOURCE
#include "reports/matrix.h"

#include <inttypes.h>
#include <string.h>

#include "reports/summary.h"

enum { CELL_MIN = 6 };

/* What a cell shows: the answer, or that it is the same as to the left. */
static const char *
cell(const struct matrix_row *r, unsigned int build)
{
	if (r->answer[build][0] == 0)
		return "-";
	for (unsigned int i = build; i > 0; i--)
		if (r->answer[i - 1][0] != 0)
			return strcmp(r->answer[i - 1], r->answer[build]) == 0 ? "=" :
									       r->answer[build];
	return r->answer[build];
}

static int
width(const struct matrix *m, unsigned int build)
{
	size_t n = strlen(m->build[build].version);

	for (unsigned int i = 0; i < m->n_rows; i++)
		if (n < strlen(cell(&m->row[i], build)))
			n = strlen(cell(&m->row[i], build));
	return n < CELL_MIN ? CELL_MIN : (int)n;
}

static void
print_builds(const struct matrix *m, FILE *out)
{
	for (unsigned int i = 0; i < m->n_builds; i++) {
		const struct matrix_build *b = &m->build[i];

		fprintf(out, "build %s: ", b->name);
		if (b->ran)
			fprintf(out, "Xen %s%s%s\n", b->version, b->why[0] ? "; lost: " : "",
				b->why);
		else
			fprintf(out, "SKIP: %s\n", b->why);
		if (b->stray != NULL)
			fprintf(out, "  %u failure%s that did not come again, the first: %s\n",
				b->n_stray, b->n_stray == 1 ? "" : "s", b->stray);
	}
	if (m->worlds_ran[0])
		fprintf(out, "other worlds: %s\n", m->worlds_ran);
	if (m->worlds_not[0])
		fprintf(out, "other worlds: SKIP: %s\n", m->worlds_not);
}

static void
print_head(const struct matrix *m, FILE *out)
{
	fputc('\n', out);
	for (unsigned int b = 0; b < m->n_builds; b++)
		if (m->build[b].ran)
			fprintf(out, "%-*s  ", width(m, b), m->build[b].version);
	fprintf(out, "class\n");
}

static void
print_row(const struct matrix *m, const struct matrix_row *r, FILE *out)
{
	for (unsigned int b = 0; b < m->n_builds; b++)
		if (m->build[b].ran)
			fprintf(out, "%-*s  ", width(m, b), cell(r, b));
	fprintf(out, "%s\n", r->id);
}

static void
print_group(const struct matrix_row *r, FILE *out)
{
	if (r->gone)
		fprintf(out, "seen, and not again\n");
	else if (r->known == NULL)
		fprintf(out, "UNEXPECTED\n");
	else
		fprintf(out, "expected: %s\n", r->known->name);
}

static void
print_rows(const struct matrix *m, FILE *out)
{
	print_head(m, out);
	for (unsigned int i = 0; i < m->n_rows; i++) {
		if (i == 0 || !matrix_same_group(&m->row[i - 1], &m->row[i]))
			print_group(&m->row[i], out);
		print_row(m, &m->row[i], out);
	}
}

static void
print_indented(const char *text, FILE *out)
{
	while (*text != 0) {
		size_t n = strcspn(text, "\n");

		fprintf(out, "    %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void
print_unexpected(const struct matrix_row *r, const struct matrix *m, FILE *out)
{
	fprintf(out, "\n%s\n", r->id);
	fprintf(out, "  changed between %s (%s) and %s (%s)\n", m->build[r->left_build].name,
		m->build[r->left_build].version, m->build[r->right_build].name,
		m->build[r->right_build].version);
	if (r->operation[0])
		fprintf(out, "  at: %s\n", r->operation);
	if (r->failure[0])
		fprintf(out, "  said: %s\n", r->failure);
	fprintf(out, "  %s program, seen %" PRIu64 " time%s, first in %s\n",
		r->minimal ? "smallest" : "NOT the smallest", r->seen, r->seen == 1 ? "" : "s",
		r->from);
	print_indented(r->program, out);
}

void
matrix_print(const struct matrix *m, FILE *out)
{
	print_builds(m, out);
	fprintf(out, "%s%" PRIu64 " programs in %.0f s, seed %" PRIu64 ", %" PRIu64
		" (entry state, operation, result) cells; what the newest build answered:\n",
		m->interrupted ? "INTERRUPTED: " : "", m->programs, m->seconds, m->seed, m->cells);
	summary_print_totals(m->totals, out);
	if (m->n_rows > 0)
		print_rows(m, out);
	for (unsigned int i = 0; i < m->n_unexpected; i++)
		print_unexpected(&m->row[i], m, out);
	if (m->left_out > 0)
		fprintf(out, "and %" PRIu64 " differing programs of classes beyond these\n",
			m->left_out);
	for (unsigned int i = 0; i < m->n_unseen; i++)
		fprintf(out, "expected, not seen: %s\n", m->unseen[i].name);
	fprintf(out, "classes: %u unexpected, %u expected", m->n_unexpected,
		m->n_rows - m->n_unexpected - m->n_gone);
	if (m->n_gone > 0)
		fprintf(out, ", %u that did not come again", m->n_gone);
	fputc('\n', out);
	if (m->lacks != NULL)
		fprintf(out, "NOT A RESULT: nothing happened of: %s\n", m->lacks);
	if (m->page != NULL)
		fprintf(out, "matrix: %s\n", m->page);
}
