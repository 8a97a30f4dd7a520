#define _GNU_SOURCE
#include "fuzz/growth.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENGINES_MAX = 8, APART_MS = 1000, SHARE = 100 };

/* When an engine's next sample is due. */
struct due {
	char engine[GROWTH_ENGINE];
	uint64_t ms;
};

static struct due dues[ENGINES_MAX];

static struct due *
due_of(const char *engine)
{
	unsigned int i = 0;

	while (i < ENGINES_MAX - 1 && dues[i].engine[0] != 0 &&
	       strcmp(dues[i].engine, engine) != 0)
		i++;
	snprintf(dues[i].engine, sizeof(dues[i].engine), "%s", engine);
	return &dues[i];
}

static bool
path_of(char *path, const char *folder)
{
	char why[FILE_WHY];

	return file_join(path, folder, "growth.csv", why);
}

void
growth_forget(const char *folder)
{
	char cells[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	memset(dues, 0, sizeof(dues));
	if (path_of(path, folder))
		unlink(path);
	if (!file_join(cells, folder, "cells", why) || !file_list(&l, cells, why))
		return;
	for (size_t i = 0; i < l.n; i++)
		if (file_join(path, cells, l.name[i], why))
			unlink(path);
	file_list_free(&l);
}

unsigned int
growth_cells(struct coverage *c, const char *folder, const char *engine)
{
	char cells[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	memset(c, 0, sizeof(*c));
	if (!file_join(cells, folder, "cells", why) || !file_list(&l, cells, why))
		return 0;
	for (size_t i = 0; i < l.n; i++)
		if (strncmp(l.name[i], engine, strlen(engine)) == 0 &&
		    file_join(path, cells, l.name[i], why))
			coverage_load(c, path);
	file_list_free(&l);
	return coverage_cells(c);
}

/* One write, of whole lines: a file that was cut off in a line goes on behind it. */
static void
append(const char *path, const char *line, size_t n)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	char text[GROWTH_LINE * 2], last = '\n';
	off_t size;

	if (fd < 0)
		return;
	size = lseek(fd, 0, SEEK_END);
	if (size > 0 && pread(fd, &last, 1, size - 1) != 1)
		last = '\n';
	n = (size_t)snprintf(text, sizeof(text), "%s%s%.*s", size == 0 ? growth_heading : "",
			     last == '\n' ? "" : "\n", (int)n, line);
	/* A full disk stops no campaign. */
	if (write(fd, text, n) < 0)
		n = 0;
	close(fd);
}

void
growth_add(const char *folder, struct growth_sample s)
{
	struct due *due = due_of(s.engine);
	char path[FILE_PATH_MAX], line[GROWTH_LINE];
	static struct coverage sum;
	size_t n;

	if (s.ms < due->ms || !path_of(path, folder))
		return;
	due->ms = s.ms + (s.ms / SHARE > APART_MS ? s.ms / SHARE : APART_MS);
	s.cells = growth_cells(&sum, folder, s.engine);
	n = growth_print(&s, line, sizeof(line));
	if (n < sizeof(line))
		append(path, line, n);
}
