/*
 * cli: what every verb of the command shares: its exit statuses, its one-line errors, its options.
 *
 * An error is exactly one line on stderr that begins with `gntfuzz: ' and says what, where, and
 * what to do. Bytes of the line that came from outside and are not printable are shown as `?'.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Scripts and CI rely on these. */
enum {
	EXIT_OK = 0,
	EXIT_FINDING = 1, /* a finding, or a failed test */
	EXIT_USAGE = 2,   /* bad input: arguments, files */
	EXIT_RIG = 3,     /* what is ours broke */
	EXIT_SKIP = 77,   /* nothing could be done here, and why was said */
	EXIT_INTERRUPTED = 130, /* asked to end early, and nothing was found by then */
};

enum cli_type { CLI_FLAG, CLI_WORD, CLI_NUMBER, CLI_LIST };

enum { CLI_LIST_MAX = 16 };

/* A list option's values, in the order given. */
struct cli_list {
	const char *word[CLI_LIST_MAX];
	unsigned int n;
};

/*
 * One option; `value` is a bool, const char *, uint64_t or struct cli_list, which holds the
 * default.
 */
struct cli_option {
	const char *name; /* "--lane" */
	enum cli_type type;
	void *value;
	uint64_t min, max; /* CLI_NUMBER */
};

/* One verb of the command. */
struct cli_verb {
	const char *name;
	const char *usage; /* what follows the name */
	const char *does;  /* one line */
	int (*run)(const struct cli_verb *v, int argc, char **argv);
};

/*
 * Take the options out of argv (the verb's name at 0 already removed), leaving the operands in
 * front.
 * `--x value' and `--x=value' are the same; `--' ends the options; an option is given once, unless
 * a list. Returns the number of operands.  Exits with EXIT_USAGE on a bad one, EXIT_OK after
 * `--help'.
 */
int cli_options(const struct cli_verb *v, const struct cli_option *o, size_t n, int argc,
		char **argv);

/* Print one error line and exit with `status'. */
_Noreturn void cli_die(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print one line to stderr: `gntfuzz: ...'. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The tree that the command was built in: GNTFUZZ_ROOT, or the working folder. */
const char *cli_root(void);

/* Write `root/rest' into out.  Exits if that does not fit. */
void cli_root_path(char *out, size_t out_bytes, const char *rest);

/*
 * Flush stdout.  Returns `status', or EXIT_RIG with an error line if what was printed did not
 * arrive.
 */
int cli_finish(int status);

/* The verbs. */
int verb_fuzz(const struct cli_verb *v, int argc, char **argv);
int verb_run(const struct cli_verb *v, int argc, char **argv);
int verb_diff(const struct cli_verb *v, int argc, char **argv);
int verb_race(const struct cli_verb *v, int argc, char **argv);
int verb_repro(const struct cli_verb *v, int argc, char **argv);
int verb_convert(const struct cli_verb *v, int argc, char **argv);
int verb_corpus(const struct cli_verb *v, int argc, char **argv);
int verb_compare(const struct cli_verb *v, int argc, char **argv);
int verb_minimize(const struct cli_verb *v, int argc, char **argv);
int verb_bench(const struct cli_verb *v, int argc, char **argv);
int verb_report(const struct cli_verb *v, int argc, char **argv);
int verb_agent(const struct cli_verb *v, int argc, char **argv);
int verb_export(const struct cli_verb *v, int argc, char **argv);
int verb_doctor(const struct cli_verb *v, int argc, char **argv);

#endif
