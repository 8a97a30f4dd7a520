/* compare: the options of a comparison of builds. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diff/xen_setup.h"
#include "fuzz/cli.h"
#include "fuzz/compare_report.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "fuzz/stop.h"

enum { RANDOM_USUAL = 20000 };

/* Programs read from files. */
struct programs {
	struct program *program;
	char **name;
	unsigned int n;
};

/* ------------------------------------------------------------------ builds */

/* The suite of a lane's spelling. */
static const char *
suite_of(const char *lane)
{
	return lane + strlen("xen:");
}

static bool
is_suite(const char *name)
{
	for (const char *const *l = lanes_xen; *l; l++)
		if (strcmp(name, suite_of(*l)) == 0)
			return true;
	return false;
}

/* A word names a suite; what has a slash or a dot is a file.  Options may follow a plus sign. */
static void
check_build(const char *spelling)
{
	struct xen_setup setup;
	const char *wrong = xen_setup_read(&setup, spelling);
	struct stat s;

	if (wrong != NULL)
		cli_die(EXIT_USAGE, "compare --xen %.200s: %s", spelling, wrong);
	if (is_suite(setup.xen))
		return;
	if (strpbrk(setup.xen, "/.") == NULL)
		cli_die(EXIT_USAGE,
			"compare --xen %s: no such suite; there are bullseye, bookworm, trixie, "
			"each with -security, sid; a file has a '/' or a '.' in its name",
			spelling);
	if (stat(setup.xen, &s) != 0 || access(setup.xen, R_OK) != 0)
		cli_die(EXIT_USAGE, "compare --xen %s: cannot read this file", spelling);
	if (!S_ISREG(s.st_mode))
		cli_die(EXIT_USAGE, "compare --xen %s: is no file", spelling);
}

/*
 * A program that one of them can run, the other can: else nothing would be compared.  A translated
 * dom0 of x86, alone, is as one of Arm.
 */
static void
check_same_world(const char *spelling, const char *other)
{
	struct xen_setup a, b;

	xen_setup_read(&a, spelling);
	xen_setup_read(&b, other);
	if ((a.pvh || a.arm64) != (b.pvh || b.arm64) || a.no_maptrack != b.no_maptrack ||
	    a.no_transfer != b.no_transfer || (a.arm64 && b.arm64 && a.dummy != b.dummy))
		cli_die(EXIT_USAGE,
			"compare --xen %s: another world than %s; give all the same options",
			spelling, other);
}

static void
choose_builds(struct compare *c, const struct cli_list *xen)
{
	_Static_assert((int)CLI_LIST_MAX <= FLEET_BUILDS, "every build named has a place");

	for (unsigned int i = 0; i < xen->n; i++) {
		check_build(xen->word[i]);
		for (unsigned int k = 0; k < i; k++)
			if (strcmp(xen->word[i], xen->word[k]) == 0)
				cli_die(EXIT_USAGE, "compare --xen %s: named twice", xen->word[i]);
		check_same_world(xen->word[i], xen->word[0]);
		c->names[c->n_names++] = xen->word[i];
	}
	if (xen->n == 1)
		cli_die(EXIT_USAGE, "compare --xen %s: one build; name two or more, or none for "
				    "all suites", c->names[0]);
	for (const char *const *l = lanes_xen; xen->n == 0 && *l; l++)
		c->names[c->n_names++] = suite_of(*l);
}

/* Whether the other worlds can be asked for: not if a build names its world itself. */
static bool
may_have_worlds(const struct compare *c)
{
	struct xen_setup setup;

	for (unsigned int i = 0; i < c->n_names; i++)
		if (xen_setup_read(&setup, c->names[i]) != NULL ||
		    strcmp(setup.xen, c->names[i]) != 0)
			return false;
	return c->n_random > 0;
}

/* ------------------------------------------------------------------ programs */

/* Answers that a program expects are about one build: they are no operations here. */
static void
without_answers(struct program *p)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < p->n_ops; i++)
		if (p->ops[i].kind != OP_EXPECT)
			p->ops[n++] = p->ops[i];
	p->n_ops = (uint16_t)n;
	program_normalize(p);
}

static void
add_file(struct programs *ps, const char *path)
{
	char why[FILE_WHY];

	if (ps->n % 64 == 0) {
		ps->program = realloc(ps->program, (ps->n + 64) * sizeof(*ps->program));
		ps->name = realloc(ps->name, (ps->n + 64) * sizeof(*ps->name));
	}
	if (ps->program == NULL || ps->name == NULL || (ps->name[ps->n] = strdup(path)) == NULL)
		cli_die(EXIT_RIG, "compare: out of memory for %u programs", ps->n);
	if (!load_program(&ps->program[ps->n], path, why))
		cli_die(EXIT_USAGE, "%s", why);
	without_answers(&ps->program[ps->n++]);
}

