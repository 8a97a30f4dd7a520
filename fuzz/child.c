#define _GNU_SOURCE
#include "fuzz/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/file.h"

double
child_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
child_arg(struct child_args *a, const char *word)
{
	if (a->n < CHILD_ARGS_MAX)
		a->word[a->n++] = word;
	a->word[a->n] = NULL;
}

/* In the new process: become the program. */
static _Noreturn void
become(const struct child_args *args, const char *const *environment, int output, pid_t parent)
{
	int in = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CHILD_NOT_STARTED);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (in < 0 || dup2(in, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		_exit(CHILD_NOT_STARTED);
	for (; environment && *environment; environment++)
		putenv((char *)(uintptr_t)*environment);
	execv(args->word[0], (char *const *)(uintptr_t)args->word);
	dprintf(2, "%s: %s\n", args->word[0], strerror(errno));
	_exit(CHILD_NOT_STARTED);
}

bool
child_start(struct child *c, const struct child_args *args, const char *const *environment,
	    char *why)
{
	pid_t parent = getpid();
	int pipes[2];

	memset(c, 0, sizeof(*c));
	c->output = -1;
	if (access(args->word[0], X_OK) != 0) {
		snprintf(why, FILE_WHY, "%s: %s; run ./gntfuzz, which builds it", args->word[0],
			 strerror(errno));
		return false;
	}
	if (pipe2(pipes, O_CLOEXEC) != 0) {
		snprintf(why, FILE_WHY, "%s: no pipe: %s", args->word[0], strerror(errno));
		return false;
	}
	fflush(NULL);
	c->pid = fork();
	if (c->pid == 0)
		become(args, environment, pipes[1], parent);
	close(pipes[1]);
	c->output = pipes[0];
	fcntl(c->output, F_SETFL, O_NONBLOCK);
	if (c->pid > 0)
		return true;
	snprintf(why, FILE_WHY, "%s: cannot start: %s", args->word[0], strerror(errno));
	close(c->output);
	c->pid = 0;
	c->output = -1;
	return false;
}

/* Keep the last CHILD_TAIL - 1 bytes, and hand out the lines that are now whole. */
static void
keep(struct child *c, const char *bytes, size_t n, void (*fn)(void *arg, const char *line),
     void *arg)
{
	for (size_t i = 0; i < n; i++) {
		char *line;

		if (c->tail_n == sizeof(c->tail) - 1) {
			memmove(c->tail, c->tail + sizeof(c->tail) / 2,
				c->tail_n - sizeof(c->tail) / 2);
			c->tail_n -= sizeof(c->tail) / 2;
		}
		c->tail[c->tail_n] = '\0';
		if (bytes[i] == '\n' && fn) {
			line = memrchr(c->tail, '\n', c->tail_n);
			fn(arg, line ? line + 1 : c->tail);
		}
		c->tail[c->tail_n++] = bytes[i] ? bytes[i] : '?';
		c->tail[c->tail_n] = '\0';
	}
}

bool
child_read(struct child *c, void (*fn)(void *arg, const char *line), void *arg)
{
	char bytes[4096];
	ssize_t n;

	while (c->output >= 0) {
		n = read(c->output, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0) {
			close(c->output);
			c->output = -1;
			return false;
		}
		keep(c, bytes, (size_t)n, fn, arg);
	}
	return false;
}

bool
child_ended(struct child *c, int *status)
{
	struct rusage usage;
	int how;

	if (c->pid == 0 || wait4(c->pid, &how, WNOHANG, &usage) != c->pid)
		return false;
	c->pid = 0;
	c->rss_kib = usage.ru_maxrss;
	*status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
	child_read(c, NULL, NULL);
	if (c->output >= 0)
		close(c->output);
	c->output = -1;
	return true;
}

void
child_signal(struct child *c, int signal_number)
{
	if (c->pid > 0)
		kill(c->pid, signal_number);
}

int
child_wait(struct child *c, double seconds)
{
	double end = child_clock() + seconds;
	int status = CHILD_NOT_STARTED;
	bool killed = false;

	while (c->pid > 0 && !child_ended(c, &status)) {
		struct pollfd p = { c->output, POLLIN, 0 };

		poll(&p, c->output >= 0 ? 1 : 0, 20);
		child_read(c, NULL, NULL);
		if (!killed && child_clock() > end) {
			child_signal(c, SIGKILL);
			killed = true;
		}
	}
	return killed ? CHILD_TIMED_OUT : status;
}

int
child_run(struct child *c, const struct child_args *args, const char *const *environment,
	  double seconds, char *why)
{
	if (!child_start(c, args, environment, why))
		return CHILD_NOT_STARTED;
	return child_wait(c, seconds);
}
