/*
 * jury_fork: lanes in this process, asked in a child, which lives until a program ends it.
 *
 * Programs and answers lie in memory that both processes see; a byte through a socket says whose
 * turn it is, and its end that the child died.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff/lane_host.h"
#include "fuzz/guard.h"
#include "fuzz/jury.h"

/* A program takes some microseconds; on a host that has work to do, nobody knows how long. */
enum { SILENT_MS = 2000, SILENT_HOST_MS = 30000 };

/* What both processes see. */
struct board {
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

/* What the jury owns. */
struct other {
	pid_t pid;		/* 0: none */
	int fd;
	int said;		/* a file for what it says as it dies */
	struct board *board;
};

static bool
fork_open(struct jury *j, char *why)
{
	struct other *o = calloc(1, sizeof(*o));
	void *shared = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (o == NULL || shared == MAP_FAILED ||
	    (o->said = memfd_create("gntfuzz-said", MFD_CLOEXEC)) < 0) {
		snprintf(why, FILE_WHY, "out of memory for programs to judge");
		free(o);
		return false;
	}
	o->board = shared;
	j->own = o;
	return true;
}

/* ------------------------------------------------------------------ the child */

static void
judge_turn(struct jury *j, struct board *b)
{
	b->verdict = VERDICT_SUCCESS;
	while (b->n_done < b->n && !b->shows && b->verdict != VERDICT_ERROR) {
		struct program *p = &b->program[b->n_done];

		b->verdict = judge_run(j->judge, p, &b->finding, b->why);
		b->shows = b->verdict == VERDICT_FAILURE &&
			   (b->any || strcmp(b->finding.class, b->class) == 0);
		b->n_done++;
	}
}

static _Noreturn void
serve(struct jury *j, const struct other *o, int fd)
{
	const struct rlimit no_core = { 0, 0 };
	char turn;

	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(o->said, STDOUT_FILENO);
	dup2(o->said, STDERR_FILENO);
	while (read(fd, &turn, 1) == 1) {
		judge_turn(j, o->board);
		if (send(fd, &turn, 1, MSG_NOSIGNAL) != 1)
			break;
	}
	_exit(0);
}

/* ------------------------------------------------------------------ the parent */

static bool
start(struct jury *j, struct other *o, char *why)
{
	int fds[2] = { -1, -1 };

	if (o->pid > 0)
		return true;
	ftruncate(o->said, 0);
	lseek(o->said, 0, SEEK_SET);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0 ||
	    (fflush(NULL), o->pid = fork()) < 0) {
		snprintf(why, FILE_WHY, "cannot start a process: %s", strerror(errno));
		close(fds[0]);
		close(fds[1]);
		o->pid = 0;
		return false;
	}
	if (o->pid == 0) {
		close(fds[0]);
		serve(j, o, fds[1]);
	}
	close(fds[1]);
	o->fd = fds[0];
	return true;
}

/* Returns its status, as of waitpid. */
static int
end(struct other *o)
{
	int how = 0;

	if (o->pid <= 0)
		return 0;
	kill(o->pid, SIGKILL);
	waitpid(o->pid, &how, 0);
	close(o->fd);
	o->pid = 0;
	return how;
}

/* Wait until the turn is over: true, or the child has died or hangs. */
static bool
wait_turn(const struct jury *j, const struct other *o, bool *silent)
{
	bool host = j->judge->got != NULL && j->judge->got->kind == &lane_host;
	struct pollfd p = { o->fd, POLLIN, 0 };
	unsigned int seen = 0;
	char turn;

	for (;;) {
		int n = poll(&p, 1, host ? SILENT_HOST_MS : SILENT_MS);

		if (n > 0)
			return read(o->fd, &turn, 1) == 1;
		*silent = n == 0 && o->board->n_done == seen;
		if (*silent || (n < 0 && errno != EINTR))
			return false;
		seen = o->board->n_done;
	}
}

/* Have the child judge the programs from the board's.  As wait_turn. */
static bool
take_turn(struct jury *j, bool *silent, char *why)
{
	struct other *o = j->own;

	o->board->n_done = 0;
	o->board->shows = false;
	*silent = false;
	return start(j, o, why) && send(o->fd, "", 1, MSG_NOSIGNAL) == 1 && wait_turn(j, o, silent);
}

/* The child did not survive a program: what is to be said of that. */
static enum verdict
look_at_death(struct jury *j, bool silent)
{
	struct other *o = j->own;
	int how = end(o);

	j->n_deaths++;
	if (silent && j->hangs) {
		snprintf(j->finding.class, sizeof(j->finding.class), "%s", j->class);
		return VERDICT_FAILURE;
	}
	if (silent && j->class != NULL)
		return VERDICT_SUCCESS;
	guard_tell_death(&j->finding, how, o->said);
	return VERDICT_FAILURE;
}

static unsigned int
fork_first(struct jury *j, const struct program *const programs[], unsigned int n)
{
	struct other *o = j->own;
	struct board *b = o->board;
	char why[FILE_WHY] = "";

	b->any = j->class == NULL;
	snprintf(b->class, sizeof(b->class), "%s", b->any ? "" : j->class);
	for (unsigned int at = 0; at < n && jury_goes_on(j);) {
		bool silent;

		b->n = n - at;
		for (unsigned int i = 0; i < b->n; i++)
			b->program[i] = *programs[at + i];
		if (take_turn(j, &silent, why)) {
			if (b->verdict == VERDICT_ERROR)
				snprintf(j->broke, sizeof(j->broke), "%s", b->why);
			if (!b->shows)
				return n;
			j->finding = b->finding;
			return at + b->n_done - 1;
		}
		at += b->n_done;
		if (o->pid == 0)
			return n;
		if (jury_is_same(j, look_at_death(j, silent)) && at < n)
			return at;
		at++;
	}
	return n;
}

static enum verdict
fork_look(struct jury *j, const struct program *p, char *why)
{
	struct other *o = j->own;
	struct board *b = o->board;
	bool silent;

	if (j->judge->duel != NULL)
		return guard_program(p, j->judge->check_expected, &j->finding, why);
	b->n = 1;
	b->any = true;
	b->program[0] = *p;
	if (!take_turn(j, &silent, why)) {
		if (o->pid == 0)
			return VERDICT_ERROR;
		return look_at_death(j, silent);
	}
	j->finding = b->finding;
	snprintf(why, FILE_WHY, "%s", b->why);
	return b->verdict;
}

static void
fork_close(struct jury *j)
{
	struct other *o = j->own;

	end(o);
	close(o->said);
	munmap(o->board, sizeof(*o->board));
	free(o);
}

const struct jury_kind jury_fork = {
	fork_open, fork_first, fork_look, jury_lanes_able, fork_close, true,
};
