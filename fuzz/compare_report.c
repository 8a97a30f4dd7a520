/* compare_report: what was found, put into the matrix and written. */
#define _GNU_SOURCE
#include "fuzz/compare_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/text.h"
#include "fuzz/cli.h"
#include "fuzz/load.h"
#include "fuzz/stop.h"
#include "reports/matrix.h"

enum { ENOUGH = 1000 };	/* random programs, to do a bit of everything */

struct report {
	struct compare *c;
	struct matrix matrix;
	struct matrix_row row[FOUND_MAX];
	struct matrix_reason reason[EXPECT_MAX], unseen[EXPECT_MAX];
	char operation[FOUND_MAX][200];
	char page[FILE_PATH_MAX];
};

/* ------------------------------------------------------------------ filling */

static void
fill_builds(struct report *r)
{
	struct matrix *m = &r->matrix;

	m->n_builds = r->c->n_names;
	for (unsigned int i = 0; i < m->n_builds; i++) {
		const struct compare_column *c = &r->c->column[i];

		m->build[i] = (struct matrix_build){ .name = c->name, .ran = c->ran, .why = c->why,
						     .n_stray = c->n_stray };
		if (c->n_stray > 0)
			m->build[i].stray = c->stray;
		build_id_print(c->version, m->build[i].version);
	}
}

/* Unexpected ones first, then by expectation, then what is gone; by the builds between, by id. */
static int
by_interest(const void *a, const void *b)
{
	const struct found *x = *(struct found *const *)a, *y = *(struct found *const *)b;

	if (x->gone != y->gone)
		return x->gone ? 1 : -1;
	if (x->known != y->known)
		return x->known == NULL ? -1 : y->known == NULL ? 1 : x->known < y->known ? -1 : 1;
	if (x->left != y->left)
		return x->left < y->left ? -1 : 1;
	return strcmp(x->class.id, y->class.id);
}

static void
sort(struct report *r)
{
	struct compare *c = r->c;

	for (unsigned int i = 0; i < c->n_found; i++) {
		const struct found *f = c->found[i];

		r->matrix.n_gone += f->gone;
		r->matrix.n_unexpected += !f->gone && f->known == NULL;
	}
	qsort(c->found, c->n_found, sizeof(c->found[0]), by_interest);
}

static void
fill_row(struct report *r, unsigned int i)
{
	const struct found *f = r->c->found[i];
	const struct class *k = &f->class;
	struct matrix_row *row = &r->row[i];

	*row = (struct matrix_row){
		.id = k->id, .op = k->words.op, .entry = k->words.entry,
		.field = k->words.field, .left = k->words.expected, .right = k->words.got,
		.left_build = f->left, .right_build = f->right,
		.operation = r->operation[i], .program = load_text(&f->program), .from = f->from,
		.failure = f->failure, .n_ops = f->program.n_ops, .seen = f->seen,
		.minimal = f->minimal, .gone = f->gone,
	};
	for (unsigned int b = 0; b < FLEET_BUILDS; b++)
		row->answer[b] = f->answer[b];
	/* Not run again, for want of time or because it is gone: what was seen at first. */
	if (f->answer[f->left][0] == 0) {
		row->answer[f->left] = k->words.expected;
		row->answer[f->right] = k->words.got;
	}
	if (k->place.at < f->program.n_ops)
		text_print_op(&f->program.ops[k->place.at], r->operation[i],
			      sizeof(r->operation[i]));
	if (f->known != NULL)
		row->known = &r->reason[f->known - r->c->expect.known];
}

static void
fill_reasons(struct report *r, bool judge_unseen)
{
	const struct expect *e = &r->c->expect;

	for (unsigned int i = 0; i < e->n; i++) {
		const struct expectation *x = &e->known[i];

		r->reason[i] = (struct matrix_reason){ x->name, x->reason, x->source };
		if (judge_unseen && x->took_part && !x->seen)
			r->unseen[r->matrix.n_unseen++] = r->reason[i];
	}
}

static void
fill(struct report *r, bool judge_unseen)
{
	struct compare *c = r->c;
	struct matrix *m = &r->matrix;

	fill_builds(r);
	sort(r);
	fill_reasons(r, judge_unseen);
	for (unsigned int i = 0; i < c->n_found; i++)
		fill_row(r, i);
	m->row = r->row;
	m->n_rows = c->n_found;
	m->unseen = r->unseen;
	m->totals = &c->totals;
	m->programs = c->n_programs;
	m->adapted = c->n_adapted;
	m->cells = coverage_cells(&c->coverage);
	m->seed = c->seed;
	m->left_out = c->n_left_out;
	m->seconds = c->seconds;
	m->interrupted = stop_asked;
	/* A handful of programs need not do everything; many must. */
	if (!stop_asked && (c->n_random >= ENOUGH || c->n_programs == 0))
		m->lacks = totals_lacks(&c->totals);
	m->worlds_ran = c->worlds_ran;
	m->worlds_not = c->worlds_not;
}

