/*
 * replay: main for a target in any build that has no engine.
 *
 *	TARGET FILE|FOLDER...
 *
 * Gives every file to the target.  A program's text (.gnt) is encoded first, unless the target is
 * the parser's, which takes the text itself (its name begins with fuzz_text).  Before each file it
 * prints the line that shows it again, for it may not survive the file.  Prints how many it gave,
 * and fails if that is none.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/file.h"
#include "diff/program.h"
#include "diff/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

struct replay {
	bool wants_text;
	unsigned long inputs;
};

static _Noreturn void
die(const char *why)
{
	fprintf(stderr, "replay: %s\n", why);
	exit(2);
}

/* The target gets memory of exactly that size, so that sanitizers see a read behind it. */
static void
give(const unsigned char *bytes, size_t n)
{
	unsigned char *copy = malloc(n ? n : 1);

	if (!copy)
		die("out of memory");
	if (n)
		memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void
give_program(const char *path, const struct file_bytes *f)
{
	static struct program p;
	static unsigned char bytes[PROGRAM_BYTES_MAX];
	struct text_error e;

	if (!text_parse(&p, &e, (const char *)f->bytes, f->n)) {
		fprintf(stderr, "replay: %s:%u:%u: %s\n", path, e.line, e.column, e.what);
		exit(2);
	}
	give(bytes, program_encode(&p, bytes));
}

static void
replay_file(struct replay *r, const char *path)
{
	char why[FILE_WHY];
	struct file_bytes f;

	if (!file_read(&f, path, why))
		die(why);
	printf("./gntfuzz repro %s\n", path);
	fflush(stdout);
	if (!r->wants_text && file_ends(path, ".gnt"))
		give_program(path, &f);
	else
		give(f.bytes, f.n);
	free(f.bytes);
	r->inputs++;
}

static void
replay_folder(struct replay *r, const char *folder)
{
	char why[FILE_WHY], path[FILE_PATH_MAX];
	struct file_list l;

	if (!file_list(&l, folder, why))
		die(why);
	for (size_t i = 0; i < l.n; i++) {
		if (!file_join(path, folder, l.name[i], why))
			die(why);
		if (!file_is_folder(path))
			replay_file(r, path);
	}
	file_list_free(&l);
}

int
main(int argc, char **argv)
{
	struct replay r = { .wants_text = strncmp(file_base(argv[0]), "fuzz_text", 9) == 0 };

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		if (file_is_folder(argv[i]))
			replay_folder(&r, argv[i]);
		else
			replay_file(&r, argv[i]);
	}
	printf("%lu inputs\n", r.inputs);
	return r.inputs > 0 ? 0 : 3;
}
