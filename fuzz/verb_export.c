/*
 * export-guest: programs as kernels of domains that `xl' makes, on a Xen host of anybody's, with no
 * Linux in between: each runs its program alone, says what differs, and ends.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/host_rule.h"
#include "fuzz/boot_image.h"
#include "fuzz/cli.h"
#include "fuzz/lanes.h"

enum { NAME = 64, DOMAIN_MIB = 16 };

struct export {
	const char *lane, *folder;
	bool pvh;
	struct xen_setup setup;
};

/* ------------------------------------------------------------------ what can be exported */

/* Whose ids there are on that host nobody knows: a program may name itself, or what is no id. */
static void
refuse_others(const struct artefact *a)
{
	const struct program *p = &a->program;

	for (unsigned int i = 0; i < p->n_ops; i++) {
		const char *wrong = NULL;

		if (op_is_mark(p->ops[i].kind))
			wrong = "is of a race, and the guest has one virtual CPU";
		else if (p->ops[i].actor != 0 || host_rule_domains(&p->ops[i]) != 0)
			wrong = "is another domain's or names one, and the guest is alone";
		if (wrong != NULL)
			cli_die(EXIT_USAGE, "export-guest: %s: operation %u %s; give a program of "
				"d0 alone", a->path, i + 1, wrong);
	}
}

/* What the domain is named after: the file's name, without its end and what xl would not take. */
static void
name_of(char name[NAME], const char *file)
{
	const char *slash = strrchr(file, '/');
	size_t n = 0;

	for (const char *p = slash != NULL ? slash + 1 : file; *p != 0 && n < NAME - 1; p++)
		name[n++] = isalnum((unsigned char)*p) || *p == '-' || *p == '_' ? *p : '.';
	name[n] = 0;
	if (strrchr(name, '.') != NULL && strrchr(name, '.') != name)
		*strrchr(name, '.') = 0;
}

/* ------------------------------------------------------------------ what is written */

static void
path_of(char path[FILE_PATH_MAX], const struct export *e, const char *name, const char *ending)
{
	snprintf(path, FILE_PATH_MAX, "%.*s/%s%s", FILE_PATH_MAX - 2 * NAME, e->folder, name,
		 ending);
}

static void
write_file(const struct export *e, const char *name, const char *ending, const char *text)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	path_of(path, e, name, ending);
	if (!file_write(path, text, strlen(text), why))
		cli_die(EXIT_USAGE, "%s", why);
}

/* As +pvh and the other lanes have it: a table of four frames, 255 handles, version 1. */
static void
write_configuration(const struct export *e, const char *name)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "# A guest of gntfuzz's: it runs one program of grant operations, expects what\n"
		 "# %s answers, says so on its console, and ends.  In this folder, as root:\n"
		 "#     xl create -c %s.cfg\n"
		 "name = \"gntfuzz-%s\"\n"
		 "type = \"%s\"\n"
		 "kernel = \"%s.elf\"\n"
		 "memory = %d\n"
		 "vcpus = 1\n"
		 "max_grant_frames = %d\n"
		 "max_maptrack_frames = 1\n"
		 "max_grant_version = 1\n"
		 "on_poweroff = \"destroy\"\n"
		 "on_reboot = \"destroy\"\n"
		 "on_crash = \"destroy\"\n",
		 e->lane, name, name, e->pvh ? "pvh" : "pv", name, DOMAIN_MIB,
		 XEN_SETUP_TABLE_FRAMES);
	write_file(e, name, ".cfg", text);
}

static const char run_script[] =
	"#!/bin/sh\n"
	"# run: have xl make the guest of each .cfg here, one after the other, and say what it\n"
	"# found; all it said is in its .log.  Exit: 0 all is as expected, 1 it is not, 77 no xl.\n"
	"cd \"$(dirname \"$0\")\" || exit 77\n"
	"command -v xl >/dev/null ||\n"
	"\t{ echo 'run: no xl; run this as root in dom0 of a Xen host' >&2; exit 77; }\n"
	"status=0\n"
	"for cfg in *.cfg; do\n"
	"\tname=${cfg%.cfg}\n"
	"\ttimeout 60 xl create -c \"$cfg\" </dev/null 2>&1 | tr -d '\\r' >\"$name.log\"\n"
	"\txl destroy \"gntfuzz-$name\" 2>/dev/null\n"
	"\tverdict=$(grep '^gntfuzz repro: ' \"$name.log\" | tail -n 1)\n"
	"\techo \"$name: ${verdict:-no verdict; see $name.log}\"\n"
	"\tcase $verdict in *': PASS'* | *': SKIP'*) ;; *) status=1 ;; esac\n"
	"done\n"
	"exit $status\n";

static void
export_one(const struct export *e, const char *file)
{
	char path[FILE_PATH_MAX], name[NAME], why[FILE_WHY];
	static struct artefact a;

	if (!artefact_read(&a, file, NULL, why))
		cli_die(EXIT_USAGE, "%s", why);
	if (a.text_target)
		cli_die(EXIT_USAGE, "export-guest: %s: is text that the parser failed on, no "
			"program", a.path);
	refuse_others(&a);
	name_of(name, a.path);
	path_of(path, e, name, ".elf");
	if (boot_image_put(&a, path, e->lane, &e->setup, 1))
		cli_say("%s: header changed to what the guest has; the program's own answers do "
			"not count", path);
	write_configuration(e, name);
	artefact_free(&a);
}

/* Two programs of one name would be one guest. */
static void
refuse_twins(int n, char **files)
{
	char name[2][NAME];

	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++) {
			name_of(name[0], files[i]);
			name_of(name[1], files[j]);
			if (strcmp(name[0], name[1]) == 0)
				cli_die(EXIT_USAGE, "export-guest: %s and %s: two guests of one "
					"name, %s; rename one", files[j], files[i], name[0]);
		}
}

int
verb_export(const struct cli_verb *v, int argc, char **argv)
{
	static struct export e = { .lane = "model", .folder = "out/guest" };
	const struct cli_option options[] = {
		{ "--lane", CLI_WORD, &e.lane, 0, 0 },
		{ "--out", CLI_WORD, &e.folder, 0, 0 },
		{ "--pvh", CLI_FLAG, &e.pvh, 0, 0 },
	};
	int n = cli_options(v, options, 3, argc, argv);
	char why[FILE_WHY];

	if (n == 0)
		cli_die(EXIT_USAGE, "export-guest: no program; name some that are of d0 alone, as "
			"corpus/ops/map-self.gnt");
	if (strncmp(e.lane, "model", 5) != 0 || !lanes_known(e.lane))
		cli_die(EXIT_USAGE, "export-guest: lane %s: a guest expects what a model says; "
			"give model, or model:VERSION of the host's Xen", e.lane);
	boot_image_setup(&e.setup, e.pvh ? "xen:any+pvh" : e.lane);
	refuse_twins(n, argv);
	if (!file_make_folder(e.folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (int i = 0; i < n; i++)
		export_one(&e, argv[i]);
	write_file(&e, "run", "", run_script);
	printf("%s: %d guest%s; on a Xen host: sh %s/run\n", e.folder, n, n == 1 ? "" : "s",
	       e.folder);
	return EXIT_OK;
}
