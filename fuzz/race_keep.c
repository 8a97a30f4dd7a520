#define _GNU_SOURCE
#include "fuzz/race_keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/evidence.h"

static const char as_found[] = "as it was found";

/* The line that shows it again.  But of an exact one no run of a machine is the same again. */
static void
say_again(const struct race_keeper *k, const struct race_lane *lane, const struct race_found *f,
	  const char *path, char *repro)
{
	bool exact = strstr(lane->name, "+exact") != NULL;

	if (lane->xen == NULL)
		snprintf(repro, RACE_REPRO, "./gntfuzz repro %s", path);
	else
		snprintf(repro, RACE_REPRO, "./gntfuzz race %s --lane %s --runs %" PRIu64
			 " --seed %" PRIu64, path, lane->name, exact ? 1 : k->runs,
			 exact ? f->seed : k->seed);
}

static void
make_folder(const struct race_keeper *k)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	if (!file_make_folder(k->folder, why) || !file_join(path, k->folder, "findings", why) ||
	    !file_make_folder(path, why))
		cli_die(EXIT_USAGE, "%s", why);
}

/* All that is known of it, so that a page can be made of it. */
static void
keep_evidence(const struct race_lane *lane, const struct race_tally *t, const char *base,
	      const char *repro)
{
	const struct race_found *f = &t->found;
	char path[FILE_PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s.json", base);
	evidence_keep(path, &f->program, &f->finding, &(struct evidence_source){
		.how = as_found, .repro = repro,
		.console = t->console[0] != '\0' ? t->console : NULL,
		.got = lane->xen != NULL ? &f->got : NULL, .profile = &lane->judge.profile,
		.seed = f->seed,
	});
}

char *
race_keep(const struct race_keeper *k, const struct race_lane *lane, const struct race_tally *t,
	  char *repro)
{
	const struct race_found *f = &t->found;
	char base[FILE_PATH_MAX], why[FILE_WHY], *path, *text;
	cJSON *race = evidence_race(&f->program, &f->finding);
	int n = snprintf(base, sizeof(base), "%s/findings/%s", k->folder, f->finding.class);

	if (n < 0 || (size_t)n + sizeof(".json") > sizeof(base))
		cli_die(EXIT_USAGE, "%s: too long a name", k->folder);
	make_folder(k);
	if (asprintf(&path, "%s.gnt", base) < 0)
		cli_die(EXIT_RIG, "out of memory for a finding");
	say_again(k, lane, f, path, repro);
	text = finding_text(&f->finding, &f->program, as_found, repro, race);
	if (text == NULL)
		cli_die(EXIT_RIG, "out of memory for a finding");
	if (!file_write(path, text, strlen(text), why))
		cli_die(EXIT_RIG, "%s", why);
	keep_evidence(lane, t, base, repro);
	free(text);
	cJSON_Delete(race);
	return path;
}
