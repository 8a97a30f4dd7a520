/*
 * jury_fork: lanes in this process, asked in a child, which lives until a program ends it.
 *
 * Programs and answers lie in memory that both processes see; a byte through a socket says whose
 * turn it is, and its end that the child died.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/guard.h"
#include "fuzz/jury.h"

enum { SILENT_MS = 2000 };	/* a program takes some microseconds */

/* What the jury owns. */
struct board {
	pid_t pid;		/* 0: none */
	int fd;
	/* For one turn. */
	unsigned int n;
	bool any;		/* any class ends the turn */
	char class[sizeof(((struct finding *)0)->class)];
	struct program program[SHRINK_BATCH];
	/* The child's. */
	volatile unsigned int n_done;	/* programs judged, of which the last... */
	volatile bool shows;		/* ... showed it */
	enum verdict verdict;		/* of the last */
	struct finding finding;
	char why[FILE_WHY];
};

static bool
fork_open(struct jury *j, char *why)
{
	void *shared = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED) {
		snprintf(why, FILE_WHY, "out of memory for programs to judge");
		return false;
	}
	j->own = shared;
	return true;
}

/* ------------------------------------------------------------------ the child */

static void
judge_turn(struct jury *j, struct board *b)
{
	while (b->n_done < b->n && !b->shows) {
		struct program *p = &b->program[b->n_done];

		b->verdict = judge_run(j->judge, p, &b->finding, b->why);
		b->shows = b->verdict == VERDICT_FAILURE &&
			   (b->any || strcmp(b->finding.class, b->class) == 0);
		b->n_done++;
	}
}

/* What a dying process has to say is said again, by guard, if it is to be heard. */
static _Noreturn void
serve(struct jury *j, int fd)
{
	const struct rlimit no_core = { 0, 0 };
	int nowhere = open("/dev/null", O_RDWR);
	char turn;

	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(nowhere, 1);
	dup2(nowhere, 2);
	while (read(fd, &turn, 1) == 1) {
		judge_turn(j, j->own);
		if (send(fd, &turn, 1, MSG_NOSIGNAL) != 1)
			break;
	}
	_exit(0);
}

/* ------------------------------------------------------------------ the parent */

static bool
start(struct jury *j, struct board *b, char *why)
{
	int fds[2] = { -1, -1 };

	if (b->pid > 0)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0 ||
	    (fflush(NULL), b->pid = fork()) < 0) {
		snprintf(why, FILE_WHY, "cannot start a process: %s", strerror(errno));
		close(fds[0]);
		close(fds[1]);
		b->pid = 0;
		return false;
	}
	if (b->pid == 0) {
		close(fds[0]);
		serve(j, fds[1]);
	}
	close(fds[1]);
	b->fd = fds[0];
	return true;
}

static void
end(struct board *b)
{
	if (b->pid <= 0)
		return;
	kill(b->pid, SIGKILL);
	waitpid(b->pid, NULL, 0);
	close(b->fd);
	b->pid = 0;
}

/* Wait until the turn is over: true, or the child has died or hangs. */
static bool
wait_turn(struct board *b, bool *silent)
{
	struct pollfd p = { b->fd, POLLIN, 0 };
	unsigned int seen = 0;
	char turn;

	*silent = false;
	for (;;) {
		int n = poll(&p, 1, SILENT_MS);

		if (n > 0)
			return read(b->fd, &turn, 1) == 1;
		*silent = n == 0 && b->n_done == seen;
		if (*silent || (n < 0 && errno != EINTR))
			return false;
		seen = b->n_done;
	}
}

/* Have the child judge the programs from the board's.  As wait_turn. */
static bool
take_turn(struct jury *j, struct board *b, bool *silent, char *why)
{
	b->n_done = 0;
	b->shows = false;
	*silent = false;
	return start(j, b, why) && send(b->fd, "", 1, MSG_NOSIGNAL) == 1 && wait_turn(b, silent);
}

/* The child did not survive p: what is to be said of that. */
static enum verdict
look_at_death(struct jury *j, const struct program *p, bool silent, char *why)
{
	j->n_deaths++;
	if (silent && j->hangs) {
		snprintf(j->finding.class, sizeof(j->finding.class), "%s", j->class);
		return VERDICT_FAILURE;
	}
	if (silent && j->class != NULL)
		return VERDICT_SUCCESS;
	if (j->judge->duel != NULL)
		return guard_program(p, j->judge->check_expected, &j->finding, why);
	finding_of_failure(&j->finding, j->judge->got_name, silent ? "no answer" : "died");
	return VERDICT_FAILURE;
}

static unsigned int
fork_first(struct jury *j, const struct program *const programs[], unsigned int n)
{
	struct board *b = j->own;
	char why[FILE_WHY] = "";

	b->any = j->class == NULL;
	snprintf(b->class, sizeof(b->class), "%s", b->any ? "" : j->class);
	for (unsigned int at = 0; at < n && jury_goes_on(j);) {
		bool silent;

		b->n = n - at;
		for (unsigned int i = 0; i < b->n; i++)
			b->program[i] = *programs[at + i];
		if (take_turn(j, b, &silent, why)) {
			if (!b->shows)
				return n;
			j->finding = b->finding;
			return at + b->n_done - 1;
		}
		at += b->n_done;
		end(b);
		if (at < n && jury_is_same(j, look_at_death(j, programs[at], silent, why)))
			return at;
		at++;
	}
	return n;
}

static enum verdict
fork_look(struct jury *j, const struct program *p, char *why)
{
	struct board *b = j->own;
	bool silent;

	if (j->judge->duel != NULL)
		return guard_program(p, j->judge->check_expected, &j->finding, why);
	b->n = 1;
	b->any = true;
	b->program[0] = *p;
	if (!take_turn(j, b, &silent, why)) {
		if (b->pid == 0)
			return VERDICT_ERROR;
		end(b);
		return look_at_death(j, p, silent, why);
	}
	j->finding = b->finding;
	snprintf(why, FILE_WHY, "%s", b->why);
	return b->verdict;
}

static void
fork_close(struct jury *j)
{
	end(j->own);
	munmap(j->own, sizeof(struct board));
}

const struct jury_kind jury_fork = { fork_open, fork_first, fork_look, fork_close };
