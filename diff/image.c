#define _GNU_SOURCE
#include "diff/image.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NO_COMMAND = 127 };

/* ------------------------------------------------------------------ commands */

static _Noreturn void
exec_command(char *const argv[], const int fds[3], size_t bytes_max)
{
	const struct rlimit most = { bytes_max, bytes_max };

	for (int i = 0; i < 3; i++)
		dup2(fds[i] >= 0 ? fds[i] : open("/dev/null", O_RDWR), i);
	if (bytes_max > 0)
		setrlimit(RLIMIT_FSIZE, &most);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(EXIT_NO_COMMAND);
}

int
image_run(char *const argv[], const int fds[3], size_t bytes_max)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		exec_command(argv, fds, bytes_max);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
		dprintf(fds[STDERR_FILENO], "more than %zu MiB\n", bytes_max >> 20);
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
image_last_line(int fd, char *line, size_t line_bytes)
{
	char text[1024 + 1] = "", *last;
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t n = pread(fd, text, 1024, size > 1024 ? size - 1024 : 0);

	for (; n > 0 && text[n - 1] == '\n'; n--)
		text[n - 1] = 0;
	last = strrchr(text, '\n');
	snprintf(line, line_bytes, "%s", last != NULL ? last + 1 : text);
}

/* ------------------------------------------------------------------ copies */

static bool
copy(int to, int from, off_t bytes)
{
	char block[1 << 16];
	ssize_t n = 0;

	for (off_t at = 0; at < bytes; at += n) {
		n = pread(from, block, sizeof(block), at);
		if (n == 0)
			errno = EAGAIN;	/* it became shorter under our hands */
		if (n <= 0 || write(to, block, (size_t)n) != n)
			return false;
	}
	return true;
}

static bool
unpack(int to, int from, const char *path, char *why, size_t why_bytes)
{
	char said[128] = "", *argv[] = { "gzip", "-dc", NULL };
	int complaints = memfd_create("gntfuzz-complaints", MFD_CLOEXEC);
	const int fds[3] = { from, to, complaints };
	/* A small file can unpack to more than there is memory for. */
	bool good = complaints >= 0 && image_run(argv, fds, IMAGE_BYTES_MAX) == 0;

	if (!good) {
		image_last_line(complaints, said, sizeof(said));
		snprintf(why, why_bytes, "%s: does not unpack: %s", path, said);
	}
	if (complaints >= 0)
		close(complaints);
	return good;
}

static bool
fill(int to, int from, const char *path, char *why, size_t why_bytes)
{
	unsigned char magic[2] = { 0 };
	struct stat s;

	if (fstat(from, &s) != 0 || !S_ISREG(s.st_mode)) {
		snprintf(why, why_bytes, "%s: is %s", path,
			 S_ISDIR(s.st_mode) ? "a folder" : "no regular file");
		return false;
	}
	if (s.st_size > IMAGE_BYTES_MAX) {
		snprintf(why, why_bytes, "%s: is larger than %d MiB", path, IMAGE_BYTES_MAX >> 20);
		return false;
	}
	if (pread(from, magic, sizeof(magic), 0) == sizeof(magic) && magic[0] == 0x1f &&
	    magic[1] == 0x8b)
		return unpack(to, from, path, why, why_bytes);
	if (copy(to, from, s.st_size))
		return true;
	snprintf(why, why_bytes, "%s: cannot be read: %s", path, strerror(errno));
	return false;
}

int
image_open(const char *path, char *why, size_t why_bytes)
{
	/* Without O_NONBLOCK a named pipe would be waited for. */
	int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int to = memfd_create("gntfuzz-image", MFD_CLOEXEC);
	bool good = false;

	if (from < 0 || to < 0)
		snprintf(why, why_bytes, "%s: cannot be read: %s", path, strerror(errno));
	else
		good = fill(to, from, path, why, why_bytes);
	if (from >= 0)
		close(from);
	if (!good && to >= 0)
		close(to);
	return good ? to : -1;
}

void *
image_map(int fd, size_t *bytes)
{
	struct stat s = { 0 };

	fstat(fd, &s);
	*bytes = (size_t)s.st_size;
	return mmap(NULL, *bytes, PROT_READ, MAP_PRIVATE, fd, 0);
}
