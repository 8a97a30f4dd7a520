/*
 * semantics_html: which operations met entries in which state, and what came of it.
 *
 * The map shows for each pair how many different answers there were, the stronger the more often;
 * under it a table for each operation has the counts.
 */
#define _GNU_SOURCE
#include <inttypes.h>

#include "reports/flags.h"
#include "reports/html.h"
#include "reports/report.h"

static uint64_t
row_hits(const struct semantics *s, unsigned int kind, unsigned int answer)
{
	uint64_t n = 0;

	for (unsigned int state = 0; state < MODEL_ENTRY_STATES; state++)
		n += s->hits[state][kind][answer];
	return n;
}

static uint64_t
pair_hits(const struct semantics *s, unsigned int state, unsigned int kind, unsigned int *n_answers)
{
	uint64_t n = 0;

	*n_answers = 0;
	for (unsigned int a = 0; a < TOTALS_ANSWERS; a++) {
		n += s->hits[state][kind][a];
		*n_answers += s->hits[state][kind][a] != 0;
	}
	return n;
}

static uint64_t
kind_hits(const struct semantics *s, unsigned int kind)
{
	uint64_t n = 0;

	for (unsigned int a = 0; a < TOTALS_ANSWERS; a++)
		n += row_hits(s, kind, a);
	return n;
}

/* ------------------------------------------------------------------ the map */

/* Binary digits: a logarithm. */
static int
digits(uint64_t n)
{
	return n > 0 ? 64 - __builtin_clzll(n) : 0;
}

static void
print_pair(uint64_t hits, unsigned int n_answers, uint64_t most, FILE *out)
{
	double share = (double)digits(hits) / digits(most);

	if (hits == 0)
		fputs("<td class=\"never\"><span class=\"unseen\">never</span></td>", out);
	else
		fprintf(out, "<td style=\"--n:%.2f\" title=\"%" PRIu64 " times\">%u</td>", share,
			hits, n_answers);
}

static uint64_t
most_hits(const struct semantics *s)
{
	uint64_t most = 1;
	unsigned int unused;

	for (unsigned int state = 0; state < MODEL_ENTRY_STATES; state++)
		for (unsigned int k = 0; k < OP_EXPECT; k++) {
			uint64_t n = pair_hits(s, state, k, &unused);

			most = n > most ? n : most;
		}
	return most;
}

static void
print_states(const char *head, FILE *out)
{
	fprintf(out, "<thead><tr><th scope=\"col\">%s</th>", head);
	for (unsigned int state = 0; state < MODEL_ENTRY_STATES; state++)
		fprintf(out, "<th scope=\"col\"><abbr title=\"%s\">%s</abbr></th>",
			flags_state_words(state), flags_state_name(state));
	fputs("</tr></thead>\n<tbody>\n", out);
}

static void
print_map(const struct semantics *s, FILE *out)
{
	uint64_t most = most_hits(s);
	unsigned int n_answers;

	fputs("<div class=\"wide\" role=\"region\" aria-label=\"Map of entry states and operations"
	      "\" tabindex=\"0\">\n<table class=\"heat\">\n<caption><span class=\"line\">For each "
	      "operation, and each state that the entry it is about was in before it: how many "
	      "different answers there were. The stronger the colour, the more often "
	      "(logarithmic). Empty: never met.</span></caption>\n", out);
	print_states("Operation", out);
	for (unsigned int k = 0; k < OP_EXPECT; k++) {
		fputs("<tr><th scope=\"row\">", out);
		if (kind_hits(s, k) > 0)
			fprintf(out, "<a href=\"#op-%s\">%s</a></th>", op_table[k].name,
				op_table[k].name);
		else
			fprintf(out, "%s</th>", op_table[k].name);
		for (unsigned int state = 0; state < MODEL_ENTRY_STATES; state++) {
			uint64_t hits = pair_hits(s, state, k, &n_answers);

			print_pair(hits, n_answers, most, out);
		}
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

/* ------------------------------------------------------------------ the counts */

static void
print_counts(const struct semantics *s, unsigned int k, FILE *out)
{
	fprintf(out, "<details id=\"op-%s\">\n<summary><code>%s</code> %" PRIu64 " times</summary>"
		"\n<div class=\"wide\" role=\"region\" aria-label=\"Answers to %s\" tabindex=\"0\">"
		"\n<table class=\"counts\">\n<thead><tr><th scope=\"col\">Entry</th>",
		op_table[k].name, op_table[k].name, kind_hits(s, k), op_table[k].name);
	for (unsigned int a = 0; a < TOTALS_ANSWERS; a++)
		if (row_hits(s, k, a) > 0)
			fprintf(out, "<th scope=\"col\">%s</th>", totals_answer_name(a));
	fputs("</tr></thead>\n<tbody>\n", out);
	for (unsigned int state = 0; state < MODEL_ENTRY_STATES; state++) {
		unsigned int n_answers;

		if (pair_hits(s, state, k, &n_answers) == 0)
			continue;
		fprintf(out, "<tr><th scope=\"row\">%s</th>", flags_state_words(state));
		for (unsigned int a = 0; a < TOTALS_ANSWERS; a++)
			if (row_hits(s, k, a) > 0)
				fprintf(out, "<td>%" PRIu64 "</td>", s->hits[state][k][a]);
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n</details>\n", out);
}

void
report_print_semantics(const struct semantics *s, FILE *out)
{
	unsigned int n_cells = 0;

	for (unsigned int state = 0; state < MODEL_ENTRY_STATES; state++)
		for (unsigned int k = 0; k < OP_EXPECT; k++)
			for (unsigned int a = 0; a < TOTALS_ANSWERS; a++)
				n_cells += s->hits[state][k][a] != 0;
	fprintf(out, "<section aria-labelledby=\"semantics\">\n<h2 id=\"semantics\">Semantic "
		"coverage</h2>\n<p>%u combinations of entry state, operation and answer were seen "
		"by the engines.</p>\n", n_cells);
	print_map(s, out);
	fputs("<h3>The answers, operation by operation</h3>\n", out);
	for (unsigned int k = 0; k < OP_EXPECT; k++)
		if (kind_hits(s, k) > 0)
			print_counts(s, k, out);
	fputs("</section>\n", out);
}
