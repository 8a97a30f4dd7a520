/* convert: a program from one form into another, by file ending. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include <stdio.h>

#include "fuzz/artefact.h"
#include "fuzz/boot_image.h"
#include "fuzz/cli.h"
#include "fuzz/expected.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "reports/write_xtf.h"

/* What is asked for: a program, its new file, and whose answers it expects, or NULL. */
struct conversion {
	const struct artefact *from;
	const char *output, *lane;
};

/* One form: what its names end in, and how a program becomes one, in memory of its own. */
struct form {
	const char *ending;
	char *(*write)(const struct conversion *c, size_t *n);
};

static char *
write_bytes(const struct conversion *c, size_t *n)
{
	char *bytes = malloc(PROGRAM_BYTES_MAX);

	if (!bytes)
		cli_die(EXIT_RIG, "out of memory for a program's bytes");
	*n = program_encode(&c->from->program, (uint8_t *)bytes);
	return bytes;
}

static char *
write_text(const struct conversion *c, size_t *n)
{
	char *text = load_text(&c->from->program);

	*n = strlen(text);
	return text;
}

/* Have `write' write a C test of p, and what the model expects of it. */
static char *
write_test(const struct conversion *c, struct program *p, size_t *n,
	   bool (*write)(FILE *out, const struct program *p, const struct trace *expected,
			 const struct write_about *about, char *why))
{
	static struct trace expected;
	char version[PROFILE_NAME], why[WRITE_XTF_WHY], *text = NULL;
	bool written;
	const struct write_about about = {
		c->from->path, c->output, c->from->class, version,
	};
	FILE *out = open_memstream(&text, n);

	if (!out)
		cli_die(EXIT_RIG, "out of memory for a C test");
	expected_trace(&expected, version, p, c->lane ? c->lane : "model", false);
	written = write(out, p, &expected, &about, why);
	if (fclose(out) != 0)
		cli_die(EXIT_RIG, "out of memory for a C test");
	if (!written) {
		free(text);
		cli_die(EXIT_USAGE, "convert: %s: %s", c->from->path, why);
	}
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
write_c_test(const struct conversion *c, size_t *n)
{
	static struct program p;

	if (c->lane)
		cli_die(EXIT_USAGE, "convert: a C test runs on sim, which is the reference; leave"
			" --lane out");
	p = c->from->program;
	return write_test(c, &p, n, write_c_always);
}

static char *
write_xtf_test(const struct conversion *c, size_t *n)
{
	static struct program alone;
	char why[WRITE_XTF_WHY];

	if (c->lane && strcmp(c->lane, "sim") == 0)
		cli_die(EXIT_USAGE, "convert: an XTF test expects what a Xen answers; give --lane"
			" model:VERSION or xen:SUITE");
	if (!write_xtf_adapt(&alone, &c->from->program, why))
		cli_die(EXIT_USAGE, "convert: %s: %s", c->from->path, why);
	return write_test(c, &alone, n, write_xtf);
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
write_form(const struct conversion *c, const struct form *form)
{
	char why[FILE_WHY], *content;
	size_t n;

	content = form->write(c, &n);
	if (!file_write(c->output, content, n, why))
		cli_die(EXIT_USAGE, "%s", why);
	free(content);
}

static void
write_image(const struct conversion *c)
{
	static char line[BOOT_IMAGE_LINE];
	bool adapted;

	boot_image_write(c->from, c->output, c->lane ? c->lane : "model", line, &adapted);
	if (adapted)
		cli_say("%s: header changed to what the machine has; the program's own answers"
			" do not count", c->output);
	puts(line);
}

/* A form in which one operation comes after the other holds no race. */
static void
refuse_race(const struct artefact *a, const char *form)
{
	for (unsigned int i = 0; i < a->program.n_ops; i++)
		if (a->program.ops[i].kind == OP_RACE)
			cli_die(EXIT_USAGE, "convert: %s: operation %u begins a race, which cannot"
				" be in %s; give .gnt or .bin", a->path, i + 1, form);
}

int
verb_convert(const struct cli_verb *v, int argc, char **argv)
{
	static struct artefact a;
	const char *lane = NULL;
	const struct cli_option options[] = { { "--lane", CLI_WORD, &lane, 0, 0 } };
	int n = cli_options(v, options, 1, argc, argv);
	char why[FILE_WHY];
	const struct form *form = NULL;	/* none: an image */

	if (n != 2)
		cli_die(EXIT_USAGE,
			"convert: %d file names; give two, as in `convert IN.gnt OUT.bin'", n);
	/* The canonical text has no comments: do not write it over the only copy. */
	if (strcmp(argv[0], argv[1]) == 0)
		cli_die(EXIT_USAGE, "convert: %s: is both input and output; name another output",
			argv[1]);
	if (!file_ends(argv[1], ".elf"))
		form = form_of(argv[1]);
	if (lane && (file_ends(argv[1], ".gnt") || file_ends(argv[1], ".bin")))
		cli_die(EXIT_USAGE, "convert: %s: holds no answers of a lane; leave --lane out",
			argv[1]);
	if (lane && !lanes_known(lane))
		lanes_die(lane, "", false);
	if (!artefact_read(&a, argv[0], NULL, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (a.text_target)
		cli_die(EXIT_USAGE, "convert: %s: is text that the parser failed on, no program",
			a.path);
	if (form && file_ends(argv[1], ".c"))
		refuse_race(&a, "a C test");
	else if (!form)
		refuse_race(&a, "an image");
	if (form)
		write_form(&(struct conversion){ &a, argv[1], lane }, form);
	else
		write_image(&(struct conversion){ &a, argv[1], lane });
	artefact_free(&a);
	return EXIT_OK;
}
