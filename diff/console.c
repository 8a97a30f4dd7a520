#define _GNU_SOURCE
#include "diff/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff/mailbox.h"

enum { TAIL = 256 };	/* bytes that are searched again: no line is cut in two */

/* What it looks like when nothing more will come. */
static const char *const last_words[] = {
	"Panic on CPU", "FATAL TRAP", "FATAL PAGE FAULT", "Hardware Dom0 crashed",
	"Hardware Dom0 shutdown", MAILBOX_DIED,
};

bool
console_open(struct console *c)
{
	c->seen = 0;
	c->fd = memfd_create("gntfuzz-console", MFD_CLOEXEC);
	return c->fd >= 0;
}

void
console_close(struct console *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/*
 * Whether some of the last words are in the text; the line of the first of them is copied: what
 * comes after follows from it.
 */
static bool
find_last_words(const char *text, char *line, size_t line_bytes)
{
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(last_words) / sizeof(last_words[0]); i++) {
		const char *words = strstr(text, last_words[i]);

		if (words != NULL && (first == NULL || words < first))
			first = words;
	}
	if (first != NULL)
		snprintf(line, line_bytes, "%.*s", (int)strcspn(first, "\r\n"), first);
	return first != NULL;
}

bool
console_read(struct console *c, uint64_t *mailbox, char *line, size_t line_bytes)
{
	char text[4096 + 1];
	ssize_t n;

	do {
		off_t from = c->seen > TAIL ? c->seen - TAIL : 0;
		const char *said;

		n = pread(c->fd, text, sizeof(text) - 1, from);
		if (n <= 0)
			return false;
		text[n] = 0;
		c->seen = from + n;
		if (find_last_words(text, line, line_bytes))
			return true;
		said = strstr(text, MAILBOX_LINE);
		if (said != NULL && strchr(said, '\n') != NULL)
			*mailbox = strtoull(said + strlen(MAILBOX_LINE), NULL, 16);
	} while (n == (ssize_t)sizeof(text) - 1);
	return false;
}

void
console_last_line(const struct console *c, char *line, size_t line_bytes)
{
	struct stat s = { 0 };
	char text[TAIL + 1] = "", *last;
	ssize_t n;

	fstat(c->fd, &s);
	n = pread(c->fd, text, TAIL, s.st_size > TAIL ? s.st_size - TAIL : 0);
	for (; n > 0 && strchr("\r\n", text[n - 1]) != NULL; n--)
		text[n - 1] = 0;
	last = strrchr(text, '\n');
	snprintf(line, line_bytes, "%s", last != NULL ? last + 1 : text);
}

bool
console_keep(const struct console *c, const char *folder, char *path, size_t path_bytes)
{
	char bytes[4096];
	off_t at = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, path_bytes, "%s/console-XXXXXX", folder);
	fd = mkstemp(path);
	if (fd < 0)
		return false;
	while ((n = pread(c->fd, bytes, sizeof(bytes), at)) > 0 && write(fd, bytes, (size_t)n) == n)
		at += n;
	close(fd);
	return n == 0;
}
