/* finding_html: the page of one finding.  From it alone one must be able to name the bug. */
#define _GNU_SOURCE
#include <string.h>

#include "diff/race.h"
#include "diff/text.h"
#include "reports/flags.h"
#include "reports/html.h"
#include "reports/race_html.h"
#include "reports/report.h"
#include "reports/rules.h"
#include "reports/side_by_side.h"
#include "reports/timeline.h"

/* ------------------------------------------------------------------ what happened */

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

static void
print_headline(const struct evidence *e, FILE *out)
{
	fputs("<p class=\"lead\">", out);
	if (strcmp(evidence_text(e, "expected"), "a trace") == 0) {
		print_end(e, out);
	} else {
		print_place(evidence_text(e, "where"), out);
		print_field(evidence_text(e, "class"), out);
		print_answers(e, out);
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
	else if (strncmp(got, "I-", 2) == 0)
		snprintf(out, n, "%.*s", (int)strcspn(got, ": "), got);
}

static void
print_rule(const struct evidence *e, FILE *out)
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

/* ------------------------------------------------------------------ the program */

static void
print_header(const struct program *p, FILE *out)
{
	struct program empty = { .header = p->header };
	char text[400];

	text_print(&empty, text, sizeof(text));
	html_text(text, out);
}

/* The members of one hypercall stand under a line of their own. */
static const char *
prefix(const struct program *p, unsigned int at)
{
	for (unsigned int from = 0; from <= at;) {
		unsigned int n = op_is_mark(p->ops[from].kind) ? 1 : program_batch(p, from);

		if (from + n > at && n > 1 && p->ops[from].flags & OP_JOIN)
			return from == at ? "one call: " : "    with: ";
		from += n;
	}
	return "";
}

static void
print_operation(const struct program *p, unsigned int i, const char *what, FILE *out)
{
	bool here = what != NULL;
	char text[256];

	text_print_op(&p->ops[i], text, sizeof(text));
	if (!op_is_done(p->ops[i].kind)) {
		fputs(op_is_mark(p->ops[i].kind) ? "      " : "        ", out);
		html_text(text, out);
		fputc('\n', out);
		return;
	}
	fprintf(out, "%s%s%3u  %s", here ? "<mark>" : "", here ? "\u25b8" : " ", i + 1,
		prefix(p, i));
	html_text(text, out);
	if (here)
		fprintf(out, "   <span class=\"note\">%s here</span></mark>", what);
	fputc('\n', out);
}

/* What a reader of a race must know: who goes on when. */
static void
print_schedules(const struct program *p, FILE *out)
{
	uint8_t code[RACE_SCHEDULE_MAX];
	struct race_place r;

	for (unsigned int i = 0; i < p->n_ops; i++) {
		unsigned int n;

		if (p->ops[i].kind != OP_RACE || !race_at(&r, p, i))
			continue;
		n = race_turns(&r, p, code);
		fprintf(out, "<p>Operations %u to %u go on at once, in %u branches, the first of "
			"which is 0. Their schedule has %u turns and %u places where it changes "
			"from branch to branch or is no plain step (diff/LANGUAGE.md says what "
			"each turn means). Behind it each branch goes on to its end.</p>\n",
			r.from + 2u, r.turns - 1u, r.n, n, race_switches(code, n));
	}
}

static void
print_program(const struct report_finding *f, FILE *out)
{
	const struct evidence *e = f->evidence;
	const char *how = evidence_text(e, "how");
	bool died = e->run.n_got <= e->run.at;

	fputs("<section aria-labelledby=\"program\">\n<h2 id=\"program\">The program</h2>\n<p>",
	      out);
	html_text(how, out);
	fprintf(out, "%s<a href=\"programs/%s.gnt\">its file</a>.</p>\n<pre tabindex=\"0\">",
		how[0] ? "; " : "", f->name);
	print_header(&e->program, out);
	for (unsigned int i = 0; i < e->program.n_ops; i++)
		print_operation(&e->program, i, i != e->run.at ? NULL : died ? "ended" : "differs",
				out);
	fputs("</pre>\n", out);
	print_schedules(&e->program, out);
	if (e->run.shown && e->run.at == e->program.n_ops)
		fputs("<p>It is what the run ends with that differs, after the last operation."
		      "</p>\n", out);
	fputs("</section>\n", out);
}

static void
print_original(const struct evidence *e, FILE *out)
{
	const char *found = evidence_text(e, "found");

	if (found[0] == 0)
		return;
	fputs("<details>\n<summary>The program as it was found</summary>\n", out);
	html_element("pre", "tabindex=\"0\"", found, out);
	fputs("\n</details>\n", out);
}

/* ------------------------------------------------------------------ the rest */

/* A line about the program whose path ends at `end'. */
static void
print_line(const char *verb, const char *path, const char *end, const char *rest, FILE *out)
{
	char line[700];

	snprintf(line, sizeof(line), "./gntfuzz %s %.*s%s\n", verb, (int)(end - path), path, rest);
	html_text(line, out);
}

/* The lines to paste: the one that was told, and what else can be done with its program. */
static void
print_reproduce(const char *repro, FILE *out)
{
	const char *end = strstr(repro, ".gnt"), *path = end;

	if (repro[0] == 0)
		return;
	fputs("<section aria-labelledby=\"again\">\n<h2 id=\"again\">To see it again</h2>\n"
	      "<pre tabindex=\"0\">", out);
	html_text(repro, out);
	fputc('\n', out);
	while (path != NULL && path > repro && path[-1] != ' ')
		path--;
	if (path != NULL) {
		end += strlen(".gnt");
		print_line("run", path, end, "   # what each operation answers", out);
		print_line("minimize", path, end, " -o smaller.gnt", out);
		print_line("convert", path, end, " test.c", out);
	}
	fputs("</pre>\n</section>\n", out);
}

static void
print_environment(const struct evidence *e, FILE *out)
{
	const cJSON *all = cJSON_GetObjectItemCaseSensitive(e->json, "environment");

	fputs("<section aria-labelledby=\"where\">\n<h2 id=\"where\">Where it was seen</h2>\n"
	      "<dl>\n", out);
	html_term("Believed", evidence_lane(e, 0), out);
	html_term("Judged", evidence_lane(e, 1), out);
	html_terms(all, out);
	fputs("</dl>\n</section>\n", out);
}

static void
print_console(const struct evidence *e, FILE *out)
{
	const char *console = evidence_text(e, "console");

	if (console[0] == 0)
		return;
	fputs("<section aria-labelledby=\"console\">\n<h2 id=\"console\">What the machine said"
	      "</h2>\n", out);
	html_element("pre", "tabindex=\"0\" class=\"tall\"", console, out);
	fputs("\n</section>\n", out);
}

/* Who reads it must know before passing it on. */
static void
print_warning(const struct evidence *e, FILE *out)
{
	if (strncmp(evidence_lane(e, 1), "xen", 3) == 0)
		fputs("<p class=\"warning\"><strong>This is about a real Xen.</strong> If nobody "
		      "knows it yet it may be a vulnerability: read SECURITY.md before it is shown "
		      "to anybody.</p>\n", out);
}

/* All that is known of a finding without evidence: of bytes that are no program, say. */
static void
print_file(const struct report_finding *f, FILE *out)
{
	const char *ending = f->text != NULL ? ".gnt" : ".bin";

	html_element("p", "", f->why != NULL ? f->why : "No more than its file is known.", out);
	if (f->text != NULL || f->has_bytes)
		fprintf(out, "<p><a href=\"programs/%s%s\">Its file</a>; <code>./gntfuzz repro"
			"</code> takes it.</p>\n", f->name, ending);
	if (f->text != NULL)
		html_element("pre", "tabindex=\"0\"", f->text, out);
}

static void
print_evidence(const struct report_finding *f, FILE *out)
{
	const struct evidence *e = f->evidence;

	print_headline(e, out);
	print_warning(e, out);
	print_rule(e, out);
	if (e->has_program) {
		print_program(f, out);
		race_html_print(e->race, out);
		side_by_side_print(e, out);
		timeline_print(&e->program, &e->run, out);
	}
	print_reproduce(evidence_text(e, "repro"), out);
	print_console(e, out);
	print_environment(e, out);
	print_original(e, out);
}

void
report_print_finding(const struct report_finding *f, FILE *out)
{
	html_begin(f->says, out);
	html_up("index.html", "the campaign", out);
	fputs("<main>\n", out);
	html_element("h1", "", f->says, out);
	fputs("\n<p class=\"soft\">Class <code>", out);
	html_text(f->class, out);
	fputs("</code>", out);
	if (f->seen > 1) {
		fputs(", seen ", out);
		html_count((double)f->seen, out);
		fputs(" times", out);
	}
	fputs(".</p>\n", out);
	if (f->evidence != NULL) {
		print_evidence(f, out);
	} else {
		print_file(f, out);
	}
	html_end(out);
}
