#define _GNU_SOURCE
#include "fuzz/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/text.h"
#include "fuzz/cli.h"

static bool
is_text(const struct file_bytes *f, const char *path)
{
	if (file_ends(path, ".gnt"))
		return true;
	return !file_ends(path, ".bin") && f->n >= 4 && memcmp(f->bytes, "gnt ", 4) == 0;
}

bool
load_bytes(struct program *p, const struct file_bytes *f, const char *path, char *why)
{
	struct text_error e;

	if (!is_text(f, path)) {
		program_decode(p, f->bytes, f->n);
		return true;
	}
	if (text_parse(p, &e, (const char *)f->bytes, f->n))
		return true;
	snprintf(why, FILE_WHY, "%s:%u:%u: %s", path, e.line, e.column, e.what);
	return false;
}

bool
load_program(struct program *p, const char *path, char *why)
{
	struct file_bytes f;
	bool ok;

	if (!file_read(&f, path, why))
		return false;
	ok = load_bytes(p, &f, path, why);
	free(f.bytes);
	return ok;
}

char *
load_text(const struct program *p)
{
	size_t n = text_print(p, NULL, 0) + 1;
	char *text = malloc(n);

	if (!text)
		cli_die(EXIT_RIG, "out of memory for a program's text");
	text_print(p, text, n);
	return text;
}

void
load_comment(char *out, size_t n, const struct file_bytes *f, const char *name)
{
	const char *at = (const char *)f->bytes, *bytes_end = at + f->n;
	char mark[32];
	size_t length = (size_t)snprintf(mark, sizeof(mark), "# %s: ", name);

	out[0] = '\0';
	while (at != NULL && at < bytes_end) {
		size_t left = (size_t)(bytes_end - at);
		const char *end = memchr(at, '\n', left);

		if (left > length && memcmp(at, mark, length) == 0) {
			at += length;
			snprintf(out, n, "%.*s", (int)((end ? end : bytes_end) - at), at);
			return;
		}
		at = end ? end + 1 : NULL;
	}
}

bool
load_is_program(const char *name)
{
	return file_ends(name, ".gnt") || file_ends(name, ".bin") || !strchr(name, '.');
}
