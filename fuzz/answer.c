/*
 * answer: a target under AFL++ answers it directly.
 *
 * As AFL++ comes, a persistent target stops itself after each input; the fork server, which waits
 * for that, tells AFL++, and has the target go on when the next input is there.  These are signals
 * and switches between three processes, and most of what an input costs.  Here the target says
 * itself, on the fork server's pipes, that it is done, and waits for the order to go on; the fork
 * server sleeps until the target dies, and then reports that and forks the next one, as ever.
 * AFL++ reads the same bytes in the same order.
 *
 * Linked with --wrap=raise and --wrap=waitpid.  Without a fork server, or where an AFL++ stops its
 * targets in another way, nothing is changed.
 */
#ifdef __AFL_COMPILER

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* AFL++'s own: its ends of the pipes.  A forked target closes them, so what we use are copies. */
enum { AFL_ORDERS = 198, AFL_ANSWERS = 199, COPIES = 200 };

int __real_raise(int sig);
int __wrap_raise(int sig);
pid_t __real_waitpid(pid_t pid, int *status, int options);
pid_t __wrap_waitpid(pid_t pid, int *status, int options);

static int orders = -1, answers = -1;

/* Shared by fork server and target: the target has answered and has no order since. */
static volatile bool *idle;

__attribute__((constructor)) static void
begin(void)
{
	void *page = mmap(NULL, sizeof(*idle), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED)
		return;
	idle = page;
	orders = fcntl(AFL_ORDERS, F_DUPFD_CLOEXEC, COPIES);
	answers = fcntl(AFL_ANSWERS, F_DUPFD_CLOEXEC, COPIES);
}

static void
await_order(void)
{
	uint32_t was_killed;

	if (read(orders, &was_killed, sizeof(was_killed)) != sizeof(was_killed))
		_exit(1);
	*idle = false;
}

/*
 * To stop oneself is to say that an input went well.  What AFL++ reads next, at its next order, is
 * who runs the input: said at once, too, it wakes nobody a second time.
 */
int
__wrap_raise(int sig)
{
	const uint32_t fine_and_who[2] = { 0, (uint32_t)getpid() };

	if (sig != SIGSTOP || orders < 0 || answers < 0)
		return __real_raise(sig);
	*idle = true;
	if (write(answers, fine_and_who, sizeof(fine_and_who)) != sizeof(fine_and_who))
		_exit(1);
	await_order();
	return 0;
}

/*
 * The fork server waits for its target's end.  If somebody killed it between two inputs, its last
 * answer is given, and the next order finds nobody: that input is passed over, as if all went well.
 */
pid_t
__wrap_waitpid(pid_t pid, int *status, int options)
{
	pid_t who = __real_waitpid(pid, status, options);

	if (idle != NULL && *idle && who > 0 && !WIFSTOPPED(*status)) {
		await_order();
		*status = 0;
	}
	return who;
}

#else

/* ISO C wants something in a file. */
typedef int answer_nothing;

#endif
