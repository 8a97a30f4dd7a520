/* convert: a program from one form into another, by file ending. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/load.h"

static void
write_program(const struct program *p, const char *path)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	char why[FILE_WHY], *text;
	bool ok;

	if (file_ends(path, ".bin")) {
		ok = file_write(path, bytes, program_encode(p, bytes), why);
	} else {
		text = load_text(p);
		ok = file_write(path, text, strlen(text), why);
		free(text);
	}
	if (!ok)
		cli_die(EXIT_USAGE, "%s", why);
}

int
verb_convert(const struct cli_verb *v, int argc, char **argv)
{
	static struct program p;
	char why[FILE_WHY];
	int n = cli_options(v, NULL, 0, argc, argv);

	if (n != 2)
		cli_die(EXIT_USAGE,
			"convert: %d file names; give two, as in `convert IN.gnt OUT.bin'", n);
	/* The canonical text has no comments: do not write it over the only copy. */
	if (strcmp(argv[0], argv[1]) == 0)
		cli_die(EXIT_USAGE, "convert: %s: is both input and output; name another output",
			argv[1]);
	if (!file_ends(argv[1], ".gnt") && !file_ends(argv[1], ".bin"))
		cli_die(EXIT_USAGE, "convert: %s: ends in neither .gnt (text) nor .bin (bytes)",
			argv[1]);
	if (!load_program(&p, argv[0], why))
		cli_die(EXIT_USAGE, "%s", why);
	write_program(&p, argv[1]);
	return EXIT_OK;
}
