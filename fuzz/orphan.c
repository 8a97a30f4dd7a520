/*
 * orphan: a target under AFL++ ends when AFL++ does.
 *
 * A fork server stands between AFL++ and its target, which may be stopped between inputs (see
 * answer.c).  If AFL++ is killed, a stopped or busy target would be left.  libFuzzer is one process
 * and needs none of it.
 */
#ifdef __AFL_COMPILER

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

static void
die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The fork server, and after each fork what it made: a child does not inherit the wish. */
__attribute__((constructor)) static void
begin(void)
{
	die_with_parent();
	if (pthread_atfork(NULL, NULL, die_with_parent) != 0)
		abort();
}

#else

/* ISO C wants something in a file. */
typedef int orphan_nothing;

#endif
