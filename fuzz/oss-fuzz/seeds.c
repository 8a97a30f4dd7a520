/*
 * seeds: programs as a fuzzing service wants them.
 *
 *	seeds FOLDER PROGRAM.gnt... >DICTIONARY
 *
 * Writes the bytes of each program into FOLDER, as NAME.bin, and prints a dictionary: of each kind
 * of operation the first one met, for mutators that do not know what an operation is.  Fails if a
 * kind is in no program.  It runs where the targets are built, so it is built without their flags.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/text.h"
#include "fuzz/file.h"

static bool met[OP_KINDS];

static _Noreturn void
die(const char *why)
{
	fprintf(stderr, "seeds: %s\n", why);
	exit(2);
}

static void
read_program(struct program *p, const char *path)
{
	char why[FILE_WHY];
	struct file_bytes f;
	struct text_error e;

	if (!file_read(&f, path, why))
		die(why);
	if (!text_parse(p, &e, (const char *)f.bytes, f.n)) {
		snprintf(why, sizeof(why), "%s:%u:%u: %s", path, e.line, e.column, e.what);
		die(why);
	}
	free(f.bytes);
}

static void
write_bytes(const char *folder, const char *path, const uint8_t *bytes, size_t n)
{
	char why[FILE_WHY], name[FILE_PATH_MAX], out[FILE_PATH_MAX];
	const char *base = file_base(path);

	snprintf(name, sizeof(name), "%.*s.bin", (int)strcspn(base, "."), base);
	if (!file_join(out, folder, name, why))
		die(why);
	if (file_exists(out)) {
		snprintf(why, sizeof(why), "%s: two programs have this name", name);
		die(why);
	}
	if (!file_write_quick(out, bytes, n, why))
		die(why);
}

/* Kinds that no earlier program had. */
static void
print_entries(const struct program *p, const uint8_t *bytes)
{
	for (unsigned int i = 0; i < p->n_ops; i++) {
		const uint8_t *op = bytes + PROGRAM_HEADER_BYTES + i * OP_BYTES;
		unsigned int kind = p->ops[i].kind;

		/* A mark alone makes no race. */
		if (op_is_mark(kind) || met[kind])
			continue;
		met[kind] = true;
		printf("%s=\"", kind == OP_EXPECT ? "expect" : op_table[kind].name);
		for (unsigned int j = 0; j < OP_BYTES; j++)
			printf("\\x%02x", op[j]);
		printf("\"\n");
	}
}

int
main(int argc, char **argv)
{
	static struct program p;
	static uint8_t bytes[PROGRAM_BYTES_MAX];

	if (argc < 3)
		die("usage: seeds FOLDER PROGRAM.gnt... >DICTIONARY");
	for (int i = 2; i < argc; i++) {
		read_program(&p, argv[i]);
		write_bytes(argv[1], argv[i], bytes, program_encode(&p, bytes));
		print_entries(&p, bytes);
	}
	for (unsigned int kind = 0; kind <= OP_EXPECT; kind++) {
		if (met[kind])
			continue;
		fprintf(stderr, "seeds: `%s': no program has this operation; write one\n",
			op_table[kind].name);
		return 1;
	}
	return 0;
}
