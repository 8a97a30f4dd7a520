/* campaign_html: the page of a campaign: what ran, what came of it, what it covered. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "reports/html.h"
#include "reports/plot.h"
#include "reports/report.h"

double
report_number(const cJSON *j, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(j, name);

	return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

const char *
report_text(const cJSON *j, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(j, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

/* ------------------------------------------------------------------ what it came to */

/* A section that is a table; heads that begin with `#' are of numbers. */
static void
begin_table(const char *id, const char *title, const char *const heads[], FILE *out)
{
	fprintf(out, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n<div class=\"wide\" "
		"role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n<table>\n<thead><tr>", id, id,
		title, title);
	for (; *heads != NULL; heads++)
		fprintf(out, "<th scope=\"col\"%s>%s</th>", **heads == '#' ? " class=\"n\"" : "",
			*heads + (**heads == '#'));
	fputs("</tr></thead>\n<tbody>\n", out);
}

static void
end_table(FILE *out)
{
	fputs("</tbody>\n</table>\n</div>\n</section>\n", out);
}

static void
print_verdict(const struct report *r, FILE *out)
{
	const char *lacks = report_text(r->summary, "lacks");

	fputs("<p class=\"lead\">", out);
	if (r->n_findings > 0)
		fprintf(out, "<span class=\"bad\">%u class%s of findings.</span>", r->n_findings,
			r->n_findings == 1 ? "" : "es");
	else if (r->summary == NULL || lacks[0] != 0)
		fputs("<span class=\"bad\">No result.</span>", out);
	else
		fputs("<span class=\"good\">Nothing found.</span>", out);
	if (r->n_left_out > 0)
		fprintf(out, " %u more are not shown.", r->n_left_out);
	if (r->summary == NULL)
		fputs(" The campaign did not come to its end, or goes on: it has left no "
		      "summary. What it has kept is shown.", out);
	if (lacks[0] != 0) {
		fputs(" It shows nothing, for this never happened: ", out);
		html_text(lacks, out);
		fputc('.', out);
	}
	fputs("</p>\n", out);
}

static void
print_amount(const char *name, double n, const char *unit, FILE *out)
{
	if (n <= 0)
		return;
	fprintf(out, "<dt>%s</dt><dd>", name);
	html_count(n, out);
	fprintf(out, "%s</dd>\n", unit);
}

static void
print_facts(const struct report *r, FILE *out)
{
	if (r->summary == NULL && r->environment == NULL)
		return;
	fputs("<section aria-labelledby=\"facts\">\n<h2 id=\"facts\">What ran</h2>\n<dl>\n", out);
	print_amount("Programs", report_number(r->summary, "programs"), "", out);
	print_amount("Operations", report_number(r->summary, "operations"), "", out);
	print_amount("Took", report_number(r->summary, "seconds"), " s", out);
	html_term("Ended by", report_text(r->summary, "ended"), out);
	print_amount("Seed", report_number(r->summary, "seed"), "", out);
	html_term("Builds of Xen", report_text(r->summary, "builds"), out);
	html_terms(r->environment, out);
	fputs("</dl>\n</section>\n", out);
}

/* A cell; nothing in it for 0. */
static void
print_number(double n, FILE *out)
{
	fputs("<td class=\"n\">", out);
	if (n > 0)
		html_count(n, out);
	fputs("</td>", out);
}

static void
print_finding_row(const struct report_finding *f, FILE *out)
{
	const struct evidence *e = f->evidence;

	fprintf(out, "<tr><th scope=\"row\"><a href=\"finding-%s.html\">", f->name);
	html_text(f->says, out);
	fputs("</a></th>", out);
	html_element("td", "", e != NULL ? evidence_lane(e, 1) : "", out);
	if (e != NULL && e->has_program)
		fprintf(out, "<td>%u%s</td>", e->program.n_ops,
			cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(e->json, "minimal")) ?
				", smallest" : "");
	else
		fputs("<td></td>", out);
	print_number((double)f->seen, out);
	fputs("</tr>\n", out);
}

static void
print_findings(const struct report *r, FILE *out)
{
	static const char *const heads[] = { "Class", "Lane", "Operations", "#Seen", NULL };

	if (r->n_findings == 0)
		return;
	begin_table("findings", "Findings", heads, out);
	for (unsigned int i = 0; i < r->n_findings; i++)
		print_finding_row(&r->finding[i], out);
	end_table(out);
}

/* ------------------------------------------------------------------ growth */

enum { RUNS, EDGES, CELLS, INPUTS, CURVES };

static double
sample_value(const struct growth_sample *s, unsigned int what)
{
	const uint64_t v[CURVES] = { s->runs, s->edges, s->cells, s->inputs };

	return (double)v[what];
}

/* The samples of one engine; edges and inputs that it does not tell of just now are no point. */
static unsigned int
pick(struct plot_point *to, const struct growth *g, const char *engine, unsigned int what)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < g->n; i++) {
		const struct growth_sample *s = &g->sample[i];
		bool told = (what != EDGES && what != INPUTS) || sample_value(s, what) > 0;

		if (strcmp(s->engine, engine) != 0 || !told)
			continue;
		to[n++] = (struct plot_point){ (double)s->ms / 1000, sample_value(s, what) };
	}
	return n;
}

/* The engine of sample i, if no sample before it is of the same. */
static const char *
new_engine(const struct growth *g, unsigned int i)
{
	for (unsigned int j = 0; j < i; j++)
		if (strcmp(g->sample[j].engine, g->sample[i].engine) == 0)
			return NULL;
	return g->sample[i].engine;
}

