#define _GNU_SOURCE
#include "diff/xen_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define XEN_FOLDER "out/xen"
#define FETCH "arch/x86/fetch-xen"

enum { EXIT_NOT_TO_BE_HAD = 77, EXIT_NO_COMMAND = 127 };

/* Run a command, its output to `fd`.  Returns its exit status, or -1. */
static int
run(char *const argv[], int out, int err)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(EXIT_NO_COMMAND);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The last line of what a command said. */
static void
read_last_line(int fd, char *line, size_t line_bytes)
{
	char text[1024 + 1] = "", *last;
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t n = pread(fd, text, 1024, size > 1024 ? size - 1024 : 0);

	for (; n > 0 && text[n - 1] == '\n'; n--)
		text[n - 1] = 0;
	last = strrchr(text, '\n');
	snprintf(line, line_bytes, "%s", last != NULL ? last + 1 : text);
}

static bool
find_suite(const char *suite, char *path, size_t path_bytes, char *why, size_t why_bytes,
	   bool *broken)
{
	char *argv[] = { FETCH, (char *)suite, XEN_FOLDER, NULL };
	int said, status;

	snprintf(path, path_bytes, XEN_FOLDER "/xen-%s", suite);
	if (access(path, R_OK) == 0)
		return true;
	said = memfd_create("gntfuzz-fetch", MFD_CLOEXEC);
	status = run(argv, said, said);
	read_last_line(said, why, why_bytes);
	close(said);
	if (status == EXIT_NO_COMMAND)
		snprintf(why, why_bytes, "cannot run " FETCH);
	*broken = status != 0 && status != EXIT_NOT_TO_BE_HAD && status != EXIT_NO_COMMAND;
	return status == 0;
}

static bool
is_gzipped(const char *file, bool *readable)
{
	unsigned char magic[2] = { 0 };
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	*readable = fd >= 0 && read(fd, magic, sizeof(magic)) == sizeof(magic);
	if (fd >= 0)
		close(fd);
	return *readable && magic[0] == 0x1f && magic[1] == 0x8b;
}

/* Unpack into out/xen, under a name that tells one file from another and an old one from a new. */
static bool
unpack(const char *file, char *path, size_t path_bytes, char *why, size_t why_bytes)
{
	char fresh[] = XEN_FOLDER "/.unpack-XXXXXX";
	char *argv[] = { "gzip", "-dc", "--", (char *)file, NULL };
	struct stat s;
	int fd;
	bool good;

	mkdir("out", 0777);
	mkdir(XEN_FOLDER, 0777);
	snprintf(why, why_bytes, "cannot unpack %s", file);
	if (stat(file, &s) != 0)
		return false;
	snprintf(path, path_bytes, XEN_FOLDER "/file-%llx-%llx-%llx", (unsigned long long)s.st_dev,
		 (unsigned long long)s.st_ino, (unsigned long long)s.st_mtim.tv_sec);
	if (access(path, R_OK) == 0)
		return true;
	fd = mkstemp(fresh);
	if (fd < 0)
		return false;
	good = run(argv, fd, STDERR_FILENO) == 0 && rename(fresh, path) == 0;
	if (!good)
		unlink(fresh);
	close(fd);
	return good;
}

bool
xen_file_find(const char *spelling, char *path, size_t path_bytes, char *why, size_t why_bytes,
	      bool *broken)
{
	bool readable;

	*broken = false;
	if (strpbrk(spelling, "/.") == NULL)
		return find_suite(spelling, path, path_bytes, why, why_bytes, broken);
	if (is_gzipped(spelling, &readable))
		return unpack(spelling, path, path_bytes, why, why_bytes);
	snprintf(why, why_bytes, "cannot read %s", spelling);
	snprintf(path, path_bytes, "%s", spelling);
	return readable;
}
