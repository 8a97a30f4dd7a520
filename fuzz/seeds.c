#include "fuzz/seeds.h"

#include <stdio.h>
#include <stdlib.h>

#include "fuzz/cli.h"
#include "fuzz/load.h"
#include "fuzz/mutate_race.h"

enum { DRAWN = 64 };

static void
put(const struct program *p, const char *folder, const char *name)
{
	uint8_t bytes[PROGRAM_BYTES_MAX];
	char to[FILE_PATH_MAX], why[FILE_WHY];

	if (!file_join(to, folder, name, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (!file_write_quick(to, bytes, program_encode(p, bytes), why))
		cli_die(EXIT_RIG, "%s", why);
}

/* The programs of one folder of the tree, if it is there. */
static void
put_folder(const char *folder, const char *rest)
{
	char from[FILE_PATH_MAX], path[FILE_PATH_MAX], why[FILE_WHY];
	static struct program p;
	struct file_list l;

	cli_root_path(from, sizeof(from), rest);
	if (!file_is_folder(from))
		return;
	if (!file_list(&l, from, why))
		cli_die(EXIT_RIG, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (!file_ends(l.name[i], ".gnt"))
			continue;
		if (!file_join(path, from, l.name[i], why) || !load_program(&p, path, why))
			cli_die(EXIT_USAGE, "%s", why);
		put(&p, folder, l.name[i]);
	}
	file_list_free(&l);
}

void
seeds_fill(const char *folder, uint64_t seed)
{
	char path[FILE_PATH_MAX], name[32], why[FILE_WHY];
	struct rng r = { seed };
	static struct program p;

	if (!file_join(path, folder, "seeds", why))
		cli_die(EXIT_USAGE, "%s", why);
	put_folder(path, "corpus/ops");
	put_folder(path, "corpus/regress");
	if (!file_join(path, folder, "seeds_race", why))
		cli_die(EXIT_USAGE, "%s", why);
	put_folder(path, "corpus/race");
	for (unsigned int i = 0; i < DRAWN; i++) {
		mutate_race_random(&p, &r);
		snprintf(name, sizeof(name), "drawn-%u", i);
		put(&p, path, name);
	}
}
