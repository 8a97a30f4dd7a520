#define _GNU_SOURCE
#include "fuzz/expect.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ matching */

/*
 * A fix comes to several branches, each in a point release of its own; what is branched off after
 * the last has it from the start.
 */
bool
expect_is_new(const struct expectation *x, build_id version)
{
	build_id last = 0;

	for (unsigned int i = 0; i < x->n_since; i++) {
		if (build_id_branch(x->since[i]) == build_id_branch(version))
			return version >= x->since[i];
		if (last < x->since[i])
			last = x->since[i];
	}
	return version >= last;
}

/* A pattern without a world is of any. */
static bool
is_of_class(const struct expectation *x, const char *id)
{
	size_t n = strcspn(id, "@");
	char bare[CLASS_ID];

	snprintf(bare, sizeof(bare), "%.*s", (int)n, id);
	for (unsigned int i = 0; i < x->n_classes; i++)
		if (class_matches(x->class[i], strchr(x->class[i], '@') != NULL ? id : bare))
			return true;
	return false;
}

struct expectation *
expect_find(struct expect *e, const struct class *c, const char *operation, build_id left,
	    build_id right)
{
	char reversed[CLASS_ID];

	class_reversed_id(c, reversed);
	for (unsigned int i = 0; i < e->n; i++) {
		struct expectation *x = &e->known[i];
		bool left_new = expect_is_new(x, left), right_new = expect_is_new(x, right);

		if (left_new == right_new || !is_of_class(x, right_new ? c->id : reversed))
			continue;
		if (x->operation[0] == 0 || class_matches(x->operation, operation))
			return x;
	}
	return NULL;
}

static bool
is_of_world(const struct expectation *x, const char *world)
{
	for (unsigned int i = 0; i < x->n_classes; i++) {
		const char *at = strchr(x->class[i], '@');

		if (strcmp(at != NULL ? at + 1 : "", world) == 0)
			return true;
	}
	return false;
}

void
expect_take_part(struct expect *e, build_id left, build_id right, const char *world)
{
	for (unsigned int i = 0; i < e->n; i++) {
		struct expectation *x = &e->known[i];

		if (is_of_world(x, world) && expect_is_new(x, left) != expect_is_new(x, right))
			x->took_part = true;
	}
}

/* ------------------------------------------------------------------ reading */

struct reader {
	struct expect *e;
	const char *path, *start, *at, *end;	/* of the line in hand */
	unsigned int line;
	char *why;
};

static bool __attribute__((format(printf, 3, 4)))
fail(struct reader *r, const char *where, const char *format, ...)
{
	char what[160];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(r->why, FILE_WHY, "%.300s:%u:%u: %s", r->path, r->line,
		 (unsigned int)(where - r->start) + 1, what);
	return false;
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
}

/* The next word of the line; false at its end. */
static bool
next_word(struct reader *r, const char **word, size_t *n)
{
	skip_blanks(r);
	*word = r->at;
	while (r->at < r->end && *r->at != ' ' && *r->at != '\t')
		r->at++;
	*n = (size_t)(r->at - *word);
	return *n > 0;
}

static bool
is(const char *word, size_t n, const char *what)
{
	return strlen(what) == n && memcmp(word, what, n) == 0;
}

static bool
end_of_line(struct reader *r)
{
	skip_blanks(r);
	return r->at == r->end ? true : fail(r, r->at, "nothing may stand here");
}

static bool
is_complete(struct reader *r)
{
	const struct expectation *x = &r->e->known[r->e->n - 1];
	const char *lacks = x->n_classes == 0 ? "class" : x->n_since == 0 ? "since" :
			    x->reason[0] == 0 ? "reason" : x->source[0] == 0 ? "source" : NULL;

	if (lacks == NULL)
		return true;
	snprintf(r->why, FILE_WHY, "%.300s:%u:1: '%s' has no line '%s'", r->path, x->line, x->name,
		 lacks);
	return false;
}

static bool
read_name(struct reader *r)
{
	struct expectation *x;
	const char *word;
	size_t n;

	if (!next_word(r, &word, &n))
		return fail(r, r->at, "a name must stand here");
	if (n >= EXPECT_NAME)
		return fail(r, word, "the name is longer than %d characters", EXPECT_NAME - 1);
	for (unsigned int i = 0; i < r->e->n; i++)
		if (is(word, n, r->e->known[i].name))
			return fail(r, word, "'%.*s' is there already", (int)n, word);
	if (r->e->n == EXPECT_MAX)
		return fail(r, word, "more than %d expectations", EXPECT_MAX);
	x = &r->e->known[r->e->n++];
	memset(x, 0, sizeof(*x));
	memcpy(x->name, word, n);
	x->line = r->line;
	return end_of_line(r);
}

