#define _GNU_SOURCE
#include "fuzz/versions.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/file.h"
#include "fuzz/stop.h"

enum { SECONDS_MAX = 120, LOOK_US = 50 * 1000 };

#define PROGRAMS "1000"

/* Wait for it, and ask it to end when we are asked to, or when it takes too long. */
static int
supervise(struct child *c, void (*fn)(void *arg, const char *line), void *arg)
{
	double start = child_clock();
	bool asked = false;
	int status;

	for (;;) {
		bool open = child_read(c, fn, arg);

		if (!open && child_ended(c, &status))
			return status;
		if (!asked && (stop_asked || child_clock() - start > SECONDS_MAX)) {
			child_signal(c, SIGINT);
			asked = true;
		}
		usleep(LOOK_US);
	}
}

/* What the command says in the end is what the summary tells. */
static void
keep_classes(void *arg, const char *line)
{
	if (strncmp(line, "classes: ", 9) == 0)
		snprintf(arg, FILE_WHY, "%.200s", line);
}

static void
add_finding(struct summary *s, const char *folder, const char *seed)
{
	struct summary_finding *f =
		summary_add_finding(s, "compare: builds of Xen differ unexpectedly");

	if (f != NULL)
		snprintf(f->repro, sizeof(f->repro),
			 "./gntfuzz compare --random " PROGRAMS " --seed %s   # %.400s", seed,
			 folder);
}

const char *
versions_compare(struct summary *s, const char *folder, uint64_t seed, bool *broke)
{
	static char line[FILE_WHY];
	static struct child child;
	char out[FILE_PATH_MAX], number[24], why[FILE_WHY] = "";
	const char *const words[] = { "/proc/self/exe", "compare", "--quick", "--random", PROGRAMS,
				      "--seed", number, "--out", out };
	struct child_args args = { .n = 0 };
	int status;

	*broke = false;
	snprintf(number, sizeof(number), "%" PRIu64, seed);
	if (!file_join(out, folder, "compare", why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		child_arg(&args, words[i]);
	strcpy(line, "nothing was said");
	if (!child_start(&child, &args, NULL, line)) {
		*broke = true;
		return line;
	}
	status = supervise(&child, keep_classes, line);
	if (status == EXIT_FINDING)
		add_finding(s, out, number);
	*broke = status != EXIT_OK && status != EXIT_FINDING && status != EXIT_SKIP &&
		 status != EXIT_INTERRUPTED;
	if (status == EXIT_SKIP)
		strcpy(line, "SKIP: fewer than two builds are to be had");
	return line;
}
