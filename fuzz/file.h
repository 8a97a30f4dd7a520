/*
 * file: reading, writing and listing files, with errors that fit in one line.
 *
 * Each function that fails leaves one line in why[FILE_WHY], which begins with the path.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	FILE_WHY = 600,
	FILE_PATH_MAX = 4096,
	FILE_BYTES_MAX = 1 << 20, /* more than any program or text that we take */
};

/* What a file held; free `bytes`. */
struct file_bytes {
	unsigned char *bytes;
	size_t n;
};

/* Sorted names in a folder, without those that begin with a dot; free with file_list_free. */
struct file_list {
	char **name;
	size_t n;
};

/* Read a regular file (or a pipe) of at most FILE_BYTES_MAX bytes. */
bool file_read(struct file_bytes *f, const char *path, char *why);

/*
 * Write a file so that at every moment either the old or the new content is there, after a crash
 * too.
 */
bool file_write(const char *path, const void *bytes, size_t n, char *why);

/* As file_write, without waiting for the disk: for what can be made again. */
bool file_write_quick(const char *path, const void *bytes, size_t n, char *why);

/* Make a folder and those above it; one that is there is fine. */
bool file_make_folder(const char *path, char *why);

bool file_list(struct file_list *l, const char *folder, char *why);
void file_list_free(struct file_list *l);

bool file_is_folder(const char *path);
bool file_exists(const char *path);
bool file_is_empty(const char *path);

/* Write `folder/name' into out[FILE_PATH_MAX].  False if it does not fit. */
bool file_join(char *out, const char *folder, const char *name, char *why);

/* Write any words with a path in them into out[FILE_PATH_MAX].  False if they do not fit. */
bool file_print(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether name ends with `ending'. */
bool file_ends(const char *name, const char *ending);

/* The part of path behind its last slash. */
const char *file_base(const char *path);

#endif