static bool
read_class(struct reader *r, struct expectation *x)
{
	const char *word;
	size_t n;

	if (!next_word(r, &word, &n))
		return fail(r, r->at, "a class must stand here, as `gntfuzz compare' names it");
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)word[i]) && strchr("-_*@", word[i]) == NULL)
			return fail(r, word + i, "no class has '%c' in it", word[i]);
	if (n >= CLASS_ID || memmem(word, n, "-vs-", 4) == NULL)
		return fail(r, word, "no class: one is OPERATION-ENTRY-FIELD-OLD-vs-NEW");
	if (x->n_classes == EXPECT_CLASSES)
		return fail(r, word, "more than %d classes", EXPECT_CLASSES);
	memcpy(x->class[x->n_classes++], word, n);
	return end_of_line(r);
}

static bool
read_since(struct reader *r, struct expectation *x)
{
	const char *word;
	size_t n;

	if (x->n_since > 0)
		return fail(r, r->start, "'since' is there already");
	while (next_word(r, &word, &n)) {
		build_id version = build_id_parse(word, n);

		if (version == 0)
			return fail(r, word, "'%.*s' is no version; one is 4.17, 4.17.5 or "
				    "4.20.4+39", (int)n, word);
		if (x->n_since == EXPECT_SINCE)
			return fail(r, word, "more than %d versions", EXPECT_SINCE);
		x->since[x->n_since++] = version;
	}
	return x->n_since > 0 || fail(r, r->at, "a version must stand here, as in 4.17.5");
}

/* The rest of the line is a pattern. */
static bool
read_operation(struct reader *r, struct expectation *x)
{
	size_t n;

	skip_blanks(r);
	n = (size_t)(r->end - r->at);
	if (n == 0 || n >= sizeof(x->operation))
		return fail(r, r->at, "an operation's text must stand here, as in * len 0");
	if (x->operation[0] != 0)
		return fail(r, r->start, "'operation' is there already");
	memcpy(x->operation, r->at, n);
	return true;
}

/* The rest of the line, added to what earlier lines said. */
static bool
read_text(struct reader *r, char text[EXPECT_TEXT])
{
	size_t used = strlen(text), n;

	skip_blanks(r);
	n = (size_t)(r->end - r->at);
	if (n == 0)
		return fail(r, r->at, "some words must stand here");
	if (used + n + 2 > EXPECT_TEXT)
		return fail(r, r->at, "more than %d characters in all", EXPECT_TEXT - 2);
	snprintf(text + used, EXPECT_TEXT - used, "%s%.*s", used > 0 ? " " : "", (int)n, r->at);
	return true;
}

static bool
read_line(struct reader *r)
{
	struct expectation *x = r->e->n > 0 ? &r->e->known[r->e->n - 1] : NULL;
	const char *word;
	size_t n;

	r->at = r->start;
	if (!next_word(r, &word, &n) || word[0] == '#')
		return true;
	if (is(word, n, "expect"))
		return (x == NULL || is_complete(r)) && read_name(r);
	if (x == NULL)
		return fail(r, word, "the first word must be 'expect', and a name behind it");
	if (is(word, n, "class"))
		return read_class(r, x);
	if (is(word, n, "operation"))
		return read_operation(r, x);
	if (is(word, n, "since"))
		return read_since(r, x);
	if (is(word, n, "reason"))
		return read_text(r, x->reason);
	if (is(word, n, "source"))
		return read_text(r, x->source);
	return fail(r, word, "no word '%.*s' here; there are expect, class, "
		    "operation, since, reason, source",
		    n < 40 ? (int)n : 40, word);
}

bool
expect_parse(struct expect *e, const char *path, const char *text, size_t n, char *why)
{
	struct reader r = { .e = e, .path = path, .why = why };
	const char *end = text + n;
	unsigned int n_before = e->n;

	for (r.start = text; r.start < end; r.start = r.end + 1) {
		const char *newline = memchr(r.start, '\n', (size_t)(end - r.start));

		r.line++;
		r.end = newline != NULL ? newline : end;
		for (r.at = r.start; r.at < r.end; r.at++)
			if ((unsigned char)*r.at < ' ' && *r.at != '\t')
				return fail(&r, r.at, "this is no text");
		if (!read_line(&r))
			return false;
	}
	return e->n == n_before || is_complete(&r);
}

struct expectation *
expect_add(struct expect *e, const char *name, const char *reason, const char *source)
{
	struct expectation *x = &e->known[e->n];

	if (e->n == EXPECT_MAX)
		return NULL;
	e->n++;
	memset(x, 0, sizeof(*x));
	snprintf(x->name, sizeof(x->name), "%s", name);
	snprintf(x->reason, sizeof(x->reason), "%s", reason);
	snprintf(x->source, sizeof(x->source), "%s", source);
	return x;
}

bool
expect_load(struct expect *e, const char *folder, char *why)
{
	char path[FILE_PATH_MAX];
	struct file_list l;
	bool good = true;

	if (!file_is_folder(folder))
		return true;
	if (!file_list(&l, folder, why))
		return false;
	for (size_t i = 0; good && i < l.n; i++) {
		struct file_bytes f;

		if (!file_ends(l.name[i], ".txt"))
			continue;
		good = file_join(path, folder, l.name[i], why) && file_read(&f, path, why);
		if (!good)
			break;
		good = expect_parse(e, path, (const char *)f.bytes, f.n, why);
		free(f.bytes);
	}
	file_list_free(&l);
	return good;
}
