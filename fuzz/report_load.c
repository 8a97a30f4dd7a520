#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/growth.h"
#include "fuzz/report_internal.h"

static const char summary_format[] = "gntfuzz campaign 1";

/* A file of the folder, with a NUL behind it; NULL if it is not there, or cannot be read. */
static char *
text_of(const struct report_files *r, const char *subfolder, const char *name, const char *ending)
{
	char path[FILE_PATH_MAX], why[FILE_WHY], *text;
	struct file_bytes f;
	int n = snprintf(path, sizeof(path), "%s/%s%s%s", r->folder, subfolder, name, ending);

	if (n < 0 || (size_t)n >= sizeof(path) || !file_exists(path))
		return NULL;
	if (!file_read(&f, path, why)) {
		cli_say("%s", why);
		return NULL;
	}
	text = strndup((char *)f.bytes, f.n);
	free(f.bytes);
	return text;
}

/* ------------------------------------------------------------------ summary */

static bool
save_summary(const char *folder, const struct summary *s, char *why)
{
	cJSON *j = summary_json(s);
	char path[FILE_PATH_MAX], *text;
	bool ok;

	cJSON_AddStringToObject(j, "format", summary_format);
	cJSON_AddItemToObject(j, "environment", environment_json());
	text = cJSON_Print(j);
	cJSON_Delete(j);
	if (text == NULL) {
		snprintf(why, FILE_WHY, "%.400s: out of memory for the summary", folder);
		return false;
	}
	ok = file_join(path, folder, "summary.json", why) &&
	     file_write(path, text, strlen(text), why);
	free(text);
	return ok;
}

void
report_campaign(const char *folder, struct summary *s)
{
	static char page[FILE_PATH_MAX];
	char why[FILE_WHY];

	if (!save_summary(folder, s, why) || !report_make(folder, page, why))
		cli_say("no report: %s", why);
	else
		s->report = page;
}

static void
load_summary(struct report_files *r)
{
	char *text = text_of(r, "", "summary.json", "");

	if (text == NULL)
		return;
	r->json = cJSON_Parse(text);
	free(text);
	if (strcmp(report_text(r->json, "format"), summary_format) != 0) {
		cli_say("%s/summary.json: no summary of ours; it is left out", r->folder);
		return;
	}
	r->report.summary = cJSON_GetObjectItemCaseSensitive(r->json, "summary");
	r->report.environment = cJSON_GetObjectItemCaseSensitive(r->json, "environment");
}

/* How often the class was seen, by the summary. */
static uint64_t
seen(const struct report_files *r, const char *class)
{
	const cJSON *all = cJSON_GetObjectItemCaseSensitive(r->report.summary, "classes"), *item;

	cJSON_ArrayForEach(item, all) {
		double n = report_number(item, "seen");

		if (strcmp(report_text(item, "class"), class) == 0 && n > 0 && n < 1e18)
			return (uint64_t)n;
	}
	return 0;
}

/* ------------------------------------------------------------------ findings */

static bool
has_bytes(const struct report_files *r, const char *name)
{
	char path[FILE_PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/findings/%s.bin", r->folder, name);

	return n > 0 && (size_t)n < sizeof(path) && file_exists(path);
}

/* The evidence, or why there is none that can be used. */
static void
load_evidence(struct report_files *r, struct report_finding *f, struct loaded_finding *l)
{
	char why[FILE_WHY], *text = text_of(r, "findings/", f->name, ".json");

	if (text == NULL)
		return;
	if (evidence_read(&l->evidence, text, strlen(text), why, sizeof(why)))
		f->evidence = &l->evidence;
	else
		f->why = "What was kept of it cannot be read.";
	if (f->evidence == NULL)
		cli_say("findings/%s.json: %s", f->name, why);
	free(text);
}

/* What follows `# class: ' in the text, or nothing. */
static void
class_in(const char *text, char *class, size_t n)
{
	static const char mark[] = "# class: ";
	const char *at = text != NULL ? strstr(text, mark) : NULL;

	class[0] = 0;
	if (at != NULL)
		snprintf(class, n, "%.*s", (int)strcspn(at + strlen(mark), "\n"),
			 at + strlen(mark));
}

static void
load_finding(struct report_files *r, const char *name)
{
	struct report_finding *f = &r->finding[r->report.n_findings];
	struct loaded_finding *l = calloc(1, sizeof(*l));
	struct class_words words;

	if (l == NULL)
		cli_die(EXIT_RIG, "out of memory for a finding");
	r->loaded[r->report.n_findings++] = l;
	snprintf(l->name, sizeof(l->name), "%s", name);
	f->name = l->name;
	l->text = text_of(r, "findings/", name, ".gnt");
	f->text = l->text;
	f->has_bytes = has_bytes(r, name);
	load_evidence(r, f, l);
	class_in(l->text, l->class, sizeof(l->class));
	if (f->evidence != NULL && evidence_text(f->evidence, "class")[0] != 0)
		f->class = evidence_text(f->evidence, "class");
	else
		f->class = l->class[0] != 0 ? l->class : f->name;
	f->says = f->evidence != NULL ? evidence_text(f->evidence, "says") : "";
	if (f->says[0] == 0 && class_read(&words, f->class)) {
		class_say(&words, l->says);
		f->says = l->says;
	}
	if (f->says[0] == 0)
		f->says = f->class;
	f->seen = seen(r, f->class);
}

/* Names that can stand in a link as they are. */
static bool
is_fit(const char *name)
{
	for (; *name != 0; name++)
		if (!isalnum((unsigned char)*name) && strchr("._-+@", *name) == NULL)
			return false;
	return true;
}

static bool
is_there(const struct report_files *r, const char *name)
{
	for (unsigned int i = 0; i < r->report.n_findings; i++)
		if (strcmp(r->finding[i].name, name) == 0)
			return true;
	return false;
}

/* A finding's files share a name: each of these endings is one of a finding. */
static void
take_name(struct report_files *r, const char *file)
{
	static const char *const endings[] = { ".orig.gnt", ".gnt", ".json", ".bin" };
	char name[NAME];

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(file) - strlen(endings[i]);

		if (!file_ends(file, endings[i]) || n == 0 || n >= sizeof(name))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)n, file);
		if (i == 0 || !is_fit(name) || is_there(r, name))
			return;
		if (r->report.n_findings == REPORT_FINDINGS)
			r->report.n_left_out++;
		else
			load_finding(r, name);
		return;
	}
}

