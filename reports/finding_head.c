#define _GNU_SOURCE
#include "reports/finding_head.h"

#include <string.h>

#include "diff/text.h"
#include "reports/flags.h"
#include "reports/html.h"
#include "reports/rules.h"

/* `operation 3: d0 end_ref g0', or `at the end, of d0', as a sentence's beginning. */
static void
print_place(const char *where, FILE *out)
{
	const char *colon = strstr(where, ": ");

	if (strncmp(where, "at the end", 10) == 0) {
		fputc('A', out);
		html_text(where + 1, out);
	} else if (colon == NULL || strncmp(where, "operation ", 10) != 0) {
		html_text(where, out);
	} else {
		fprintf(out, "O%.*s, <code>", (int)(colon - where - 1), where + 1);
		html_text(colon + 2, out);
		fputs("</code>", out);
	}
	fputs(": ", out);
}

/* What differs, if it is not simply the answer: "entry flags: ". */
static void
print_field(const char *class, FILE *out)
{
	struct class_words w;

	if (!class_read(&w, class) || strcmp(w.field, "answer") == 0)
		return;
	for (char *at = w.field; *at != 0; at++)
		if (*at == '_')
			*at = ' ';
	html_text(w.field, out);
	fputs(": ", out);
}

/* What the entry was before the operation that differs, as the model saw it; 0: none. */
static unsigned int
run_state(const struct evidence *e)
{
	return e->run.at < e->run.n_expected ? e->run.expected.record[e->run.at].state : 0;
}

/* What both answered, in the words of the operation; false if that is not what differs. */
static bool
answers(const struct evidence *e, char text[2][64])
{
	const struct evidence_run *run = &e->run;
	const struct trace *trace[] = { &run->expected, &run->got };
	enum result_class c;
	int32_t value;

	if (run->at >= run->n_expected || run->at >= run->n_got)
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		enum op_kind kind = (enum op_kind)e->program.ops[run->at].kind;

		c = trace_headline(&trace[i]->record[run->at], kind, &value);
		text_print_result(kind, c, value, text[i], sizeof(text[i]));
	}
	return strcmp(text[0], text[1]) != 0;
}

/* A race has no answer that is the right one. */
static bool
print_race(const struct evidence *e, FILE *out)
{
	struct class_words w;

	if (!class_read(&w, evidence_text(e, "class")) || strcmp(w.field, "race") != 0)
		return false;
	html_text(evidence_lane(e, 1), out);
	fputs(" answered <strong class=\"bad\">", out);
	html_text(evidence_text(e, "got"), out);
	fputs("</strong>, and there is no order of them that answers so.", out);
	return true;
}

static void
print_answers(const struct evidence *e, FILE *out)
{
	const char *const key[] = { "expected", "got" };
	bool in_words;
	char text[2][64];

	in_words = answers(e, text);
	for (unsigned int i = 0; i < 2; i++) {
		html_text(evidence_lane(e, i), out);
		fputs(i == 0 ? " says <strong class=\"good\">" : " answered <strong class=\"bad\">",
		      out);
		html_text(in_words ? text[i] : evidence_text(e, key[i]), out);
		fputs(i == 0 ? "</strong>, but " : "</strong>.", out);
	}
	if (run_state(e) > 0)
		fprintf(out, " The entry that it is about was then: %s.",
			flags_state_words(run_state(e)));
}

/* A run that ended as it should not, and in which operation, if that is known. */
static void
print_end(const struct evidence *e, FILE *out)
{
	char op[256];

	if (e->run.at < e->program.n_ops) {
		text_print_op(&e->program.ops[e->run.at], op, sizeof(op));
		fprintf(out, "Operation %u, <code>", e->run.at + 1);
		html_text(op, out);
		fputs("</code>: ", out);
	}
	html_text(evidence_lane(e, 1), out);
	fputs(" did not come to the end of the run: <strong class=\"bad\">", out);
	html_text(evidence_text(e, "where"), out);
	fputs("</strong>.", out);
}

void
finding_print_headline(const struct evidence *e, FILE *out)
{
	fputs("<p class=\"lead\">", out);
	if (strcmp(evidence_text(e, "expected"), "a trace") == 0) {
		print_end(e, out);
	} else {
		print_place(evidence_text(e, "where"), out);
		if (!print_race(e, out)) {
			print_field(evidence_text(e, "class"), out);
			print_answers(e, out);
		}
	}
	fputs("</p>\n", out);
	if (e->has_program && !e->run.shown && e->run.n_got > 0)
		fputs("<p class=\"bad\">Run again at once, without an engine's sanitizers, the "
		      "program did not show this. The traces below are of that run.</p>\n", out);
}

/* The rule's number, or the invariant that what came begins with. */
static void
rule_name(const struct evidence *e, char *out, size_t n)
{
	const cJSON *rule = cJSON_GetObjectItemCaseSensitive(e->json, "rule");
	const char *got = evidence_text(e, "got");

	out[0] = 0;
	if (cJSON_IsNumber(rule) && rule->valuedouble > 0 && rule->valuedouble < 10000)
		snprintf(out, n, "R%.0f", rule->valuedouble);
	else if (strncmp(got, "I-", 2) == 0 || strncmp(got, "S-", 2) == 0)
		snprintf(out, n, "%.*s", (int)strcspn(got, ": "), got);
}

void
finding_print_rule(const struct evidence *e, FILE *out)
{
	struct rule r;
	char name[32];

	rule_name(e, name, sizeof(name));
	if (name[0] == 0 || !rule_find(&r, name))
		return;
	fputs("<section aria-labelledby=\"rule\">\n<h2 id=\"rule\">The rule</h2>\n<blockquote>\n"
	      "<p><strong>", out);
	html_text(r.cell[0], out);
	fputs("</strong> ", out);
	for (unsigned int i = 1; i < r.n_columns; i++) {
		if (i > 1)
			fprintf(out, "<br/><span class=\"soft\">%s:</span> ", r.heading[i]);
		html_prose(r.cell[i], out);
	}
	fputs("</p>\n<footer>diff/spec.md, ", out);
	html_prose(r.section, out);
	fputs("</footer>\n</blockquote>\n</section>\n", out);
}
