#define _GNU_SOURCE
#include "fuzz/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool __attribute__((format(printf, 2, 3))) fail(char *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, FILE_WHY, format, args);
	va_end(args);
	return false;
}

static bool
fail_errno(char *why, const char *path, const char *what)
{
	return fail(why, "%s: %s: %s", path, what, strerror(errno));
}

/* Read all of fd; one byte more than is allowed tells that it is too much. */
static bool
read_all(struct file_bytes *f, int fd, const char *path, char *why)
{
	size_t room = 4096;

	f->n = 0;
	f->bytes = malloc(room);
	while (f->bytes) {
		ssize_t n = read(fd, f->bytes + f->n, room - f->n);

		if (n == 0)
			return true;
		if (n < 0) {
			fail_errno(why, path, "cannot read");
			break;
		}
		f->n += (size_t)n;
		if (f->n > FILE_BYTES_MAX) {
			fail(why, "%s: more than %d bytes; no program is as long", path,
			     FILE_BYTES_MAX);
			break;
		}
		if (f->n == room) {
			unsigned char *more = realloc(f->bytes, room *= 2);

			if (!more) {
				fail(why, "%s: out of memory", path);
				break;
			}
			f->bytes = more;
		}
	}
	free(f->bytes);
	f->bytes = NULL;
	return false;
}

bool
file_read(struct file_bytes *f, const char *path, char *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	bool ok;

	f->bytes = NULL;
	if (fd < 0)
		return fail_errno(why, path, "cannot open");
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		close(fd);
		return fail(why, "%s: is a folder; give a file", path);
	}
	fcntl(fd, F_SETFL, 0);
	ok = read_all(f, fd, path, why);
	close(fd);
	return ok;
}

static bool
write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

/* Make the name itself last: the folder is written too. */
static void
sync_folder_of(const char *path)
{
	char folder[FILE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
		 slash ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

static bool
write_renamed(const char *path, const void *bytes, size_t n, bool lasting, char *why)
{
	char temp[FILE_PATH_MAX];
	bool ok;
	int fd;

	if (file_is_folder(path))
		return fail(why, "%s: is a folder; give a file", path);
	if ((size_t)snprintf(temp, sizeof(temp), "%s.tmp", path) >= sizeof(temp))
		return fail(why, "%.80s...: the path is too long", path);
	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail_errno(why, path, "cannot write");
	ok = write_all(fd, bytes, n) && (!lasting || fsync(fd) == 0);
	if (close(fd) != 0 || !ok || rename(temp, path) != 0) {
		fail_errno(why, path, "cannot write");
		unlink(temp);
		return false;
	}
	if (lasting)
		sync_folder_of(path);
	return true;
}

/* A device or a pipe cannot be renamed over; it is written as it is. */
static bool
write_special(const char *path, const void *bytes, size_t n, char *why)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return fail_errno(why, path, "cannot write");
	ok = write_all(fd, bytes, n);
	if (!ok)
		fail_errno(why, path, "cannot write");
	close(fd);
	return ok;
}

static bool
write_any(const char *path, const void *bytes, size_t n, bool lasting, char *why)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return write_special(path, bytes, n, why);
	return write_renamed(path, bytes, n, lasting, why);
}

bool
file_write(const char *path, const void *bytes, size_t n, char *why)
{
	return write_any(path, bytes, n, true, why);
}

bool
file_write_quick(const char *path, const void *bytes, size_t n, char *why)
{
	return write_any(path, bytes, n, false, why);
}

bool
file_make_folder(const char *path, char *why)
{
	char part[FILE_PATH_MAX];
	size_t length = strlen(path);

	if (length >= sizeof(part))
		return fail(why, "%.80s...: the path is too long", path);
	for (size_t i = 1; i <= length; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0777) != 0 && errno != EEXIST)
			return fail_errno(why, part, "cannot make this folder");
		if (!file_is_folder(part))
			return fail(why, "%s: is no folder; remove it or name another", part);
	}
	return true;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

bool
file_list(struct file_list *l, const char *folder, char *why)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, not_hidden, by_name);

	l->n = 0;
	l->name = NULL;
	if (n < 0)
		return fail_errno(why, folder, "cannot list");
	l->name = calloc((size_t)n + 1, sizeof(*l->name));
	for (int i = 0; i < n; i++) {
		if (l->name && (l->name[l->n] = strdup(entries[i]->d_name)) != NULL)
			l->n++;
		free(entries[i]);
	}
	free(entries);
	return l->name && l->n == (size_t)n ? true : fail(why, "%s: out of memory", folder);
}

void
file_list_free(struct file_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->name[i]);
	free(l->name);
	l->name = NULL;
	l->n = 0;
}

bool
file_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool
file_is_empty(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
}

bool
file_join(char *out, const char *folder, const char *name, char *why)
{
	if ((size_t)snprintf(out, FILE_PATH_MAX, "%s/%s", folder, name) < FILE_PATH_MAX)
		return true;
	return fail(why, "%.80s...: the path is too long", folder);
}

bool
file_print(char *out, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out, FILE_PATH_MAX, format, args);
	va_end(args);
	return n > 0 && n < FILE_PATH_MAX;
}

bool
file_ends(const char *name, const char *ending)
{
	size_t n = strlen(name), e = strlen(ending);

	return n >= e && strcmp(name + n - e, ending) == 0;
}

const char *
file_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