static void
load_findings(struct report_files *r)
{
	char folder[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	r->report.finding = r->finding;
	if (!file_join(folder, r->folder, "findings", why) || !file_is_folder(folder))
		return;
	if (!file_list(&l, folder, why)) {
		cli_say("%s", why);
		return;
	}
	for (size_t i = 0; i < l.n; i++)
		take_name(r, l.name[i]);
	file_list_free(&l);
}

/* ------------------------------------------------------------------ growth, cells */

static void
load_growth(struct report_files *r)
{
	char *text = text_of(r, "", "growth.csv", "");

	if (text == NULL)
		return;
	growth_parse(&r->growth, text, strlen(text));
	free(text);
	r->report.growth = &r->growth;
}

static void
load_semantics(struct report_files *r)
{
	static struct coverage c;
	char path[FILE_PATH_MAX], why[FILE_WHY];

	if (!file_join(path, r->folder, "cells", why) || !file_is_folder(path) ||
	    growth_cells(&c, r->folder, "") == 0)
		return;
	for (unsigned int s = 0; s < MODEL_ENTRY_STATES; s++)
		for (unsigned int k = 0; k < OP_EXPECT; k++)
			for (unsigned int a = 0; a < TOTALS_ANSWERS; a++)
				r->semantics.hits[s][k][a] = coverage_hits(&c, s, k, a);
	r->report.semantics = &r->semantics;
}

/* ------------------------------------------------------------------ all of it */

/* Whether the folder holds anything that a campaign leaves. */
static bool
is_campaign(const char *folder, char *why)
{
	static const char *const names[] = { "state", "summary.json", "findings" };
	char path[FILE_PATH_MAX];

	if (!file_exists(folder)) {
		snprintf(why, FILE_WHY, "%.400s: no such folder; `gntfuzz fuzz' makes one", folder);
		return false;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!file_join(path, folder, names[i], why))
			return false;
		else if (file_exists(path))
			return true;
	snprintf(why, FILE_WHY, "%.400s: no campaign's folder: no state, summary.json or findings "
		 "in it", folder);
	return false;
}

static void
name_it(struct report_files *r, const char *folder)
{
	char *real = realpath(folder, NULL);

	snprintf(r->name, sizeof(r->name), "%s", file_base(real != NULL ? real : folder));
	free(real);
	r->report.name = r->name;
}

struct report_files *
report_load(const char *folder, char *why)
{
	struct report_files *r;

	if (!is_campaign(folder, why))
		return NULL;
	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		snprintf(why, FILE_WHY, "%.400s: out of memory for a report", folder);
		return NULL;
	}
	r->folder = folder;
	name_it(r, folder);
	load_summary(r);
	load_findings(r);
	load_growth(r);
	load_semantics(r);
	return r;
}

void
report_free(struct report_files *r)
{
	for (unsigned int i = 0; i < r->report.n_findings; i++) {
		evidence_free(&r->loaded[i]->evidence);
		free(r->loaded[i]->text);
		free(r->loaded[i]);
	}
	cJSON_Delete(r->json);
	free(r->growth.sample);
	free(r);
}
