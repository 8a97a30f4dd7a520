/*
 * image: a file's content, held in memory for as long as machines are started from it.
 *
 * Whoever builds the file anew meanwhile does not change what the next machine boots, and nothing
 * is left on the disk.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { IMAGE_BYTES_MAX = 64 << 20 };

/*
 * Copy the regular file at `path`, unpacked if it is gzipped.  Returns a descriptor, closed on
 * exec; or -1 with one line in why[], which begins with the path.
 */
int image_open(const char *path, char *why, size_t why_bytes);

/*
 * Run a command with these as its first descriptors (-1: none), each file that it writes at most
 * bytes_max long (0: any).  Returns its exit status, or -1.
 */
int image_run(char *const argv[], const int fds[3], size_t bytes_max);

/*
 * Map all of a file to read it, for munmap to end; *bytes is its size.  MAP_FAILED with errno if
 * it cannot be, as one that is empty.
 */
void *image_map(int fd, size_t *bytes);

/* The last line of what is in `fd`. */
void image_last_line(int fd, char *line, size_t line_bytes);

#endif
