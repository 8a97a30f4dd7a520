/*
 * test_corpus [-T TRACES] FILE...: every program of the corpus, on the simulated hypervisor beside
 * the model, with its `= expected' lines.  -T writes all traces, as text, to be compared with
 * another build's.
 *
 * Each file is also taken through its other forms: text to bytes to text is the identity on what
 * the printer writes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/duel.h"
#include "diff/tell.h"
#include "diff/text.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

static char text[TEXT_BYTES_MAX], again[TEXT_BYTES_MAX];
static struct program p, q;

static bool
load(const char *path)
{
	struct text_error e;
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		perror(path);
		return false;
	}
	n = fread(text, 1, sizeof text, f);
	fclose(f);
	if (!text_parse(&p, &e, text, n)) {
		printf("%s:%u:%u: %s\n", path, e.line, e.column, e.what);
		return false;
	}
	return true;
}

static bool
round_trip(const char *path)
{
	static uint8_t bytes[PROGRAM_BYTES_MAX];

	program_decode(&q, bytes, program_encode(&p, bytes));
	if (text_print(&p, text, sizeof text) >= sizeof text ||
	    text_print(&q, again, sizeof again) >= sizeof again ||
	    strcmp(text, again) != 0) {
		printf("%s: text to bytes to text changes it\n", path);
		return false;
	}
	return true;
}

static bool
agrees(const char *path, struct duel *duel)
{
	struct difference why;

	if (duel_run(duel, &p, true, &why))
		return true;
	printf("%s:\n", path);
	tell_difference(stdout, &p, &why);
	return false;
}

static bool
keep_trace(FILE *traces, const char *path, const struct duel *duel)
{
	if (traces == NULL)
		return true;
	if (text_print_trace(&p, duel_got(duel), text, sizeof text) >= sizeof text ||
	    fprintf(traces, "%s\n%s", path, text) < 0) {
		printf("%s: its trace cannot be written\n", path);
		return false;
	}
	return true;
}

static bool
holds(FILE *traces, const char *path, struct duel *duel)
{
	return load(path) && round_trip(path) && agrees(path, duel) &&
	       keep_trace(traces, path, duel);
}

int
main(int argc, char **argv)
{
	struct duel *duel = duel_new();
	bool traced = argc > 2 && strcmp(argv[1], "-T") == 0;
	FILE *traces = traced ? fopen(argv[2], "w") : NULL;
	int first = traced ? 3 : 1, good = 0;

	if (duel == NULL || (traced && traces == NULL)) {
		perror("test_corpus");
		return 3;
	}
	for (int i = first; i < argc; i++)
		good += holds(traces, argv[i], duel);
	printf("%d programs, %d good\n", argc - first, good);
	duel_free(duel);
	if (traces != NULL && fclose(traces) != 0)
		return 3;
	return argc > first && good == argc - first ? 0 : 1;
}
