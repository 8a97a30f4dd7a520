/* finding_html: the page of one finding.  From it alone one must be able to name the bug. */
#define _GNU_SOURCE
#include <string.h>

#include "diff/race.h"
#include "diff/text.h"
#include "reports/finding_head.h"
#include "reports/html.h"
#include "reports/race_html.h"
#include "reports/report.h"
#include "reports/side_by_side.h"
#include "reports/timeline.h"

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
		fprintf(out, "<p>Operations %u to %u go on at once, in %u branches. Their schedule "
			"has %u turns and %u places where it changes from branch to branch or is "
			"no plain step; behind it each branch goes on to its end.</p>\n",
			r.from + 2u, r.turns - 1u, r.n, n, race_switches(code, n));
	}
}

/* Of a race that differs, an operation with another answer than in the nearest order allowed. */
static bool
differs_in_race(const struct evidence *e, unsigned int i)
{
	const struct evidence_run *run = &e->run;
	enum op_kind kind = (enum op_kind)e->program.ops[i].kind;
	enum result_class expected, got;
	struct race_place r;
	int32_t x, g;

	if (!op_is_done(kind) || run->at >= e->program.n_ops || i >= run->n_expected ||
	    i >= run->n_got || !race_at(&r, &e->program, run->at) || i < r.from || i >= r.to)
		return false;
	expected = trace_headline(&run->expected.record[i], kind, &x);
	got = trace_headline(&run->got.record[i], kind, &g);
	return expected != got || x != g;
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
		print_operation(&e->program, i, differs_in_race(e, i) ? "differs" :
				i != e->run.at ? NULL : died ? "ended" : "differs", out);
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

	finding_print_headline(e, out);
	print_warning(e, out);
	finding_print_rule(e, out);
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
