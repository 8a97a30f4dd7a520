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
#include <sched.h>
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

/* Shared by fork server and target. */
static struct shared {
	/*
	 * The last order; NONE: the target has answered and has no other.  The kernel writes it as
	 * it takes the order from the pipe, so that no kill can come between.
	 */
	volatile uint32_t order;
	/* Whose end the fork server waits for: it has told AFL++ who that is. */
	volatile pid_t awaited;
} *shared;

enum { NONE = 2 };	/* AFL++ says 0 or 1 */

__attribute__((constructor)) static void
begin(void)
{
	void *page = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	shared = page;
	orders = fcntl(AFL_ORDERS, F_DUPFD_CLOEXEC, COPIES);
	answers = fcntl(AFL_ANSWERS, F_DUPFD_CLOEXEC, COPIES);
}

static void
must(bool ok)
{
	if (!ok)
		_exit(1);
}

static void
await_order(void)
{
	must(read(orders, (void *)&shared->order, sizeof(shared->order)) ==
	     sizeof(shared->order));
}

/*
 * A new target may be done before the fork server has said that there is one.  Returns who it is.
 */
static pid_t
await_announcement(void)
{
	const pid_t self = getpid();

	while (shared->awaited != self)
		sched_yield();
	return self;
}

/*
 * To stop oneself is to say that an input went well.  What AFL++ reads next, at its next order, is
 * who runs the input: said at once, too, it wakes nobody a second time.
 */
int
__wrap_raise(int sig)
{
	static pid_t fine_and_who[2];

	if (sig != SIGSTOP || orders < 0 || answers < 0)
		return __real_raise(sig);
	if (fine_and_who[1] == 0)
		fine_and_who[1] = await_announcement();
	shared->order = NONE;
	must(write(answers, fine_and_who, sizeof(fine_and_who)) == sizeof(fine_and_who));
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
	pid_t who;

	if (orders < 0)
		return __real_waitpid(pid, status, options);
	shared->awaited = pid;
	who = __real_waitpid(pid, status, options);
	if (who > 0 && shared->order == NONE && !WIFSTOPPED(*status)) {
		await_order();
		*status = 0;
	}
	return who;
}

#else

/* ISO C wants something in a file. */
typedef int answer_nothing;

#endif
