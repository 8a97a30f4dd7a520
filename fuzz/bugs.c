/* bugs: which defects there are, and what is known of runs on them.  See bugs.h. */
#define _GNU_SOURCE
#include "fuzz/bugs.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/file.h"

const char *const bugs_engine_names[BUGS_ENGINES] = { "libfuzzer", "afl" };
const char *const bugs_variant_names[BUGS_VARIANTS] = { "ours", "plain" };

/* ------------------------------------------------------------------ defects */

static bool
wanted(const char *name, char *const *names, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	for (unsigned int i = 0; i < n; i++)
		if (strstr(name, names[i]))
			return true;
	return n == 0;
}

static void
add_bug(struct bugs *b, const char *name)
{
	b->bug = realloc(b->bug, (b->n_bugs + 1) * sizeof(b->bug[0]));
	if (!b->bug)
		cli_die(EXIT_RIG, "bench bugs: out of memory");
	memset(&b->bug[b->n_bugs], 0, sizeof(b->bug[0]));
	snprintf(b->bug[b->n_bugs++].name, BUGS_NAME, "%s", name);
}

/* A name that fits none is a mistake. */
static void
check_names(const struct bugs *b, char *const *names, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		bool fits = false;

		for (unsigned int j = 0; j < b->n_bugs; j++)
			fits |= strstr(b->bug[j].name, names[i]) != NULL;
		if (!fits)
			cli_die(EXIT_USAGE,
				"bench bugs: no defect that programs can show has '%s' in its "
				"name; they are in fuzz/teeth.txt", names[i]);
	}
}

void
bugs_list(struct bugs *b, char *const *names, unsigned int n)
{
	char path[FILE_PATH_MAX], line[256], name[BUGS_NAME] = "", how[16];
	FILE *f;

	cli_root_path(path, sizeof(path), "fuzz/teeth.txt");
	f = fopen(path, "r");
	if (!f)
		cli_die(EXIT_RIG, "%s: cannot be read", path);
	while (fgets(line, sizeof(line), f)) {
		sscanf(line, "defect %63s", name);
		/* The other catchers are tests of one thing, and take no program. */
		if (sscanf(line, "catch %15s", how) == 1 && wanted(name, names, n) &&
		    (strcmp(how, "hunt") == 0 || strcmp(how, "corpus") == 0))
			add_bug(b, name);
	}
	fclose(f);
	check_names(b, names, n);
}

/* ------------------------------------------------------------------ what is done already */

static void
path_in(char *path, const struct bugs *b)
{
	char why[FILE_WHY];

	if (!file_join(path, b->folder, "bugs.jsonl", why))
		cli_die(EXIT_USAGE, "bench bugs: %s", why);
}

static struct bugs_run *
run_of(const struct bugs *b, const char *bug, const char *engine, const char *variant, double seed)
{
	for (size_t i = 0; i < b->n_runs; i++) {
		struct bugs_run *r = &b->run[i];

		if (r->seed == seed && strcmp(b->bug[r->bug].name, bug) == 0 &&
		    strcmp(bugs_engine_names[r->engine], engine) == 0 &&
		    strcmp(bugs_variant_names[r->variant], variant) == 0)
			return r;
	}
	return NULL;
}