static void
print_plot(const struct growth *g, const char *title, unsigned int what, FILE *out)
{
	struct plot_point *points = calloc((size_t)g->n * PLOT_CURVES + 1, sizeof(*points));
	struct plot p = { .title = title };

	if (points == NULL)
		return;
	for (unsigned int i = 0; i < g->n && p.n < PLOT_CURVES; i++) {
		struct plot_point *to = points + (size_t)g->n * p.n;
		const char *engine = new_engine(g, i);

		if (engine != NULL)
			p.curve[p.n++] = (struct plot_curve){ engine, to,
							      pick(to, g, engine, what) };
	}
	plot_print(&p, out);
	free(points);
}

static void
print_growth(const struct report *r, FILE *out)
{
	if (r->growth == NULL || r->growth->n < 2)
		return;
	fputs("<section aria-labelledby=\"growth\">\n<h2 id=\"growth\">Growth</h2>\n"
	      "<div class=\"plots\">\n", out);
	print_plot(r->growth, "Edges, as each engine counts", EDGES, out);
	print_plot(r->growth, "Semantic cells", CELLS, out);
	print_plot(r->growth, "Inputs kept", INPUTS, out);
	print_plot(r->growth, "Executions", RUNS, out);
	fputs("</div>\n</section>\n", out);
}

/* ------------------------------------------------------------------ lanes, targets, the rest */

static void
print_lane(const cJSON *lane, bool ran, FILE *out)
{
	fputs("<tr><th scope=\"row\">", out);
	html_text(report_text(lane, "lane"), out);
	fprintf(out, "</th><td>%s</td>", ran ? "ran" : "<span class=\"bad\">skipped</span>");
	print_number(report_number(lane, "programs"), out);
	print_number(report_number(lane, "operations"), out);
	html_element("td", "class=\"words\"", report_text(lane, "why"), out);
	fputs("</tr>\n", out);
}

static void
print_lanes(const struct report *r, FILE *out)
{
	static const char *const heads[] = { "Lane", "Ran", "#Programs", "#Operations", "Note",
					     NULL };
	const cJSON *ran = cJSON_GetObjectItemCaseSensitive(r->summary, "lanes_run"), *lane;
	const cJSON *not = cJSON_GetObjectItemCaseSensitive(r->summary, "lanes_skipped");

	if (cJSON_GetArraySize(ran) + cJSON_GetArraySize(not) == 0)
		return;
	begin_table("lanes", "Lanes", heads, out);
	cJSON_ArrayForEach(lane, ran)
		print_lane(lane, true, out);
	cJSON_ArrayForEach(lane, not)
		print_lane(lane, false, out);
	end_table(out);
}

/* One that took part, in figures; else why not. */
static void
print_engine(const cJSON *j, const char *key, FILE *out)
{
	fputs("<tr><th scope=\"row\">", out);
	html_text(key, out);
	fputc(' ', out);
	html_text(report_text(j, key), out);
	fputs("</th>", out);
	print_number(report_number(j, "runs"), out);
	print_number(report_number(j, "inputs"), out);
	print_number(report_number(j, "instances"), out);
	print_number(report_number(j, "taken"), out);
	html_element("td", "class=\"words\"", report_text(j, "why"), out);
	fputs("</tr>\n", out);
}

static void
print_engines(const struct report *r, FILE *out)
{
	static const char *const heads[] = { "Which", "#Runs", "#Inputs kept", "#Instances",
					     "#Taken from the other", "Note", NULL };
	const cJSON *engines = cJSON_GetObjectItemCaseSensitive(r->summary, "engines"), *j;
	const cJSON *targets = cJSON_GetObjectItemCaseSensitive(r->summary, "targets");

	if (cJSON_GetArraySize(engines) + cJSON_GetArraySize(targets) == 0)
		return;
	begin_table("engines", "Engines and targets", heads, out);
	cJSON_ArrayForEach(j, engines)
		print_engine(j, "engine", out);
	cJSON_ArrayForEach(j, targets)
		print_engine(j, "target", out);
	end_table(out);
}

static void
print_files(const struct report *r, FILE *out)
{
	fputs("<section aria-labelledby=\"more\">\n<h2 id=\"more\">More</h2>\n<ul>\n", out);
	if (r->has_matrix)
		fputs("<li><a href=\"matrix.html\">What the builds of Xen answer differently</a>"
		      "</li>\n", out);
	if (r->has_coverage)
		fputs("<li><a href=\"coverage/index.html\">Lines of the source that the inputs "
		      "reach</a></li>\n", out);
	else
		fputs("<li>Lines of the source that the inputs reach: <code>./gntfuzz report "
		      "--coverage</code> adds them.</li>\n", out);
	fputs("<li>For machines: <a href=\"summary.json\">JSON</a>, <a href=\"junit.xml\">JUnit"
	      "</a>, <a href=\"report.sarif\">SARIF</a></li>\n</ul>\n</section>\n", out);
}

void
report_print_campaign(const struct report *r, FILE *out)
{
	html_begin("gntfuzz: a campaign", out);
	fputs("<main>\n<h1>Campaign <code>", out);
	html_text(r->name, out);
	fputs("</code></h1>\n", out);
	print_verdict(r, out);
	print_findings(r, out);
	print_facts(r, out);
	print_growth(r, out);
	print_lanes(r, out);
	print_engines(r, out);
	if (r->semantics != NULL)
		report_print_semantics(r->semantics, out);
	print_files(r, out);
	html_end(out);
}
