/*
 * repro: run any artefact again and say plainly whether it still shows anything.
 *
 * A text program, raw bytes, or what an engine left behind.  It runs on sim beside the model in a
 * process of its own, and then, if that shows nothing, on the engine's target, which has the
 * sanitizers.  A campaign writes the class of a finding into its text as a comment, and that is
 * what `same class' means here.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/cli.h"
#include "fuzz/guard.h"
#include "fuzz/load.h"

static const char class_mark[] = "# class: ";

/* The class that the file records, or an empty string. */
static void
recorded_class(char *class, size_t n, const struct file_bytes *f)
{
	const char *at = memmem(f->bytes, f->n, class_mark, strlen(class_mark)), *end;

	class[0] = '\0';
	if (!at)
		return;
	at += strlen(class_mark);
	end = memchr(at, '\n', f->n - (size_t)(at - (const char *)f->bytes));
	if (end && (size_t)(end - at) < n)
		snprintf(class, n, "%.*s", (int)(end - at), at);
}

/* The bytes that an engine's target takes, in a file without a name that outlives us. */
static int
temporary(char *path, size_t n, const void *bytes, size_t n_bytes)
{
	const char *folder = getenv("TMPDIR");
	int fd;

	snprintf(path, n, "%s/gntfuzz-XXXXXX", folder && folder[0] ? folder : "/tmp");
	fd = mkstemp(path);
	if (fd >= 0 && write(fd, bytes, n_bytes) == (ssize_t)n_bytes)
		return fd;
	cli_die(EXIT_RIG, "%s: cannot write a temporary file; set TMPDIR", path);
}

static enum verdict
on_target(const char *target, const void *bytes, size_t n, struct finding *f, char *why)
{
	char path[FILE_PATH_MAX];
	int fd = temporary(path, sizeof(path), bytes, n);
	enum verdict v = guard_target(target, path, f, why);

	close(fd);
	unlink(path);
	return v;
}

static enum verdict
on_both(const struct program *p, struct finding *f, char *why)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	enum verdict v = guard_program(p, true, f, why);

	if (v != VERDICT_SUCCESS)
		return v;
	v = on_target("fuzz_ops", bytes, program_encode(p, bytes), f, why);
	if (v == VERDICT_SKIP)
		cli_say("%s: sanitizers were not tried", why);
	return v == VERDICT_SKIP ? VERDICT_SUCCESS : v;
}

/* What came, against what was recorded. */
static const char *
judgement(enum verdict v, const struct finding *f, const char *class)
{
	if (v == VERDICT_SUCCESS)
		return class[0] ? "none: what was recorded does not show any more"
				: "none: no difference";
	if (class[0] == '\0')
		return "difference";
	return strcmp(class, f->class) == 0 ? "same class"
					    : "difference, of another class than recorded";
}

static void
print_json(const char *path, const char *said, enum verdict v, const struct finding *f,
	   const char *program)
{
	cJSON *j = v == VERDICT_FAILURE ? finding_json(f, program) : cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(j, "file", path);
	cJSON_AddStringToObject(j, "result", said);
	text = cJSON_PrintUnformatted(j);
	puts(text ? text : "{}");
	free(text);
	cJSON_Delete(j);
}

static void
print_text(const char *path, const char *said, enum verdict v, const struct finding *f,
	   const char *program)
{
	char text[900];

	printf("%s: %s\n", path, said);
	if (v != VERDICT_FAILURE)
		return;
	finding_print(f, text, sizeof(text));
	fputs(text, stdout);
	if (program)
		printf("\n%s", program);
}

int
verb_repro(const struct cli_verb *v, int argc, char **argv)
{
	static struct program p;
	bool json = false, is_text_target;
	const struct cli_option options[] = { { "--json", CLI_FLAG, &json, 0, 0 } };
	int n = cli_options(v, options, 1, argc, argv);
	char why[FILE_WHY], class[192], *program = NULL;
	struct file_bytes f;
	struct finding finding;
	enum verdict verdict;

	if (n != 1)
		cli_die(EXIT_USAGE, "repro: %d files; give one", n);
	if (!file_read(&f, argv[0], why))
		cli_die(EXIT_USAGE, "%s", why);
	/* Findings of the parser's target need not be programs. */
	is_text_target = strncmp(file_base(argv[0]), "fuzz_text", 9) == 0;
	if (!is_text_target && !load_bytes(&p, &f, argv[0], why))
		cli_die(EXIT_USAGE, "%s", why);
	recorded_class(class, sizeof(class), &f);
	if (is_text_target) {
		verdict = on_target("fuzz_text", f.bytes, f.n, &finding, why);
	} else {
		program = load_text(&p);
		verdict = on_both(&p, &finding, why);
	}
	if (verdict == VERDICT_ERROR || verdict == VERDICT_SKIP)
		cli_die(verdict == VERDICT_SKIP ? EXIT_SKIP : EXIT_RIG, "%s: %s", argv[0], why);
	(json ? print_json : print_text)(argv[0], judgement(verdict, &finding, class), verdict,
					 &finding, program);
	free(program);
	free(f.bytes);
	return verdict == VERDICT_FAILURE ? EXIT_FINDING : EXIT_OK;
}
