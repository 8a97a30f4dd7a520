/*
 * watch: a second process with the same memory, for the case that the first is killed.
 *
 * What Xen maps for a process must be undone from its own address space.  That lives on in the
 * watcher, with all books; files and signals are its own.  Files of the first process stay open in
 * it: whoever waits for their end, or for a lock on one, waits until all is undone.
 */
#define _GNU_SOURCE
#include "arch/linux/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK_BYTES = 1 << 18 };

static struct {
	struct arch *arch;
	int alive[2];		/* a pipe that ends when the first process does */
	pid_t pid;
	bool over;		/* the first process has undone all itself */
} watch = { .alive = { -1, -1 } };

static int
watch_main(void *unused)
{
	char byte;

	(void)unused;
	setsid();
	prctl(PR_SET_NAME, "gntfuzz-watch");
	close(watch.alive[1]);
	while (read(watch.alive[0], &byte, 1) < 0 && errno == EINTR)
		;
	if (!watch.over)
		process_undo(watch.arch);
	_exit(0);
}

bool
process_watch(struct arch *a, char *why, size_t why_bytes)
{
	uint8_t *stack = malloc(STACK_BYTES);

	watch.arch = a;
	if (stack != NULL && pipe2(watch.alive, O_CLOEXEC) == 0)
		watch.pid = clone(watch_main, stack + STACK_BYTES, CLONE_VM | SIGCHLD, NULL);
	if (watch.pid > 0)
		return true;
	watch.pid = 0;
	snprintf(why, why_bytes, "no watcher: %s", strerror(errno));
	return false;
}

void
process_unwatch(void)
{
	watch.over = true;
	if (watch.alive[1] >= 0)
		close(watch.alive[1]);
	if (watch.pid > 0)
		waitpid(watch.pid, NULL, 0);
	watch.pid = 0;
}
