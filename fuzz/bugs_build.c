/* bugs_build: the targets with each defect, made by fuzz/plant from what the build makes. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/bugs.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "fuzz/pool.h"

enum { BUILD_SECONDS = 600, BINARIES = BUGS_ENGINES * BUGS_VARIANTS, BINARY = 32 };

static const char planted[] = "out/bench/bugs";
static const char *const folders[BUGS_ENGINES] = { "fuzz", "afl" };
static const char *const targets[BUGS_VARIANTS] = { "watched_ops", "watched_plain" };

void
bugs_target(char *path, const struct bug *bug, enum bugs_engine e, enum bugs_variant v)
{
	char rest[BUGS_NAME + 64];

	if (bug)
		snprintf(rest, sizeof(rest), "%s/%s/%s/%s", planted, bug->name, folders[e],
			 targets[v]);
	else
		snprintf(rest, sizeof(rest), "out/%s/%s", folders[e], targets[v]);
	cli_root_path(path, FILE_PATH_MAX, rest);
}

/* The last line that a child printed. */
static const char *
last_line(struct child *c)
{
	char *end = strrchr(c->tail, '\n'), *begin;

	if (end)
		*end = '\0';
	begin = strrchr(c->tail, '\n');
	return begin ? begin + 1 : c->tail;
}

/* Have a shell do something in the tree. */
static void
shell(struct child_args *a, const char *script)
{
	a->n = 0;
	child_arg(a, "/bin/sh");
	child_arg(a, "-c");
	child_arg(a, script);
	child_arg(a, "sh");
	child_arg(a, cli_root());
}

/* The targets of the engines that are wanted, as the build names them. */
static unsigned int
list_binaries(const struct bugs *b, char (*binary)[BINARY])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < BINARIES; i++)
		if (b->engine[i / BUGS_VARIANTS])
			snprintf(binary[n++], BINARY, "out/%s/%s", folders[i / BUGS_VARIANTS],
				 targets[i % BUGS_VARIANTS]);
	return n;
}

static bool
build_targets(const struct bugs *b, char *why)
{
	char binary[BINARIES][BINARY];
	unsigned int n = list_binaries(b, binary);
	struct child_args a;
	static struct child c;
	int status;

	shell(&a, "cd \"$1\" && shift && exec ninja --quiet \"$@\"");
	for (unsigned int i = 0; i < n; i++)
		child_arg(&a, binary[i]);
	if (b->engine[BUGS_AFL])
		child_arg(&a, "out/afl/mutator.so");
	status = child_run(&c, &a, NULL, BUILD_SECONDS, why);
	if (status != 0 && status != CHILD_NOT_STARTED)
		snprintf(why, FILE_WHY, "ninja ends with status %d: %.400s", status, last_line(&c));
	return status == 0;
}

/* ------------------------------------------------------------------ planting */

static bool
start_planting(void *arg, size_t i, struct child *c, char *why)
{
	const struct bugs *b = arg;
	char binary[BINARIES][BINARY];
	unsigned int n = list_binaries(b, binary);
	struct child_args a;

	shell(&a, "cd \"$1\" && shift && exec sh fuzz/plant \"$@\"");
	child_arg(&a, b->bug[i].name);
	child_arg(&a, planted);
	for (unsigned int k = 0; k < n; k++)
		child_arg(&a, binary[k]);
	return child_start(c, &a, NULL, why);
}

/* What the target was made of, in a word. */
static bool
read_key(char *key, const char *target, char *why)
{
	char path[FILE_PATH_MAX + 8];
	struct file_bytes f;

	snprintf(path, sizeof(path), "%s.key", target);
	if (!file_read(&f, path, why))
		return false;
	snprintf(key, BUGS_BUILD, "%.*s", (int)f.n, (const char *)f.bytes);
	key[strcspn(key, "\n")] = '\0';
	free(f.bytes);
	return true;
}

static bool
end_planting(void *arg, size_t i, const struct child *c, int status, char *why)
{
	struct bugs *b = arg;
	struct child copy = *c;
	char path[FILE_PATH_MAX];

	if (status != 0) {
		snprintf(why, FILE_WHY, "%.500s", last_line(&copy));
		return false;
	}
	for (unsigned int e = 0; e < BUGS_ENGINES; e++)
		for (unsigned int v = 0; v < BUGS_VARIANTS && b->engine[e]; v++) {
			bugs_target(path, &b->bug[i], (enum bugs_engine)e, (enum bugs_variant)v);
			if (!read_key(b->bug[i].build[e][v], path, why))
				return false;
		}
	return true;
}

bool
bugs_build(struct bugs *b, char *why)
{
	const struct pool p = { .start = start_planting, .end = end_planting, .arg = b,
				.jobs = b->jobs };

	return build_targets(b, why) && pool_run(&p, b->n_bugs, why);
}
