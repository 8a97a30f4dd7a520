/*
 * matrix: what several builds of Xen answer differently: classes as rows, builds as columns.
 *
 * One content, three forms: text for a terminal, JSON for machines, and a page for people that
 * needs nothing but itself.  Whoever fills it owns every string.
 */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reports/totals.h"

enum { MATRIX_BUILDS = 16, MATRIX_VERSION = 24 };

/* A column.  In version order, those for Arm behind the others and from the newest on. */
struct matrix_build {
	const char *name;
	char version[MATRIX_VERSION];
	bool ran;
	const char *why;	/* if not, or if not to the end */
	const char *stray;	/* a failure that did not come again; NULL or a line */
	unsigned int n_stray;
};

/* Why a class is expected. */
struct matrix_reason {
	const char *name, *reason, *source;
};

struct matrix_row {
	const char *id, *op, *entry, *field;
	const char *left, *right;		/* the answers that make the class */
	unsigned int left_build, right_build;	/* the columns between which it changed */
	const char *answer[MATRIX_BUILDS];	/* by column; "": not asked */
	const char *operation;			/* the one that differs */
	const char *program;			/* as text */
	const char *from;			/* where it was found */
	const char *failure;			/* "" or what a machine said that failed */
	unsigned int n_ops;
	uint64_t seen;
	bool minimal;
	bool gone;				/* asked again, it did not show it */
	const struct matrix_reason *known;	/* NULL: unexpected */
};

struct matrix {
	struct matrix_build build[MATRIX_BUILDS];
	unsigned int n_builds;
	/* Unexpected ones first, then by reason, then those that did not come again. */
	const struct matrix_row *row;
	unsigned int n_rows, n_unexpected, n_gone;
	/* Expected of these builds, and not seen. */
	const struct matrix_reason *unseen;
	unsigned int n_unseen;
	const struct totals *totals;
	uint64_t programs, adapted, cells, seed, left_out;
	double seconds;
	bool interrupted;
	const char *lacks;			/* what must have happened and did not, or NULL */
	const char *worlds_ran, *worlds_not;	/* "" or a line */
	const char *page;			/* where the page is; NULL: nowhere */
};

/* Rows under one heading. */
static inline bool
matrix_same_group(const struct matrix_row *a, const struct matrix_row *b)
{
	return a->gone == b->gone && (a->gone || a->known == b->known);
}

void matrix_print(const struct matrix *m, FILE *out);

/* One object a class, one a line, then the summary. */
void matrix_print_json(const struct matrix *m, FILE *out);

/* The page. */
void matrix_print_html(const struct matrix *m, FILE *out);

#endif
