#define _GNU_SOURCE
#include "fuzz/guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/judge.h"
#include "reports/crash.h"

/* What comes back from the other process. */
struct answer {
	enum verdict verdict;
	struct finding finding;
	char why[FILE_WHY];
};

/* What it says as it dies goes to `said'. */
static _Noreturn void
answer_in_child(const struct program *p, bool expect, int fd, int said)
{
	const struct rlimit no_core = { 0, 0 };
	static struct judge judge;
	static struct program copy;
	static struct answer a;
	bool broken;

	setrlimit(RLIMIT_CORE, &no_core);
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	copy = *p;
	a.verdict = VERDICT_ERROR;
	if (judge_open(&judge, "model", "sim", a.why, &broken)) {
		judge.check_expected = expect;
		a.verdict = judge_run(&judge, &copy, &a.finding, a.why);
	}
	if (write(fd, &a, sizeof(a)) != (ssize_t)sizeof(a))
		_exit(EXIT_RIG);
	_exit(EXIT_OK);
}

/* The whole answer, or false when the other end died or time is up. */
static bool
read_answer(struct answer *a, int fd)
{
	double end = child_clock() + GUARD_SECONDS;
	size_t n = 0;

	while (n < sizeof(*a)) {
		struct pollfd p = { fd, POLLIN, 0 };
		int left = (int)((end - child_clock()) * 1000);
		ssize_t got;

		if (left <= 0 || poll(&p, 1, left) == 0)
			return false;
		got = read(fd, (char *)a + n, sizeof(*a) - n);
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		n += got > 0 ? (size_t)got : 0;
	}
	return true;
}

void
guard_tell_death(struct finding *f, int how, int said)
{
	const struct crash_end end = { .status = how, .hang_signal = SIGKILL,
				       .hang_s = GUARD_SECONDS, .said = said };

	crash_tell_end(f, "sim", &end);
}

/* The child has answered, or it ends here. */
static bool
await(pid_t pid, int fd, struct answer *a, int *how)
{
	bool answered = read_answer(a, fd);

	if (!answered)
		kill(pid, SIGKILL);
	waitpid(pid, how, 0);
	return answered;
}

enum verdict
guard_program(const struct program *p, bool expect, struct finding *f, char *why)
{
	int fds[2] = { -1, -1 }, how = 0, said = memfd_create("gntfuzz-said", MFD_CLOEXEC);
	static struct answer a;
	pid_t pid = -1;

	if (said >= 0 && pipe(fds) == 0) {
		fflush(NULL);
		pid = fork();
	}
	if (pid == 0)
		answer_in_child(p, expect, fds[1], said);
	close(fds[1]);
	if (pid < 0) {
		snprintf(why, FILE_WHY, "cannot start a process: %s", strerror(errno));
		a.verdict = VERDICT_ERROR;
	} else if (await(pid, fds[0], &a, &how)) {
		/* Its strings are constants, which are here as well: it was forked. */
		*f = a.finding;
		memcpy(why, a.why, FILE_WHY);
	} else {
		guard_tell_death(f, how, said);
		a.verdict = VERDICT_FAILURE;
	}
	close(fds[0]);
	close(said);
	return a.verdict;
}

enum verdict
guard_target(const char *target, const char *input_path, struct finding *f, char *why)
{
	/* It is to say all it can; and what is known aborts as well. */
	static const char *const environment[] = { "UBSAN_OPTIONS=print_stacktrace=1",
						   "GNTFUZZ_KNOWN=/dev/null", NULL };
	char path[FILE_PATH_MAX], rest[64];
	struct child_args args = { .n = 0 };
	static struct child c;
	int status;

	snprintf(rest, sizeof(rest), "out/fuzz/%s", target);
	cli_root_path(path, sizeof(path), rest);
	if (!file_exists(path)) {
		snprintf(why, FILE_WHY, "out/fuzz/%s is not built", target);
		return VERDICT_SKIP;
	}
	child_arg(&args, path);
	child_arg(&args, "-runs=1");
	child_arg(&args, "-timeout=10");
	child_arg(&args, "-rss_limit_mb=1024");
	child_arg(&args, "-exact_artifact_path=/dev/null");
	child_arg(&args, input_path);
	status = child_run(&c, &args, environment, 3 * GUARD_SECONDS, why);
	if (status == CHILD_NOT_STARTED)
		return VERDICT_ERROR;
	if (status == 0)
		return VERDICT_SUCCESS;
	if (status == CHILD_TIMED_OUT)
		finding_of_failure(f, "sim", "no answer in time");
	else if (!crash_tell(f, "sim", c.tail))
		finding_of_failure(f, "sim", "the target failed and did not say why");
	return VERDICT_FAILURE;
}