static double
number(const cJSON *j, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(j, name);

	return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static const char *
word(const cJSON *j, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(j, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

static struct moment
moment_of(const cJSON *j, const char *name)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(j, name);

	return (struct moment){
		.executions = (uint64_t)number(m, "executions"),
		.ns = (uint64_t)(number(m, "s") * 1e9),
		.cpu_ns = (uint64_t)(number(m, "cpu_s") * 1e9),
	};
}

/* Take a line, unless it is of another build or another time limit, or torn. */
static void
take_line(struct bugs *b, const char *line)
{
	cJSON *j = cJSON_Parse(line);
	struct bugs_run *r = run_of(b, word(j, "bug"), word(j, "engine"), word(j, "variant"),
				    number(j, "seed"));

	if (r && number(j, "limit_s") == b->seconds &&
	    strcmp(word(j, "build"), b->bug[r->bug].build[r->engine][r->variant]) == 0) {
		r->reached = moment_of(j, "reached");
		r->triggered = moment_of(j, "triggered");
		r->executions = (uint64_t)number(j, "executions");
		r->seconds = number(j, "s");
		r->done = true;
	}
	cJSON_Delete(j);
}

void
bugs_plan(struct bugs *b)
{
	size_t n = (size_t)b->n_bugs * b->seeds * BUGS_ENGINES * BUGS_VARIANTS;
	char path[FILE_PATH_MAX], *line = NULL;
	size_t room = 0;
	FILE *f;

	b->run = calloc(n, sizeof(b->run[0]));
	if (!b->run)
		cli_die(EXIT_RIG, "bench bugs: out of memory");
	for (size_t i = 0; i < n; i++) {
		size_t rest = i / BUGS_VARIANTS / BUGS_ENGINES;
		struct bugs_run r = {
			.variant = (enum bugs_variant)(i % BUGS_VARIANTS),
			.engine = (enum bugs_engine)(i / BUGS_VARIANTS % BUGS_ENGINES),
		};

		r.bug = (unsigned int)(rest % b->n_bugs);
		r.seed = (unsigned int)(rest / b->n_bugs) + 1;
		if (b->engine[r.engine])
			b->run[b->n_runs++] = r;
	}
	path_in(path, b);
	f = fopen(path, "r");
	while (f && getline(&line, &room, f) > 0)
		take_line(b, line);
	free(line);
	if (f)
		fclose(f);
}

/* ------------------------------------------------------------------ keeping */

static void
add_moment(cJSON *j, const char *name, const struct moment *m)
{
	cJSON *o = m->executions > 0 ? cJSON_AddObjectToObject(j, name) :
				       cJSON_AddNullToObject(j, name);

	if (m->executions == 0)
		return;
	cJSON_AddNumberToObject(o, "executions", (double)m->executions);
	cJSON_AddNumberToObject(o, "s", (double)m->ns / 1e9);
	cJSON_AddNumberToObject(o, "cpu_s", (double)m->cpu_ns / 1e9);
}

/* Whether the file's last line has no end: somebody was killed while writing it. */
static bool
is_torn(FILE *f)
{
	bool torn = f && fseek(f, -1, SEEK_END) == 0 && fgetc(f) != '\n';

	/* Between reading and writing a stream wants a seek. */
	return f && fseek(f, 0, SEEK_END) == 0 && torn;
}

bool
bugs_keep(const struct bugs *b, const struct bugs_run *r, char *why)
{
	char path[FILE_PATH_MAX], *line;
	cJSON *j = cJSON_CreateObject();
	bool ok;
	FILE *f;

	cJSON_AddStringToObject(j, "bug", b->bug[r->bug].name);
	cJSON_AddStringToObject(j, "engine", bugs_engine_names[r->engine]);
	cJSON_AddStringToObject(j, "variant", bugs_variant_names[r->variant]);
	cJSON_AddNumberToObject(j, "seed", r->seed);
	cJSON_AddNumberToObject(j, "limit_s", b->seconds);
	cJSON_AddStringToObject(j, "build", b->bug[r->bug].build[r->engine][r->variant]);
	add_moment(j, "reached", &r->reached);
	add_moment(j, "triggered", &r->triggered);
	cJSON_AddNumberToObject(j, "executions", (double)r->executions);
	cJSON_AddNumberToObject(j, "s", r->seconds);
	line = cJSON_PrintUnformatted(j);
	cJSON_Delete(j);
	path_in(path, b);
	f = fopen(path, "a+");
	ok = line && f && fprintf(f, "%s%s\n", is_torn(f) ? "\n" : "", line) > 0;
	ok = f && fclose(f) == 0 && ok;
	if (!ok)
		snprintf(why, FILE_WHY, "%s: cannot be written", path);
	free(line);
	return ok;
}
