#define _POSIX_C_SOURCE 200809L
#include "diff/xen_end.h"

#include <stdio.h>
#include <sys/stat.h>

#include "diff/lane.h"
#include "diff/mailbox.h"
#include "diff/root.h"

enum { PATH_BYTES = 4096 };

bool
xen_end_keep(const struct console *c, char *path, size_t path_bytes)
{
	char folder[PATH_BYTES];

	if (!root_path(folder, sizeof(folder), "out/xen"))
		return false;
	mkdir(folder, 0777);
	return console_keep(c, folder, path, path_bytes);
}

unsigned int
xen_end_tell(char *why, size_t why_bytes, const char *reason, const struct program *p, uint32_t at,
	     const char *console)
{
	const char *file = console != NULL ? console : "not kept";

	if (p == NULL)
		snprintf(why, why_bytes, "at boot: %s" LANE_ASIDE "console: %s]", reason, file);
	else if (at >= p->n_ops)
		snprintf(why, why_bytes, "between programs: %s" LANE_ASIDE "console: %s]", reason,
			 file);
	else
		snprintf(why, why_bytes, "%s: %s" LANE_ASIDE "operation %u; console: %s]",
			 op_table[p->ops[at].kind].name, reason, (unsigned int)at + 1, file);
	return p != NULL && at < p->n_ops ? at + program_batch(p, at) : 0;
}
