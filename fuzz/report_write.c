#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/cli.h"
#include "fuzz/report_internal.h"

/* The report's folder, while it is written. */
struct writer {
	struct report_files *r;
	const char *out;
	char *why;
};

/* ------------------------------------------------------------------ files */

/* What the stream's buffer holds becomes a file: a reader never sees half of one. */
static bool
finish(struct writer *w, FILE *f, char **bytes, const size_t *n, const char *name)
{
	char path[FILE_PATH_MAX];
	bool ok = f != NULL && fclose(f) == 0 && *bytes != NULL;

	if (!ok)
		snprintf(w->why, FILE_WHY, "%.400s: out of memory for a page", name);
	ok = ok && file_join(path, w->out, name, w->why) &&
	     file_write_quick(path, *bytes, *n, w->why);
	free(*bytes);
	return ok;
}

static bool
write_report(struct writer *w, const char *name, void (*print)(const struct report *r, FILE *out))
{
	char *bytes = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&bytes, &n);

	if (f != NULL)
		print(&w->r->report, f);
	return finish(w, f, &bytes, &n, name);
}

/* Takes the object. */
static bool
write_json(struct writer *w, const char *name, cJSON *j)
{
	char path[FILE_PATH_MAX], *text = cJSON_Print(j);
	bool ok = text != NULL && file_join(path, w->out, name, w->why) &&
		  file_write_quick(path, text, strlen(text), w->why);

	if (text == NULL)
		snprintf(w->why, FILE_WHY, "%.400s: out of memory for it", name);
	free(text);
	cJSON_Delete(j);
	return ok;
}

/* A file of the campaign's; one that is not there is no failure. */
static bool
copy(struct writer *w, const char *from, const char *to, bool *there)
{
	char source[FILE_PATH_MAX], path[FILE_PATH_MAX];
	struct file_bytes f;
	bool ok;

	if (!file_join(source, w->r->folder, from, w->why) || !file_join(path, w->out, to, w->why))
		return false;
	*there = file_exists(source);
	if (!*there)
		return true;
	if (!file_read(&f, source, w->why))
		return false;
	ok = file_write_quick(path, f.bytes, f.n, w->why);
	free(f.bytes);
	return ok;
}

/* ------------------------------------------------------------------ the folder */

/* Remove files of an earlier report: in `folder', those whose names begin and end so. */
static void
remove_files(const char *folder, const char *begin, const char *end)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_is_folder(folder) || !file_list(&l, folder, why))
		return;
	for (size_t i = 0; i < l.n; i++)
		if (strncmp(l.name[i], begin, strlen(begin)) == 0 && file_ends(l.name[i], end) &&
		    file_join(path, folder, l.name[i], why))
			unlink(path);
	file_list_free(&l);
}

/* The last file that is written tells that a folder is ours. */
static bool
take_folder(struct writer *w, char programs[FILE_PATH_MAX])
{
	char path[FILE_PATH_MAX];
	struct file_list l;
	bool empty;

	if (!file_make_folder(w->out, w->why) || !file_list(&l, w->out, w->why))
		return false;
	empty = l.n == 0;
	file_list_free(&l);
	if (!file_join(path, w->out, "index.html", w->why))
		return false;
	if (!empty && !file_exists(path)) {
		snprintf(w->why, FILE_WHY, "%.400s: holds files but no report; give an empty or "
			 "new folder to -o", w->out);
		return false;
	}
	if (!file_join(programs, w->out, "programs", w->why) || !file_make_folder(programs, w->why))
		return false;
	remove_files(w->out, "finding-", ".html");
	remove_files(programs, "", ".gnt");
	remove_files(programs, "", ".bin");
	return true;
}

/* Its program in each form there is, and as text always, if it is a program. */
static bool
write_programs(struct writer *w, const struct report_finding *f)
{
	static const char *const endings[] = { ".bin", ".gnt" };
	char from[NAME + 32], to[NAME + 32], path[FILE_PATH_MAX];
	const char *text;
	bool there = false;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(from, sizeof(from), "findings/%s%s", f->name, endings[i]);
		snprintf(to, sizeof(to), "programs/%s%s", f->name, endings[i]);
		if (!copy(w, from, to, &there))
			return false;
	}
	if (there || f->evidence == NULL || !f->evidence->has_program)
		return true;
	text = evidence_text(f->evidence, "program");
	return file_join(path, w->out, to, w->why) &&
	       file_write_quick(path, text, strlen(text), w->why);
}

static bool
write_finding(struct writer *w, const struct report_finding *f)
{
	char name[NAME + 32], *bytes = NULL;
	size_t n = 0;
	FILE *page = open_memstream(&bytes, &n);

	if (page != NULL)
		report_print_finding(f, page);
	snprintf(name, sizeof(name), "finding-%s.html", f->name);
	return finish(w, page, &bytes, &n, name) && write_programs(w, f);
}

bool
report_write(struct report_files *r, const char *out, char *page, char *why)
{
	struct writer w = { r, out, why };
	char path[FILE_PATH_MAX];

	/* The page first, so that a folder that was left half written is known as a report's. */
	if (!take_folder(&w, path) ||
	    !copy(&w, "compare/index.html", "matrix.html", &r->report.has_matrix) ||
	    !file_join(path, out, "coverage/index.html", why))
		return false;
	r->report.has_coverage = file_exists(path);
	if (!write_report(&w, "index.html", report_print_campaign))
		return false;
	for (unsigned int i = 0; i < r->report.n_findings; i++)
		if (!write_finding(&w, &r->finding[i]))
			return false;
	return write_report(&w, "junit.xml", report_print_junit) &&
	       write_json(&w, "report.sarif", report_sarif(&r->report)) &&
	       write_json(&w, "summary.json", report_json(&r->report)) &&
	       file_join(page, out, "index.html", why);
}

bool
report_make(const char *folder, char *page, char *why)
{
	struct report_files *r = report_load(folder, why);
	char out[FILE_PATH_MAX];
	bool ok;

	if (r == NULL)
		return false;
	ok = file_join(out, folder, "report", why) && report_write(r, out, page, why);
	report_free(r);
	return ok;
}
