#define _GNU_SOURCE
#include "diff/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "diff/mailbox_map.h"
#include "diff/qemu_line.h"
#include "diff/tree.h"

enum {
	BOOT_CPU_MS_MAX = 15 * 1000,	/* the machine's own time: load is not silence */
	BOOT_MS_MAX = 60 * 1000,
	BOOT_NAP_US = 2000,
	SILENT_CPU_MS_MAX = 2000,
	SILENT_MS_MAX = 10 * 1000,
	SPINS_MAX = 2000,
	NAP_US = 50,
	NAPS_PER_LOOK = 200,		/* between two looks at the machine */
	WORDS_NAP_US = 30 * 1000,	/* in which something more is said, if it is */
	WORDS_NAPS_MAX = 20,
};

struct qemu {
	uint64_t memory_bytes, memory_at;
	pid_t pid;			/* -1: none, or reaped */
	int exit_status;		/* as waitpid gave it */
	struct qemu_files files;
	struct console console;
	struct mailbox *mailbox;	/* NULL until the guest has said where it is */
	/* The last sign of life. */
	uint32_t done, at;
	int64_t alive_ms, alive_cpu_ms;
};

/* ------------------------------------------------------------------ time */

static int64_t
clock_ms(clockid_t clock)
{
	struct timespec t;

	return clock_gettime(clock, &t) == 0 ? (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 : 0;
}

static int64_t
cpu_ms(const struct qemu *q)
{
	clockid_t clock;

	return clock_getcpuclockid(q->pid, &clock) == 0 ? clock_ms(clock) : 0;
}

static void
nap(unsigned int us)
{
	nanosleep(&(struct timespec){ .tv_nsec = (long)us * 1000 }, NULL);
}

/* ------------------------------------------------------------------ the child */

static _Noreturn void
exec_qemu(const struct qemu *q, pid_t parent, char *const argv[])
{
	int null = open("/dev/null", O_RDONLY);

	setsid();	/* what a user types at us is not for it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);	/* it died before we could ask */
	dup2(null, STDIN_FILENO);
	dup2(q->console.fd, STDOUT_FILENO);
	dup2(q->console.fd, STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	fcntl(q->files.memory, F_SETFD, 0);
	fcntl(q->files.program, F_SETFD, 0);
	fcntl(q->files.tree, F_SETFD, 0);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* The tree of a machine that takes no modules; `tree' is room for it.  If false, errno. */
static bool
write_tree(const struct qemu *q, const struct qemu_machine *m, void *tree)
{
	const struct tree_file program = {
		.at = qemu_line_program_at(m), .bytes = m->program_bytes,
	};
	struct tree_file guest[DOMAINS_MAX];
	size_t bytes;

	for (unsigned int d = 0; d < m->guests; d++)
		guest[d] = (struct tree_file){
			qemu_line_guest_at(m, d), m->guest_bytes, d == 0 ? m->guest_options : "peer"
		};
	bytes = tree_write(tree, m->tree, guest, m->guests, m->program_bytes > 0 ? &program : NULL);
	errno = EINVAL;
	return bytes > 0 && write(q->files.tree, tree, bytes) == (ssize_t)bytes;
}

/* Nothing for one that takes modules. */
static bool
make_tree(const struct qemu *q, const struct qemu_machine *m)
{
	void *tree;
	bool done;

	if (m->guest_at == 0)
		return true;
	tree = malloc(TREE_BYTES);
	done = tree != NULL && write_tree(q, m, tree);
	free(tree);
	return done;
}

static bool
spawn(struct qemu *q, const struct qemu_machine *m)
{
	pid_t parent = getpid();
	struct qemu_line line;

	if (!make_tree(q, m))
		return false;
	qemu_line_boot(&line, m, &q->files);
	q->pid = fork();
	if (q->pid == 0)
		exec_qemu(q, parent, line.argv);
	return q->pid > 0;
}

static bool
has_ended(struct qemu *q)
{
	if (q->pid > 0 && waitpid(q->pid, &q->exit_status, WNOHANG) == q->pid)
		q->pid = -1;
	return q->pid < 0;
}

/* A machine that ended, which it does not by itself: a guest can only have it reset. */
static enum qemu_state
tell_end(const struct qemu *q, char *why, size_t why_bytes)
{
	char line[160];

	console_last_line(&q->console, line, sizeof(line));
	if (WIFEXITED(q->exit_status) && WEXITSTATUS(q->exit_status) == 0) {
		snprintf(why, why_bytes, "the machine was reset, as by a triple fault");
		return QEMU_DIED;
	}
	if (WIFSIGNALED(q->exit_status))
		snprintf(why, why_bytes, "QEMU was ended by signal %d; last line: %s",
			 WTERMSIG(q->exit_status), line);
	else
		snprintf(why, why_bytes, "QEMU ended; last line: %s", line);
	return QEMU_BROKEN;
}

/* ------------------------------------------------------------------ is it alive? */

static void
note_life(struct qemu *q)
{
	q->alive_ms = clock_ms(CLOCK_MONOTONIC);
	q->alive_cpu_ms = cpu_ms(q);
}

/* Whether the guest has done nothing for too long. */
static bool
is_silent(struct qemu *q, char *why, size_t why_bytes)
{
	uint32_t done = __atomic_load_n(&q->mailbox->done, __ATOMIC_RELAXED);
	uint32_t at = __atomic_load_n(&q->mailbox->at, __ATOMIC_RELAXED);

	if (done != q->done || at != q->at) {
		q->done = done;
		q->at = at;
		note_life(q);
		return false;
	}
	if (cpu_ms(q) - q->alive_cpu_ms < SILENT_CPU_MS_MAX &&
	    clock_ms(CLOCK_MONOTONIC) - q->alive_ms < SILENT_MS_MAX)
		return false;
	snprintf(why, why_bytes, "the guest is silent");
	return true;
}

/* Last words come slowly: wait for the rest of them. */
static void
hear_out(struct qemu *q, char *why, size_t why_bytes)
{
	off_t heard = -1;
	uint64_t frame;

	for (int i = 0; i < WORDS_NAPS_MAX && heard != console_bytes(&q->console); i++) {
		heard = console_bytes(&q->console);
		nap(WORDS_NAP_US);
	}
	console_read(&q->console, &frame, why, why_bytes);
}

/* Look at the machine.  *frame: of the mailbox, if the guest says so. */
static enum qemu_state
look(struct qemu *q, uint64_t *frame, char *why, size_t why_bytes)
{
	bool ended = has_ended(q);	/* asked before its last words are read: none come after */

	if (console_read(&q->console, frame, why, why_bytes)) {
		hear_out(q, why, why_bytes);
		return QEMU_DIED;
	}
	if (ended)
		return tell_end(q, why, why_bytes);
	if (q->mailbox != NULL && is_silent(q, why, why_bytes))
		return QEMU_SILENT;
	return QEMU_RUNS;
}

enum qemu_state
qemu_wait(struct qemu *q, uint32_t done, char *why, size_t why_bytes)
{
	enum qemu_state state = QEMU_RUNS;
	uint64_t frame;

	for (unsigned int turns = 0; state == QEMU_RUNS; turns++) {
		if (__atomic_load_n(&q->mailbox->done, __ATOMIC_ACQUIRE) != done)
			break;
		if (turns < SPINS_MAX)
			continue;
		if (turns == SPINS_MAX)
			note_life(q);
		nap(NAP_US);
		if (turns % NAPS_PER_LOOK == 0)
			state = look(q, &frame, why, why_bytes);
	}
	return state;
}

/* ------------------------------------------------------------------ the shared memory */

struct mailbox *
qemu_mailbox(struct qemu *q)
{
	return q->mailbox;
}

/* ------------------------------------------------------------------ start and stop */

/* Wait for the guest to say where its mailbox is. */
static enum qemu_state
boot(struct qemu *q, char *why, size_t why_bytes)
{
	int64_t start_ms = clock_ms(CLOCK_MONOTONIC);
	uint64_t frame = 0;

	while (frame == 0) {
		enum qemu_state state = look(q, &frame, why, why_bytes);

		if (state != QEMU_RUNS)
			return state;
		if (cpu_ms(q) > BOOT_CPU_MS_MAX ||
		    clock_ms(CLOCK_MONOTONIC) - start_ms > BOOT_MS_MAX) {
			snprintf(why, why_bytes, "the guest does not come up");
			return QEMU_SILENT;
		}
		nap(BOOT_NAP_US);
	}
	q->mailbox = mailbox_map(q->files.memory, q->memory_bytes, q->memory_at, frame);
	if (q->mailbox != NULL)
		return QEMU_RUNS;
	snprintf(why, why_bytes, "there is no mailbox at frame 0x%llx", (unsigned long long)frame);
	return QEMU_BROKEN;
}

struct qemu *
qemu_start(const struct qemu_machine *m, enum qemu_state *state, char *why, size_t why_bytes)
{
	struct qemu *q = calloc(1, sizeof(*q));

	*state = QEMU_BROKEN;
	if (q == NULL) {
		snprintf(why, why_bytes, "no memory");
		return NULL;
	}
	q->memory_bytes = (uint64_t)m->memory_mib << 20;
	q->memory_at = m->memory_at;
	q->pid = -1;
	q->files.memory = memfd_create("gntfuzz-memory", MFD_CLOEXEC);
	q->files.program = memfd_create("gntfuzz-program", MFD_CLOEXEC);
	q->files.tree = memfd_create("gntfuzz-tree", MFD_CLOEXEC);
	if (!console_open(&q->console) || q->files.memory < 0 || q->files.program < 0 ||
	    q->files.tree < 0 ||
	    ftruncate(q->files.memory, (off_t)q->memory_bytes) != 0 ||
	    write(q->files.program, m->program, m->program_bytes) != (ssize_t)m->program_bytes ||
	    !spawn(q, m))
		snprintf(why, why_bytes, "cannot start a machine: %s", strerror(errno));
	else
		*state = boot(q, why, why_bytes);
	return q;
}

static void
close_file(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
qemu_stop(struct qemu *q)
{
	if (q == NULL)
		return;
	if (q->pid > 0) {
		kill(q->pid, SIGKILL);
		waitpid(q->pid, NULL, 0);
	}
	if (q->mailbox != NULL)
		mailbox_unmap(q->mailbox);
	close_file(q->files.memory);
	close_file(q->files.program);
	close_file(q->files.tree);
	console_close(&q->console);
	free(q);
}

const struct console *
qemu_console(const struct qemu *q)
{
	return &q->console;
}

unsigned long
qemu_peak_kib(const struct qemu *q)
{
	char path[64], line[128];
	unsigned long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)q->pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmHWM: %lu", &kib) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return kib;
}
