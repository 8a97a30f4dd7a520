/* convert: a program from one form into another, by file ending. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include <stdio.h>

#include "diff/duel.h"
#include "fuzz/artefact.h"
#include "fuzz/boot_image.h"
#include "fuzz/cli.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "reports/write_xtf.h"

/* One form: what its names end in, and how a program becomes one, in memory of its own. */
struct form {
	const char *ending;
	char *(*write)(const struct artefact *a, const char *output, size_t *n);
};

static char *
write_bytes(const struct artefact *a, const char *output, size_t *n)
{
	char *bytes = malloc(PROGRAM_BYTES_MAX);

	(void)output;
	if (!bytes)
		cli_die(EXIT_RIG, "out of memory for a program's bytes");
	*n = program_encode(&a->program, (uint8_t *)bytes);
	return bytes;
}

static char *
write_text(const struct artefact *a, const char *output, size_t *n)
{
	char *text = load_text(&a->program);

	(void)output;
	*n = strlen(text);
	return text;
}

/* Have `write' write a C test of p, and what the model expects of it. */
static char *
write_test(const struct artefact *a, const struct program *p, const char *output, size_t *n,
	   bool (*write)(FILE *out, const struct program *p, const struct trace *expected,
			 const struct write_about *about, char *why))
{
	const struct write_about about = { a->path, output, a->class };
	struct duel *duel = duel_new();
	char *text = NULL, why[WRITE_XTF_WHY];
	FILE *out = open_memstream(&text, n);

	if (!duel || !out)
		cli_die(EXIT_RIG, "out of memory for a C test");
	duel_run_model(duel, p);
	if (!write(out, p, duel_expected(duel), &about, why))
		cli_die(EXIT_USAGE, "convert: %s: %s", a->path, why);
	if (fclose(out) != 0)
		cli_die(EXIT_RIG, "out of memory for a C test");
	duel_free(duel);
	return text;
}

static bool
write_c_always(FILE *out, const struct program *p, const struct trace *expected,
	       const struct write_about *about, char *why)
{
	(void)why;
	write_c(out, p, expected, about);
	return true;
}

static char *
write_c_test(const struct artefact *a, const char *output, size_t *n)
{
	return write_test(a, &a->program, output, n, write_c_always);
}

static char *
write_xtf_test(const struct artefact *a, const char *output, size_t *n)
{
	static struct program alone;
	char why[WRITE_XTF_WHY];

	if (!write_xtf_adapt(&alone, &a->program, why))
		cli_die(EXIT_USAGE, "convert: %s: %s", a->path, why);
	return write_test(a, &alone, output, n, write_xtf);
}

static const struct form forms[] = {
	{ ".gnt", write_text }, { ".bin", write_bytes }, { ".xtf.c", write_xtf_test },
	{ ".c", write_c_test },
};

enum { N_FORMS = sizeof(forms) / sizeof(forms[0]) };

static const struct form *
form_of(const char *path)
{
	for (unsigned int i = 0; i < N_FORMS; i++)
		if (file_ends(path, forms[i].ending))
			return &forms[i];
	cli_die(EXIT_USAGE, "convert: %s: ends in neither .gnt (text), .bin (bytes), .c (a C"
		" test), .xtf.c (one for XTF) nor .elf (a bootable image)", path);
}

static void
write_form(const struct artefact *a, const char *output)
{
	const struct form *form = form_of(output);
	char why[FILE_WHY], *content;
	size_t n;

	content = form->write(a, output, &n);
	if (!file_write(output, content, n, why))
		cli_die(EXIT_USAGE, "%s", why);
	free(content);
}

static void
write_image(const struct artefact *a, const char *output, const char *lane)
{
	static char line[BOOT_IMAGE_LINE];
	bool adapted;

	boot_image_write(a, output, lane, line, &adapted);
	if (adapted)
		cli_say("%s: header changed to what the machine has; the program's own answers"
			" do not count", output);
	puts(line);
}

int
verb_convert(const struct cli_verb *v, int argc, char **argv)
{
	static struct artefact a;
	const char *lane = NULL;
	const struct cli_option options[] = { { "--lane", CLI_WORD, &lane, 0, 0 } };
	int n = cli_options(v, options, 1, argc, argv);
	char why[FILE_WHY];
	bool image;

	if (n != 2)
		cli_die(EXIT_USAGE,
			"convert: %d file names; give two, as in `convert IN.gnt OUT.bin'", n);
	/* The canonical text has no comments: do not write it over the only copy. */
	if (strcmp(argv[0], argv[1]) == 0)
		cli_die(EXIT_USAGE, "convert: %s: is both input and output; name another output",
			argv[1]);
	image = file_ends(argv[1], ".elf");
	if (!image)
		form_of(argv[1]);
	if (lane && !image)
		cli_die(EXIT_USAGE, "convert: --lane says what an image (.elf) is for; %s is none",
			argv[1]);
	if (lane && !lanes_known(lane))
		lanes_die(lane, "", false);
	if (!artefact_read(&a, argv[0], NULL, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (a.text_target)
		cli_die(EXIT_USAGE, "convert: %s: is text that the parser failed on, no program",
			a.path);
	if (image)
		write_image(&a, argv[1], lane ? lane : "model");
	else
		write_form(&a, argv[1]);
	artefact_free(&a);
	return EXIT_OK;
}
