#define _GNU_SOURCE
#include "fuzz/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char first_line[] = "gntfuzz campaign 1", last_line[] = "end";
static const char *const folders[] = { "fuzz_ops", "fuzz_race", "fuzz_text", "seeds",
				       "seeds_race", "counters", "cells", "findings", "logs",
				       "afl" };

enum { FOLDERS = sizeof(folders) / sizeof(folders[0]), FIELDS = 7 };

/* The numbers of the file, in its order. */
struct field {
	const char *name;
	uint64_t *value;
};

static void
list_fields(struct state *s, uint64_t *finished, struct field *f)
{
	f[0] = (struct field){ "seed", &s->seed };
	f[1] = (struct field){ "done_ms", &s->done_ms };
	f[2] = (struct field){ "slices", &s->slices };
	f[3] = (struct field){ "runs_ops", &s->runs[TARGET_OPS] };
	f[4] = (struct field){ "runs_race", &s->runs[TARGET_RACE] };
	f[5] = (struct field){ "runs_text", &s->runs[TARGET_TEXT] };
	f[6] = (struct field){ "finished", finished };
}

/* `name number', and nothing else. */
static bool
parse_field(const struct field *f, const char *line)
{
	size_t n = strlen(f->name);
	char *end;

	if (strncmp(line, f->name, n) != 0 || line[n] != ' ' || line[n + 1] < '0' ||
	    line[n + 1] > '9')
		return false;
	errno = 0;
	*f->value = strtoull(line + n + 1, &end, 10);
	return *end == '\0' && errno == 0;
}

/* Returns 0, or the number of the first line that is wrong. */
static unsigned int
parse(struct state *s, char *text)
{
	struct field fields[FIELDS];
	uint64_t finished = 0;
	char *line, *rest = text;

	list_fields(s, &finished, fields);
	for (unsigned int number = 1; number <= FIELDS + 2; number++) {
		bool ok;

		line = strsep(&rest, "\n");
		if (!line || !rest)
			return number;
		if (number == 1)
			ok = strcmp(line, first_line) == 0;
		else if (number == FIELDS + 2)
			ok = strcmp(line, last_line) == 0 && rest[0] == '\0';
		else
			ok = parse_field(&fields[number - 2], line);
		if (!ok)
			return number;
	}
	s->finished = finished != 0;
	return finished > 1 ? FIELDS + 1 : 0;
}

static bool
read_state(struct state *s, const char *path, char *why)
{
	struct file_bytes f;
	unsigned int bad;
	char *text;

	if (!file_read(&f, path, why))
		return false;
	text = malloc(f.n + 1);
	if (text) {
		memcpy(text, f.bytes, f.n);
		text[f.n] = '\0';
	}
	bad = text ? parse(s, text) : 1;
	/* A NUL byte would hide what follows it. */
	if (bad == 0 && memchr(f.bytes, '\0', f.n))
		bad = 1;
	free(text);
	free(f.bytes);
	if (bad)
		snprintf(why, FILE_WHY,
			 "%.400s:%u:1: not what a campaign's state says there; remove the folder "
			 "or give another --out",
			 path, bad);
	return bad == 0;
}

/* Nothing but what a campaign that was killed at its first step leaves. */
static bool
looks_new(const char *folder, char *why)
{
	struct file_list l;
	bool ok = true;

	if (!file_list(&l, folder, why))
		return false;
	for (size_t i = 0; ok && i < l.n; i++)
		ok = strcmp(l.name[i], "lock") == 0 || strcmp(l.name[i], "state.tmp") == 0;
	if (!ok)
		snprintf(
			why, FILE_WHY,
			"%.400s: holds files but no campaign; give an empty or new folder to --out",
			folder);
	file_list_free(&l);
	return ok;
}

static bool
take_lock(struct state *s, char *why)
{
	char path[FILE_PATH_MAX];

	if (!file_join(path, s->folder, "lock", why))
		return false;
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (s->lock < 0)
		snprintf(why, FILE_WHY, "%.400s: cannot write: %s", path, strerror(errno));
	else if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		snprintf(why, FILE_WHY,
			 "%.400s: another campaign runs there; wait for it or give another --out",
			 s->folder);
	else
		return true;
	state_close(s);
	return false;
}

static bool
make_folders(const struct state *s, char *why)
{
	char path[FILE_PATH_MAX];

	for (unsigned int i = 0; i < FOLDERS; i++)
		if (!file_join(path, s->folder, folders[i], why) || !file_make_folder(path, why))
			return false;
	return true;
}

static bool
open_locked(struct state *s, char *why)
{
	char path[FILE_PATH_MAX];

	if (!file_join(path, s->folder, "state", why))
		return false;
	if (file_exists(path)) {
		if (!read_state(s, path, why))
			return false;
		s->resumed = !s->finished;
	} else if (!looks_new(s->folder, why)) {
		return false;
	}
	/* The state comes first: a folder with anything else in it has one. */
	return state_save(s, why) && make_folders(s, why);
}

bool
state_open(struct state *s, const char *folder, char *why)
{
	memset(s, 0, sizeof(*s));
	s->folder = folder;
	s->lock = -1;
	if (!file_make_folder(folder, why))
		return false;
	/* Asked before the lock file is made, so that a folder of somebody else's is left as it is.
	 */
	char path[FILE_PATH_MAX];

	if (!file_join(path, folder, "state", why) ||
	    (!file_exists(path) && !looks_new(folder, why)))
		return false;
	if (!take_lock(s, why))
		return false;
	if (open_locked(s, why))
		return true;
	state_close(s);
	return false;
}

bool
state_save(const struct state *s, char *why)
{
	char text[400], path[FILE_PATH_MAX];
	struct state copy = *s;
	struct field fields[FIELDS];
	uint64_t finished = s->finished;
	int n;

	list_fields(&copy, &finished, fields);
	n = snprintf(text, sizeof(text), "%s\n", first_line);
	for (unsigned int i = 0; i < FIELDS; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s %" PRIu64 "\n",
			      fields[i].name, *fields[i].value);
	n += snprintf(text + n, sizeof(text) - (size_t)n, "%s\n", last_line);
	return file_join(path, s->folder, "state", why) && file_write(path, text, (size_t)n, why);
}

void
state_close(struct state *s)
{
	if (s->lock >= 0)
		close(s->lock);
	s->lock = -1;
}
