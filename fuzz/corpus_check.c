/* corpus_check: whether a folder of programs is fit to be read, and true. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/tell.h"
#include "fuzz/cli.h"
#include "fuzz/corpus.h"
#include "fuzz/judge.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "reports/json_line.h"

enum { LANES_MAX = 16 };

/* A lane that programs name; a real one beside the model. */
struct checked_lane {
	char name[128];
	struct judge judge;
	bool open;
	char why[FILE_WHY];	/* not open: why */
};

/* A program that was seen. */
struct seen {
	uint64_t hash;
	char *path;
};

struct check {
	bool json;
	struct judge sim;
	struct checked_lane *lane[LANES_MAX];
	unsigned int n_lanes, n_lane_runs;
	struct seen *seen;
	size_t n_seen, n_wrong;
	bool wrong;		/* the file in hand */
	/* The file in hand. */
	char path[FILE_PATH_MAX];
	struct file_bytes bytes;
	struct program program;
};

/* ------------------------------------------------------------------ telling */

static void
print_json(const struct check *c, const char *what)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "file", c->path);
	cJSON_AddStringToObject(j, "wrong", what);
	json_line(j, stdout);
}

/* The file breaks a rule. */
static void __attribute__((format(printf, 2, 3)))
tell(struct check *c, const char *format, ...)
{
	char what[FILE_WHY];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	tell_printable(what);
	c->n_wrong += !c->wrong;
	c->wrong = true;
	if (c->json)
		print_json(c, what);
	else
		printf("%s: %s\n", c->path, what);
}

/* ------------------------------------------------------------------ as text */

static bool
is_printable(struct check *c)
{
	unsigned int line = 1;

	for (size_t i = 0; i < c->bytes.n; i++) {
		unsigned char b = c->bytes.bytes[i];

		line += b == '\n';
		if (b >= ' ' && b != 0x7f)
			continue;
		if (b == '\n' || b == '\t')
			continue;
		tell(c, "line %u has the byte 0x%02x; a corpus is text", line, b);
		return false;
	}
	return true;
}

static void
check_first_line(struct check *c)
{
	const char *text = (const char *)c->bytes.bytes;
	size_t n = strcspn(text, "\n");

	if (text[0] != '#' || strspn(text, "# \t") == n)
		tell(c, "its first line does not say why it is there; begin with `# why'");
}

/*
 * The next word at *at, comments left out; *line counts.  Returns its length, 0 at the end.
 */
static size_t
next_word(const char **at, unsigned int *line)
{
	const char *s = *at;
	size_t n;

	for (; *s != '\0' && (isspace((unsigned char)*s) || *s == '#'); s++) {
		if (*s == '#')
			s += strcspn(s, "\n");
		if (*s == '\0')
			break;
		*line += *s == '\n';
	}
	n = strcspn(s, " \t\n#");
	*at = s;
	return n;
}

/* The same word, or the same number: people like some of them in hexadecimal. */
static bool
is_same_word(const char *a, size_t n, const char *b, size_t m)
{
	char *a_end, *b_end;

	if (n == m && strncmp(a, b, n) == 0)
		return true;
	return strtoul(a, &a_end, 0) == strtoul(b, &b_end, 10) && n > 0 && m > 0 &&
	       a_end == a + n && b_end == b + m;
}

static void
check_words(struct check *c)
{
	char *canonical = load_text(&c->program);
	const char *is = (const char *)c->bytes.bytes, *want = canonical;
	unsigned int line = 1, other = 1;
	size_t n, m;

	do {
		n = next_word(&is, &line);
		m = next_word(&want, &other);
		if (!is_same_word(is, n, want, m)) {
			tell(c, "line %u has '%.*s' where the printer writes '%.*s'; gntfuzz "
			     "convert writes it", line, (int)n, is, (int)m, want);
			break;
		}
		is += n;
		want += m;
	} while (n > 0);
	free(canonical);
}

static void
check_forms(struct check *c)
{
	static struct program again;
	uint8_t bytes[PROGRAM_BYTES_MAX];

	program_decode(&again, bytes, program_encode(&c->program, bytes));
	if (!program_same(&again, &c->program))
		tell(c, "its bytes are another program");
}

/* ------------------------------------------------------------------ as program */

/* A model of another version may differ from ours: it is asked alone. */
static bool
open_judge(struct judge *j, const char *lane, char *why)
{
	const char *beside = strncmp(lane, "model", strlen("model")) == 0 ? lane : "model";
	bool broken;

	if (!judge_open(j, beside, lane, why, &broken))
		return false;
	j->check_expected = true;
	return true;
}

static struct checked_lane *
lane_named(struct check *c, const char *name)
{
	struct checked_lane *l;

	for (unsigned int i = 0; i < c->n_lanes; i++)
		if (strcmp(c->lane[i]->name, name) == 0)
			return c->lane[i];
	if (c->n_lanes == LANES_MAX)
		cli_die(EXIT_USAGE, "%s: more than %d lanes are named in all", c->path, LANES_MAX);
	l = c->lane[c->n_lanes++] = calloc(1, sizeof(*l));
	if (l == NULL)
		cli_die(EXIT_RIG, "out of memory for a lane");
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->open = open_judge(&l->judge, l->name, l->why);
	return l;
}

