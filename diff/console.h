/*
 * console: what an emulated machine says, kept in memory until somebody wants it.
 *
 * QEMU writes it (its own complaints too), we read it; nothing of it is a file unless console_keep
 * makes it one.  Of a long one only the end is kept.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct console {
	int fd;		/* for the child's output; -1: none */
	off_t seen;	/* bytes searched so far */
	off_t forgotten;	/* bytes at the start that are gone */
};

/* Make an empty console.  False, and errno, if there is none to be had. */
bool console_open(struct console *c);
void console_close(struct console *c);

/*
 * Search what is new.  Returns true, and the line in line[], if Xen or our guest says that it gives
 * up; the next call tells it again, with more if more was said.  *mailbox is the frame of the
 * guest's mailbox if it was said, else untouched.
 */
bool console_read(struct console *c, uint64_t *mailbox, char *line, size_t line_bytes);

/* How much was said. */
off_t console_bytes(const struct console *c);

/* The last line that was said. */
void console_last_line(const struct console *c, char *line, size_t line_bytes);

/*
 * Write it to a new file in `folder`; its name goes to path[].  False, and no file, if that fails.
 */
bool console_keep(const struct console *c, const char *folder, char *path, size_t path_bytes);

#endif
