#define _GNU_SOURCE
#include "fuzz/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/tell.h"

enum { LINE_MAX_BYTES = 1200 };

static void __attribute__((format(printf, 1, 0))) say(const char *format, va_list args)
{
	char line[LINE_MAX_BYTES];

	vsnprintf(line, sizeof(line), format, args);
	tell_printable(line);
	/* Ours comes after what stdout was told before. */
	fflush(stdout);
	fprintf(stderr, "gntfuzz: %s\n", line);
}

void
cli_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void
cli_die(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	exit(status);
}

static const struct cli_option *
find_option(const struct cli_option *o, size_t n, const char *word)
{
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < n; i++)
		if (strlen(o[i].name) == length && strncmp(o[i].name, word, length) == 0)
			return &o[i];
	return NULL;
}

static void
set_number(const struct cli_verb *v, const struct cli_option *o, const char *value)
{
	uint64_t *out = o->value;
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0')
		cli_die(EXIT_USAGE, "%s %s: '%s' is not a number; give one from %llu to %llu",
			v->name, o->name, value, (unsigned long long)o->min,
			(unsigned long long)o->max);
	if (errno == ERANGE || number < o->min || number > o->max)
		cli_die(EXIT_USAGE, "%s %s: %s is out of range; give a number from %llu to %llu",
			v->name, o->name, value, (unsigned long long)o->min,
			(unsigned long long)o->max);
	*out = number;
}

static void
set_option(const struct cli_verb *v, const struct cli_option *o, const char *value)
{
	struct cli_list *list = o->value;

	if (o->type != CLI_FLAG && value[0] == '\0')
		cli_die(EXIT_USAGE, "%s %s: the value is empty", v->name, o->name);
	switch (o->type) {
	case CLI_FLAG:
		*(bool *)o->value = true;
		return;
	case CLI_WORD:
		*(const char **)o->value = value;
		return;
	case CLI_NUMBER:
		set_number(v, o, value);
		return;
	case CLI_LIST:
		if (list->n == CLI_LIST_MAX)
			cli_die(EXIT_USAGE, "%s %s: given more than %d times", v->name, o->name,
				CLI_LIST_MAX);
		list->word[list->n++] = value;
		return;
	}
}

/* The value of the option at argv[i], which may be the next word.  Moves *i past it. */
static const char *
option_value(const struct cli_verb *v, const struct cli_option *o, int argc, char **argv, int *i)
{
	const char *equals = strchr(argv[*i], '=');

	if (o->type == CLI_FLAG) {
		if (equals)
			cli_die(EXIT_USAGE, "%s %s: takes no value", v->name, o->name);
		return "";
	}
	if (equals)
		return equals + 1;
	if (*i + 1 >= argc)
		cli_die(EXIT_USAGE, "%s %s: a value must follow; see `gntfuzz help'", v->name,
			o->name);
	return argv[++*i];
}

static void
help(const struct cli_verb *v)
{
	printf("usage: gntfuzz %s%s%s\n\n%s\n", v->name, v->usage[0] ? " " : "", v->usage, v->does);
	exit(cli_finish(EXIT_OK));
}

int
cli_options(const struct cli_verb *v, const struct cli_option *o, size_t n, int argc, char **argv)
{
	uint64_t given = 0;
	int operands = 0;

	for (int i = 0; i < argc; i++) {
		const struct cli_option *found;

		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[operands++] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--") == 0) {
			while (++i < argc)
				argv[operands++] = argv[i];
			break;
		}
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			help(v);
		found = find_option(o, n, argv[i]);
		if (!found)
			cli_die(EXIT_USAGE, "%s: no option '%s'; see `gntfuzz %s --help'", v->name,
				argv[i], v->name);
		if (found->type != CLI_LIST && given & UINT64_C(1) << (found - o))
			cli_die(EXIT_USAGE, "%s %s: given twice", v->name, found->name);
		given |= UINT64_C(1) << (found - o);
		set_option(v, found, option_value(v, found, argc, argv, &i));
	}
	return operands;
}

const char *
cli_root(void)
{
	const char *root = getenv("GNTFUZZ_ROOT");

	return root && root[0] ? root : ".";
}

void
cli_root_path(char *out, size_t out_bytes, const char *rest)
{
	int n = snprintf(out, out_bytes, "%s/%s", cli_root(), rest);

	if (n < 0 || (size_t)n >= out_bytes)
		cli_die(EXIT_USAGE, "%s: the path is too long; move the tree", cli_root());
}

int
cli_finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_say("standard output: %s; what was printed is not complete", strerror(errno));
	return EXIT_RIG;
}
