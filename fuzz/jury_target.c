/*
 * jury_target: the engine's target, sanitizers and all.
 *
 * It takes any number of inputs, says which one it begins with, and ends with the first that it
 * does not survive; what that one shows is then asked once more, alone.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/root.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/guard.h"
#include "fuzz/jury.h"

/* What the jury owns. */
struct desk {
	char folder[200];
	char path[SHRINK_BATCH][216];	/* one for each candidate */
	unsigned int n_begun;
	struct child child;
};

static const char running[] = "Running: ";

static bool
target_open(struct jury *j, char *why)
{
	struct desk *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		snprintf(why, FILE_WHY, "out of memory for inputs");
		return false;
	}
	if (!root_temp(d->folder, sizeof(d->folder))) {
		snprintf(why, FILE_WHY, "%s: cannot make a temporary folder; set TMPDIR",
			 d->folder);
		free(d);
		return false;
	}
	for (unsigned int i = 0; i < SHRINK_BATCH; i++)
		snprintf(d->path[i], sizeof(d->path[i]), "%s/%u", d->folder, i);
	j->own = d;
	return true;
}

static void
target_close(struct jury *j)
{
	struct desk *d = j->own;

	for (unsigned int i = 0; i < SHRINK_BATCH; i++)
		unlink(d->path[i]);
	rmdir(d->folder);
	free(d);
}

static bool
write_input(const char *path, const struct program *p, char *why)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];

	return file_write_quick(path, bytes, program_encode(p, bytes), why);
}

static void
count_begun(void *arg, const char *line)
{
	struct desk *d = arg;

	d->n_begun += strncmp(line, running, strlen(running)) == 0;
}

/* Give it inputs [at, n).  Returns the first that it did not survive, or n. */
static unsigned int
run_inputs(struct desk *d, unsigned int at, unsigned int n)
{
	/* As guard_target has it: what is known aborts as well. */
	static const char *const environment[] = { "GNTFUZZ_KNOWN=/dev/null", NULL };
	double end = child_clock() + 3 * GUARD_SECONDS;
	struct child_args args = { .n = 0 };
	char path[FILE_PATH_MAX], why[FILE_WHY];
	int status = 0;

	cli_root_path(path, sizeof(path), "out/fuzz/fuzz_ops");
	child_arg(&args, path);
	child_arg(&args, "-runs=1");
	child_arg(&args, "-timeout=10");
	child_arg(&args, "-rss_limit_mb=1024");
	for (unsigned int i = at; i < n; i++)
		child_arg(&args, d->path[i]);
	d->n_begun = 0;
	if (!child_start(&d->child, &args, environment, why))
		return n;
	while (child_read(&d->child, count_begun, d) && child_clock() < end) {
		struct pollfd p = { d->child.output, POLLIN, 0 };

		poll(&p, 1, 20);
	}
	status = child_wait(&d->child, 1);
	return status == 0 || d->n_begun == 0 ? n : at + d->n_begun - 1;
}

static unsigned int
target_first(struct jury *j, const struct program *const programs[], unsigned int n)
{
	struct desk *d = j->own;
	char why[FILE_WHY] = "";

	for (unsigned int i = 0; i < n; i++)
		if (!write_input(d->path[i], programs[i], why))
			return n;
	for (unsigned int at = 0; at < n && jury_goes_on(j); at++) {
		at = run_inputs(d, at, n);
		if (at < n &&
		    jury_is_same(j, guard_target("fuzz_ops", d->path[at], &j->finding, why)))
			return at;
		j->n_deaths += at < n;
	}
	return n;
}

static enum verdict
target_look(struct jury *j, const struct program *p, char *why)
{
	struct desk *d = j->own;

	if (!write_input(d->path[0], p, why))
		return VERDICT_ERROR;
	return guard_target("fuzz_ops", d->path[0], &j->finding, why);
}

/* It takes any. */
static bool
target_able(struct jury *j, const struct program_header *h)
{
	(void)j;
	(void)h;
	return true;
}

const struct jury_kind jury_target = {
	target_open, target_first, target_look, target_able, target_close, true,
};