/* What a lane makes of the program, and what it expects. */
static void
check_on(struct check *c, struct judge *j)
{
	static struct program copy;
	char why[FILE_WHY] = "";
	struct finding f;

	copy = c->program;
	switch (judge_run(j, &copy, &f, why)) {
	case VERDICT_SUCCESS:
		if (j->adapted)
			tell(c, "%s has no such world: its header had to be changed", j->got_name);
		break;
	case VERDICT_FAILURE:
		tell(c, "%s; %s: %s, %s: %s", f.where, f.lane_expected, f.expected, f.lane_got,
		     f.got);
		break;
	case VERDICT_SKIP:
	case VERDICT_ERROR:
		tell(c, "%s: %s", j->got_name, why);
	}
}

static void
check_lanes(struct check *c)
{
	char names[1000], *rest = names, *name;

	check_on(c, &c->sim);
	load_comment(names, sizeof(names), &c->bytes, "lanes");
	while ((name = strsep(&rest, " ")) != NULL) {
		struct checked_lane *l;

		if (name[0] == '\0')
			continue;
		if (!lanes_known(name)) {
			tell(c, "there is no lane '%s'", name);
			continue;
		}
		l = lane_named(c, name);
		if (!l->open)
			continue;
		check_on(c, &l->judge);
		c->n_lane_runs++;
	}
}

static void
check_twins(struct check *c)
{
	uint64_t hash = corpus_hash(&c->program);

	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].hash == hash) {
			tell(c, "is the same program as %s", c->seen[i].path);
			return;
		}
	c->seen = realloc(c->seen, (c->n_seen + 1) * sizeof(*c->seen));
	if (c->seen == NULL)
		cli_die(EXIT_RIG, "out of memory for %zu programs", c->n_seen);
	c->seen[c->n_seen].path = strdup(c->path);
	c->seen[c->n_seen++].hash = hash;
}

/* ------------------------------------------------------------------ all */

static void
check_file(struct check *c)
{
	char why[FILE_WHY];
	bool parses;

	c->wrong = false;
	if (file_ends(c->path, ".gnt.tmp")) {
		tell(c, "was left by a merge that was killed; the next merge into this folder "
		     "removes it");
		return;
	}
	if (!file_ends(c->path, ".gnt")) {
		tell(c, "is no program's text (.gnt); what engines leave stays out of a corpus");
		return;
	}
	if (!file_read(&c->bytes, c->path, why))
		cli_die(EXIT_USAGE, "%s", why);
	/* A text ends with a NUL for those that look at it as one. */
	c->bytes.bytes = realloc(c->bytes.bytes, c->bytes.n + 1);
	if (c->bytes.bytes == NULL)
		cli_die(EXIT_RIG, "out of memory for a text");
	c->bytes.bytes[c->bytes.n] = '\0';
	if (is_printable(c)) {
		check_first_line(c);
		parses = load_bytes(&c->program, &c->bytes, c->path, why);
		if (!parses)
			tell(c, "%s", why + strlen(c->path) + 1);
		if (parses) {
			check_words(c);
			check_forms(c);
			check_twins(c);
			check_lanes(c);
		}
	}
	free(c->bytes.bytes);
}

static unsigned int
check_folder(struct check *c, const char *folder)
{
	unsigned int n = 0;
	char why[FILE_WHY];
	struct file_list l;

	if (!file_list(&l, folder, why))
		cli_die(EXIT_USAGE, "%s", why);
	for (size_t i = 0; i < l.n; i++, n++) {
		if (!file_join(c->path, folder, l.name[i], why))
			cli_die(EXIT_USAGE, "%s", why);
		c->wrong = false;
		if (file_is_folder(c->path))
			tell(c, "is a folder; a corpus is flat");
		else
			check_file(c);
	}
	file_list_free(&l);
	return n;
}

static void
print_end(const struct check *c, unsigned int n)
{
	if (c->json) {
		printf("{\"summary\":{\"programs\":%u,\"wrong\":%zu,\"lane_runs\":%u}}\n", n,
		       c->n_wrong, c->n_lane_runs);
		return;
	}
	for (unsigned int i = 0; i < c->n_lanes; i++)
		if (!c->lane[i]->open)
			printf("lane %s was not asked: %s\n", c->lane[i]->name, c->lane[i]->why);
	printf("%u programs, %zu wrong; %u runs on lanes that they name\n", n, c->n_wrong,
	       c->n_lane_runs);
}

int
corpus_check(const char *const folders[], unsigned int n, bool json)
{
	static struct check c;
	unsigned int n_programs = 0;
	char why[FILE_WHY];

	c.json = json;
	if (!open_judge(&c.sim, "sim", why))
		cli_die(EXIT_RIG, "%s", why);
	for (unsigned int i = 0; i < n; i++) {
		unsigned int here = check_folder(&c, folders[i]);

		if (here == 0)
			cli_die(EXIT_USAGE, "%s: no program in it", folders[i]);
		n_programs += here;
	}
	print_end(&c, n_programs);
	for (size_t i = 0; i < c.n_seen; i++)
		free(c.seen[i].path);
	free(c.seen);
	for (unsigned int i = 0; i < c.n_lanes; i++) {
		if (c.lane[i]->open)
			judge_close(&c.lane[i]->judge);
		free(c.lane[i]);
	}
	judge_close(&c.sim);
	return c.n_wrong > 0 ? EXIT_FINDING : EXIT_OK;
}
