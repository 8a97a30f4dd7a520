#define _GNU_SOURCE
#include "fuzz/corpus_cover.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff/root.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/load.h"
#include "fuzz/stop.h"

enum { ENGINE_SECONDS = 3600 };

/* Where the inputs are while the target looks at them. */
struct cover {
	char temp[200], have_folder[216], more_folder[216];
};

static void
write_inputs(const char *folder, const struct list *l)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	if (!file_make_folder(folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l->n; i++) {
		snprintf(path, sizeof(path), "%s/%zu.in", folder, i);
		if (!file_write_quick(path, l->item[i].bytes, l->item[i].n, why))
			cli_die(EXIT_RIG, "%s", why);
	}
}

static void
remove_folder(const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	struct file_list l;

	if (!file_is_folder(folder) || !file_list(&l, folder, why))
		return;
	for (size_t i = 0; i < l.n; i++)
		if (file_join(path, folder, l.name[i], why))
			unlink(path);
	file_list_free(&l);
	rmdir(folder);
}

static void
open_temp(struct cover *c)
{
	if (!root_temp(c->temp, sizeof(c->temp)))
		cli_die(EXIT_RIG, "%s: cannot make a temporary folder; set TMPDIR", c->temp);
	snprintf(c->have_folder, sizeof(c->have_folder), "%s/have", c->temp);
	snprintf(c->more_folder, sizeof(c->more_folder), "%s/more", c->temp);
}

static void
close_temp(const struct cover *c)
{
	remove_folder(c->have_folder);
	remove_folder(c->more_folder);
	rmdir(c->temp);
}

static void
read_covered(void *arg, const char *line)
{
	struct covered *seen = arg;
	const char *at = strstr(line, "INITED cov: ");

	if (at != NULL)
		sscanf(at, "INITED cov: %lu ft: %lu", &seen->edges, &seen->features);
}

/* Run the target with `option' on one or two folders; *seen (may be NULL) is what it covered. */
static void
run_target(const struct cover *c, const char *option, const char *first, const char *second,
	   struct covered *seen)
{
	struct child_args args = { .n = 0 };
	char path[FILE_PATH_MAX], why[FILE_WHY];
	double end = child_clock() + ENGINE_SECONDS;
	static struct child child;
	int status;

	cli_root_path(path, sizeof(path), "out/fuzz/fuzz_ops");
	child_arg(&args, path);
	child_arg(&args, option);
	child_arg(&args, "-use_counters=0");
	child_arg(&args, first);
	if (second != NULL)
		child_arg(&args, second);
	if (!child_start(&child, &args, NULL, why))
		cli_die(EXIT_RIG, "%s", why);
	while (child_read(&child, seen ? read_covered : NULL, seen) && child_clock() < end) {
		struct pollfd p = { child.output, POLLIN, 0 };

		poll(&p, 1, 100);
		if (stop_asked)
			end = 0;
	}
	status = child_wait(&child, stop_asked ? 0 : 10);
	if (status == 0 && (seen == NULL || seen->features > 0))
		return;
	close_temp(c);
	if (stop_asked)
		cli_die(EXIT_INTERRUPTED, "corpus merge: interrupted; nothing was written");
	cli_die(EXIT_RIG, "corpus merge: out/fuzz/fuzz_ops ended with %d: %.300s", status,
		child.tail);
}

/* Read what the engine chose: what it added to the folder by names of its own. */
static void
read_chosen(const struct cover *c, struct list *chosen)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	static struct program p;
	struct file_list l;

	if (!file_list(&l, c->have_folder, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (file_ends(l.name[i], ".in"))
			continue;
		if (!file_join(path, c->have_folder, l.name[i], why) ||
		    !load_program(&p, path, why))
			cli_die(EXIT_RIG, "%s", why);
		list_add(chosen, &p);
	}
	file_list_free(&l);
	list_sort(chosen);
}

void
cover_choose(struct list *chosen, const struct list *have, const struct list *more,
	     struct covered *before, struct covered *after)
{
	struct cover c;

	open_temp(&c);
	write_inputs(c.have_folder, have);
	write_inputs(c.more_folder, more);
	run_target(&c, "-runs=0", c.have_folder, c.more_folder, before);
	run_target(&c, "-set_cover_merge=1", c.have_folder, c.more_folder, NULL);
	run_target(&c, "-runs=0", c.have_folder, NULL, after);
	read_chosen(&c, chosen);
	close_temp(&c);
}