/* ------------------------------------------------------------------ writing */

static const char mark[] = "# class: ";

/* The page goes to a file beside, then takes its name: a reader never sees half of it. */
static void
write_page(struct report *r, const char *folder)
{
	char why[FILE_WHY], *bytes = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&bytes, &n);

	if (f == NULL)
		cli_die(EXIT_RIG, "compare: out of memory for the page");
	matrix_print_html(&r->matrix, f);
	fclose(f);
	if (!file_join(r->page, folder, "index.html", why) ||
	    !file_write_quick(r->page, bytes, n, why))
		cli_die(EXIT_USAGE, "%s", why);
	free(bytes);
	r->matrix.page = r->page;
}

/* Programs of an earlier run, and nothing else: they begin as ours do. */
static void
remove_old(const char *programs)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_list(&l, programs, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		struct file_bytes f;
		bool ours;

		if (!file_ends(l.name[i], ".gnt") || !file_join(path, programs, l.name[i], why) ||
		    !file_read(&f, path, why))
			continue;
		ours = f.n > strlen(mark) && memcmp(f.bytes, mark, strlen(mark)) == 0;
		free(f.bytes);
		if (ours)
			unlink(path);
	}
	file_list_free(&l);
}

static void
write_program(const struct report *r, const struct matrix_row *row, const char *programs)
{
	char path[FILE_PATH_MAX], name[CLASS_ID + EXPECT_NAME + 8], why[FILE_WHY], *text;
	const struct matrix_build *left = &r->matrix.build[row->left_build];
	const struct matrix_build *right = &r->matrix.build[row->right_build];
	int n;

	snprintf(name, sizeof(name), "%s%s%s.gnt", row->known ? row->known->name : "",
		 row->known ? "." : "", row->id);
	n = asprintf(&text, "%s%s\n# %s: %s\n# %s: %s\n%s", mark, row->id, left->version,
		     row->answer[row->left_build], right->version, row->answer[row->right_build],
		     row->program);
	if (n < 0)
		cli_die(EXIT_RIG, "compare: out of memory for a program");
	if (!file_join(path, programs, name, why) || !file_write_quick(path, text, (size_t)n, why))
		cli_die(EXIT_USAGE, "%s", why);
	free(text);
}

/* Each class's program, to be run by name. */
static void
write_programs(struct report *r, const char *folder)
{
	char programs[FILE_PATH_MAX], why[FILE_WHY];

	if (!file_join(programs, folder, "programs", why) || !file_make_folder(programs, why))
		cli_die(EXIT_USAGE, "%s", why);
	remove_old(programs);
	for (unsigned int i = 0; i < r->matrix.n_rows; i++)
		write_program(r, &r->row[i], programs);
}

static int
status_of(const struct report *r, bool strict)
{
	const struct compare *c = r->c;
	bool xen = false, lost = false;

	for (unsigned int i = 0; i < c->n_names; i++) {
		xen |= c->column[i].stray_xen;
		lost |= c->column[i].ran && c->column[i].why[0] != 0;
	}
	if (r->matrix.n_unexpected > 0 || c->n_left_out > 0 || xen)
		return EXIT_FINDING;
	if (strict && r->matrix.n_unseen > 0)
		return EXIT_FINDING;
	if (lost || r->matrix.lacks != NULL)
		return EXIT_RIG;
	return stop_asked ? EXIT_INTERRUPTED : EXIT_OK;
}

int
compare_report(struct compare *c, const char *folder, bool json, bool strict)
{
	struct report *r = calloc(1, sizeof(*r));
	int status;

	if (r == NULL)
		cli_die(EXIT_RIG, "compare: out of memory for the report");
	r->c = c;
	fill(r, strict || c->n_random > 0);
	write_page(r, folder);
	write_programs(r, folder);
	if (json)
		matrix_print_json(&r->matrix, stdout);
	else
		matrix_print(&r->matrix, stdout);
	status = status_of(r, strict);
	for (unsigned int i = 0; i < r->matrix.n_rows; i++)
		free((char *)(uintptr_t)r->row[i].program);
	free(r);
	return status;
}
