/*
 * xen_end: how the end of a machine is told, and what is kept of it.
 */
#ifndef XEN_END_H
#define XEN_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diff/console.h"
#include "diff/program.h"

/* Make the console a file under out/xen; its name goes to path[].  False, and none, if not. */
bool xen_end_keep(const struct console *c, char *path, size_t path_bytes);

/*
 * Write one line: where it happened (p is the program in hand, NULL while booting, and `at' its
 * operation, as the mailbox says it), the reason, and behind LANE_ASIDE what is about this one
 * time.  console: the file, or NULL.  Returns how many of the operations had begun: struct lane's
 * n_begun.
 */
unsigned int xen_end_tell(char *why, size_t why_bytes, const char *reason, const struct program *p,
			  uint32_t at, const char *console);

#endif
