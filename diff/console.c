#define _GNU_SOURCE
#include "diff/console.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff/mailbox.h"

enum {
	TAIL = 256,		/* bytes that are searched again: no line is cut in two */
	KEPT_MAX = 1 << 20,	/* bytes from the end; what is older is forgotten */
};

/* What it looks like when nothing more will come. */
static const char *const last_words[] = {
	"Panic on CPU", "FATAL TRAP", "FATAL PAGE FAULT", "Hardware Dom0 crashed",
	"Hardware Dom0 shutdown", MAILBOX_DIED,
};

bool
console_open(struct console *c)
{
	c->seen = c->forgotten = 0;
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
 * The first of the last words, if some are in the text: what comes after follows from them.  Their
 * line is copied; one that ends with a colon only announces the next.
 */
static const char *
find_last_words(const char *text, char *line, size_t line_bytes)
{
	static const char mark[] = "(XEN) ";
	const char *words = NULL, *next;
	size_t n;

	for (size_t i = 0; i < sizeof(last_words) / sizeof(last_words[0]); i++) {
		const char *found = strstr(text, last_words[i]);

		if (found != NULL && (words == NULL || found < words))
			words = found;
	}
	if (words == NULL)
		return NULL;
	n = strcspn(words, "\r\n");
	next = words + n + strspn(words + n, "\r\n");
	if (strncmp(next, mark, strlen(mark)) == 0)
		next += strlen(mark);
	if (n > 0 && words[n - 1] == ':' && *next != 0)
		snprintf(line, line_bytes, "%.*s %.*s", (int)n, words, (int)strcspn(next, "\r\n"),
			 next);
	else
		snprintf(line, line_bytes, "%.*s", (int)n, words);
	return words;
}

/* Memory is given back for what nobody will read. */
static void
forget_old(struct console *c)
{
	off_t old = c->seen - KEPT_MAX;

	if (old < c->forgotten + KEPT_MAX)
		return;
	if (fallocate(c->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, old) == 0)
		c->forgotten = old;
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
		said = find_last_words(text, line, line_bytes);
		if (said != NULL) {
			c->seen = from + (said - text);	/* to be read again, with what follows */
			return true;
		}
		said = strstr(text, MAILBOX_LINE);
		if (said != NULL && strchr(said, '\n') != NULL)
			*mailbox = strtoull(said + strlen(MAILBOX_LINE), NULL, 16);
	} while (n == (ssize_t)sizeof(text) - 1);
	forget_old(c);
	return false;
}

off_t
console_bytes(const struct console *c)
{
	struct stat s = { 0 };

	return fstat(c->fd, &s) == 0 ? s.st_size : 0;
}

void
console_last_line(const struct console *c, char *line, size_t line_bytes)
{
	off_t bytes = console_bytes(c);
	char text[TAIL + 1] = "", *last;
	ssize_t n = pread(c->fd, text, TAIL, bytes > TAIL ? bytes - TAIL : 0);

	for (; n > 0 && strchr("\r\n", text[n - 1]) != NULL; n--)
		text[n - 1] = 0;
	last = strrchr(text, '\n');
	snprintf(line, line_bytes, "%s", last != NULL ? last + 1 : text);
}

bool
console_keep(const struct console *c, const char *folder, char *path, size_t path_bytes)
{
	off_t at = console_bytes(c) > KEPT_MAX ? console_bytes(c) - KEPT_MAX : 0;
	char bytes[4096];
	ssize_t n = 0;
	int fd;

	if (snprintf(path, path_bytes, "%s/console-XXXXXX", folder) >= (int)path_bytes)
		return false;
	fd = mkstemp(path);
	if (fd < 0)
		return false;
	while ((n = pread(c->fd, bytes, sizeof(bytes), at)) > 0 && write(fd, bytes, (size_t)n) == n)
		at += n;
	close(fd);
	if (n != 0)
		unlink(path);	/* a full disk: half of it would mislead */
	return n == 0;
}