static void
add_folder(struct programs *ps, const char *folder)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];
	unsigned int before = ps->n;
	struct file_list l;

	if (!file_list(&l, folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++) {
		if (!load_is_program(l.name[i]))
			continue;
		if (!file_join(path, folder, l.name[i], why))
			cli_die(EXIT_USAGE, "%s", why);
		if (!file_is_folder(path))
			add_file(ps, path);
	}
	file_list_free(&l);
	if (ps->n == before)
		cli_die(EXIT_USAGE, "%s: no program in it", folder);
}

static void
add_operand(struct programs *ps, const char *path)
{
	if (file_is_folder(path))
		add_folder(ps, path);
	else
		add_file(ps, path);
}

/* Nothing named: the tree's corpus, as far as it is public behaviour. */
static void
add_corpus(struct programs *ps)
{
	static const char *const folders[] = { "corpus/ops", "corpus/regress" };
	char path[FILE_PATH_MAX];

	for (unsigned int i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		cli_root_path(path, sizeof(path), folders[i]);
		if (file_is_folder(path))
			add_folder(ps, path);
	}
}

static void
free_all(struct compare *c, struct programs *ps)
{
	for (unsigned int i = 0; i < ps->n; i++)
		free(ps->name[i]);
	free(ps->name);
	free(ps->program);
	for (unsigned int i = 0; i < c->n_found; i++)
		free(c->found[i]);
}

/* ------------------------------------------------------------------ the verb */

static void
load_expectations(struct compare *c)
{
	char path[FILE_PATH_MAX], why[FILE_WHY];

	cli_root_path(path, sizeof(path), "corpus/expected");
	if (!expect_load(&c->expect, path, why))
		cli_die(EXIT_USAGE, "%s", why);
}

/* Fewer than two builds: why, in one line, and whether that is a skip. */
static _Noreturn void
nothing_to_compare(const struct compare *c, unsigned int n_ready)
{
	const struct compare_column *first = &c->column[n_ready];

	for (unsigned int i = n_ready; i < c->n_names; i++)
		if (strncmp(c->column[i].why, "broke: ", 7) == 0)
			cli_die(EXIT_RIG, "compare: %s: %s", c->column[i].name, c->column[i].why);
	cli_die(EXIT_SKIP, "compare: %u build%s to be had, and two are needed; %s: %s", n_ready,
		n_ready == 1 ? "" : "s", first->name, first->why);
}

int
verb_compare(const struct cli_verb *v, int argc, char **argv)
{
	static struct compare c;
	struct programs ps = { NULL, NULL, 0 };
	struct cli_list xen = { { NULL }, 0 };
	char folder[FILE_PATH_MAX], why[FILE_WHY];
	const char *out = NULL;
	bool json = false, strict = false, quick = false;
	uint64_t n_random = UINT64_MAX, seed = 1, n_ops = 32;
	const struct cli_option options[] = {
		{ "--xen", CLI_LIST, &xen, 0, 0 },
		{ "--random", CLI_NUMBER, &n_random, 0, INT64_MAX },
		{ "--seed", CLI_NUMBER, &seed, 1, INT64_MAX },
		{ "--ops", CLI_NUMBER, &n_ops, 1, PROGRAM_OPS_MAX },
		{ "--json", CLI_FLAG, &json, 0, 0 },
		{ "--strict", CLI_FLAG, &strict, 0, 0 },
		{ "--quick", CLI_FLAG, &quick, 0, 0 },
		{ "--out", CLI_WORD, &out, 0, 0 },
	};
	int n = cli_options(v, options, sizeof(options) / sizeof(options[0]), argc, argv), status;
	unsigned int n_ready;

	choose_builds(&c, &xen);
	for (int i = 0; i < n; i++)
		add_operand(&ps, argv[i]);
	if (n == 0 && n_random == UINT64_MAX)
		add_corpus(&ps);
	c.n_random = n_random != UINT64_MAX ? n_random : n > 0 ? 0 : RANDOM_USUAL;
	if (c.n_random == 0 && ps.n == 0)
		cli_die(EXIT_USAGE, "compare: no program; give files, folders or --random N");
	load_expectations(&c);
	cli_root_path(folder, sizeof(folder), "out/compare");
	if (!file_make_folder(out != NULL ? out : folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	c.files = ps.program;
	c.file_names = (const char *const *)ps.name;
	c.n_files = ps.n;
	c.seed = seed;
	c.n_ops = (unsigned int)n_ops;
	c.quick = quick;
	c.worlds = !quick && may_have_worlds(&c);
	stop_on_signals();
	n_ready = compare_run(&c);
	if (n_ready < 2)
		nothing_to_compare(&c, n_ready);
	status = compare_report(&c, out != NULL ? out : folder, json, strict);
	free_all(&c, &ps);
	return status;
}
