/* run: programs on one lane, and what each operation answered. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/lane_host.h"
#include "diff/text.h"
#include "fuzz/cli.h"
#include "fuzz/lanes.h"
#include "fuzz/load.h"
#include "reports/finding.h"

/* One lane, and the programs that go through it one after the other. */
struct runner {
	struct lane *lane;
	const char *lane_name;
	bool json, plan;
	struct program program;
	struct trace trace;
	char why[FILE_WHY];
};

static void
print_text(struct runner *r, const char *path)
{
	size_t n = text_print_trace(&r->program, &r->trace, NULL, 0) + 1;
	char *text = malloc(n);

	if (!text)
		cli_die(EXIT_RIG, "out of memory for a trace");
	text_print_trace(&r->program, &r->trace, text, n);
	printf("# %s on %s\n%s", path, r->lane_name, text);
	free(text);
}

static void
print_line(cJSON *j)
{
	char *text = cJSON_PrintUnformatted(j);

	if (!text)
		cli_die(EXIT_RIG, "out of memory for a line of JSON");
	puts(text);
	free(text);
	cJSON_Delete(j);
}

static void
print_record(struct runner *r, const char *path, unsigned int at)
{
	const struct trace_record *rec = &r->trace.record[at];
	enum op_kind kind = (enum op_kind)r->program.ops[at].kind;
	cJSON *j = cJSON_CreateObject();
	char text[200], answer[64];
	enum result_class c;
	int32_t value;

	c = trace_headline(rec, kind, &value);
	text_print_op(&r->program.ops[at], text, sizeof(text));
	text_print_result(kind, c, value, answer, sizeof(answer));
	cJSON_AddStringToObject(j, "program", path);
	cJSON_AddStringToObject(j, "lane", r->lane_name);
	cJSON_AddNumberToObject(j, "at", at + 1);
	cJSON_AddStringToObject(j, "op", op_table[kind].name);
	cJSON_AddStringToObject(j, "text", text);
	cJSON_AddStringToObject(j, "answer", answer);
	cJSON_AddNumberToObject(j, "rc", rec->rc);
	cJSON_AddNumberToObject(j, "value", rec->value);
	cJSON_AddNumberToObject(j, "free", rec->free_count);
	print_line(j);
}

static void
print_trace(struct runner *r, const char *path)
{
	if (!r->json) {
		print_text(r, path);
		return;
	}
	for (unsigned int i = 0; i < r->program.n_ops; i++)
		if (op_is_done(r->program.ops[i].kind))
			print_record(r, path, i);
}

static void
print_finding(struct runner *r, const char *path, const struct finding *f)
{
	char *program = load_text(&r->program);
	char text[800];

	finding_print(f, text, sizeof(text));
	if (r->json)
		print_line(finding_json(f, program));
	else
		printf("%s: not as expected\n%s", path, text);
	free(program);
}

/* Run one and print it.  Returns the exit status. */
static int
run_one(struct runner *r, const char *path)
{
	const struct program_header before = r->program.header;
	struct finding f;
	struct difference d;
	enum verdict v;
	bool adapted;

	lane_adapt(r->lane, &r->program.header);
	adapted = memcmp(&before, &r->program.header, sizeof(before)) != 0;
	if (adapted) {
		program_normalize(&r->program);
		cli_say("%s: header changed for %s; expected answers are not checked", path,
			r->lane_name);
	}
	if (r->plan)
		printf("# %s on %s: nothing is done\n", path, r->lane_name);
	v = lane_run(r->lane, &r->program, &r->trace, r->why, sizeof(r->why));
	if (v == VERDICT_ERROR)
		cli_die(EXIT_RIG, "%s on %s: %s", path, r->lane_name, r->why);
	if (v == VERDICT_SKIP) {
		cli_say("%s on %s: skipped: %s", path, r->lane_name, r->why);
		return EXIT_SKIP;
	}
	if (v == VERDICT_FAILURE) {
		finding_of_failure(&f, r->lane_name, r->why);
		print_finding(r, path, &f);
		return EXIT_FINDING;
	}
	if (r->plan)
		return EXIT_OK;
	print_trace(r, path);
	if (adapted || compare_expectations(&d, &r->program, &r->trace))
		return EXIT_OK;
	finding_of_difference(&f, &r->program, &d,
			      &(struct finding_traces){ .got = &r->trace }, "program",
			      r->lane_name);
	print_finding(r, path, &f);
	return EXIT_FINDING;
}

/* The lane of the same host that only says what it would do. */
static void
plan(struct runner *r)
{
	static char name[64];

	if (strncmp(r->lane_name, lane_host.prefix, strlen(lane_host.prefix)) != 0)
		cli_die(EXIT_USAGE,
			"run --plan: lane %s does nothing to this machine; a plan is of a lane "
			"host:DOMID", r->lane_name);
	if (r->json)
		cli_die(EXIT_USAGE, "run --plan: a plan is for people, and has no --json");
	snprintf(name, sizeof(name), "%.50s+plan", r->lane_name);
	r->lane_name = name;
}

int
verb_run(const struct cli_verb *v, int argc, char **argv)
{
	static struct runner r = { .lane_name = "sim" };
	const struct cli_option options[] = {
		{ "--lane", CLI_WORD, &r.lane_name, 0, 0 },
		{ "--json", CLI_FLAG, &r.json, 0, 0 },
		{ "--plan", CLI_FLAG, &r.plan, 0, 0 },
	};
	int n = cli_options(v, options, 3, argc, argv), status = EXIT_OK;

	if (n == 0)
		cli_die(EXIT_USAGE, "run: no program; give one or more files");
	/* A bad file is told before a machine is booted for it. */
	for (int i = 0; i < n; i++)
		if (!load_program(&r.program, argv[i], r.why))
			cli_die(EXIT_USAGE, "%s", r.why);
	if (r.plan)
		plan(&r);
	r.lane = lanes_open(r.lane_name);
	for (int i = 0; i < n; i++) {
		int one;

		if (!load_program(&r.program, argv[i], r.why))
			cli_die(EXIT_USAGE, "%s", r.why);
		one = run_one(&r, argv[i]);
		if (status == EXIT_OK || one == EXIT_FINDING)
			status = one;
	}
	lane_close(r.lane);
	return status;
}
