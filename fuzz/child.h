/*
 * child: another program, started and supervised.
 *
 * A child dies with us, even if we are killed; it has a process group of its own, so that a Ctrl-C
 * at the terminal comes to us alone and we end it in our own way.  What it prints, on both outputs,
 * comes through one pipe.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	CHILD_ARGS_MAX = 80,
	CHILD_TAIL = 1 << 15, /* a sanitizer says much */
	CHILD_TIMED_OUT = 124, /* as timeout(1) says it */
	CHILD_NOT_STARTED = 127,
};

struct child {
	pid_t pid;             /* 0: none, or already waited for */
	int output;            /* pipe's end to read, not blocking; -1: closed */
	long rss_kib;          /* after the end: the most memory it had */
	char tail[CHILD_TAIL]; /* the last of what it printed, NUL-terminated */
	size_t tail_n;
};

/* An argument list, built piece by piece; the pieces are the caller's. */
struct child_args {
	const char *word[CHILD_ARGS_MAX + 1];
	unsigned int n;
};

void child_arg(struct child_args *a, const char *word);

/*
 * Start args->word[0] (a path).  `environment' are NAME=VALUE strings added to ours,
 * NULL-terminated; may be NULL. False with one line in why[FILE_WHY].
 */
bool child_start(struct child *c, const struct child_args *args, const char *const *environment,
		 char *why);

/*
 * Take what the child printed by now.  Each whole line is given to fn (may be NULL), without
 * newline. Returns false once it closed its outputs.
 */
bool child_read(struct child *c, void (*fn)(void *arg, const char *line), void *arg);

/* Whether it has ended; then *status is as a shell says it (128 + signal), and *c is done with. */
bool child_ended(struct child *c, int *status);

/* Ask it to end by `signal', or make it end.  A no-op for one that has ended. */
void child_signal(struct child *c, int signal);

/*
 * Wait at most `seconds', then kill it.  Returns its status, CHILD_TIMED_OUT if killed.  The output
 * is in c->tail.
 */
int child_wait(struct child *c, double seconds);

/* Start, and wait.  The status, or CHILD_NOT_STARTED with a line in why. */
int child_run(struct child *c, const struct child_args *args, const char *const *environment,
	      double seconds, char *why);

/* Seconds by a clock that nobody sets. */
double child_clock(void);

#endif
