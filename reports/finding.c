#define _GNU_SOURCE
#define _GNU_SOURCE
#include "reports/finding.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/race.h"
#include "diff/tell.h"
#include "diff/text.h"
#include "reports/race_told.h"

static void
print_answer(const struct program *p, const struct difference *d, const struct trace *t, char *out,
	     size_t out_bytes)
{
	enum op_kind kind = (enum op_kind)p->ops[d->at].kind;
	enum result_class c;
	int32_t value;

	c = trace_headline(&t->record[d->at], kind, &value);
	text_print_result(kind, c, value, out, out_bytes);
}

/* Both sides, as a program would say them where they are answers. */
static void
print_sides(struct finding *f, const struct program *p, const struct difference *d,
	    const struct finding_traces *t)
{
	if (d->field == FIELD_EXPECT) {
		text_print_result((enum op_kind)p->ops[d->at].kind, (enum result_class)d->view,
				  (int32_t)d->expected, f->expected, sizeof(f->expected));
		print_answer(p, d, t->got, f->got, sizeof(f->got));
		return;
	}
	if (compare_is_answer(d->field)) {
		print_answer(p, d, t->expected, f->expected, sizeof(f->expected));
		print_answer(p, d, t->got, f->got, sizeof(f->got));
		if (strcmp(f->expected, f->got) != 0)
			return;
	}
	tell_value(d->field, d->expected, f->expected, sizeof(f->expected));
	tell_value(d->field, d->got, f->got, sizeof(f->got));
}

static void
print_where(struct finding *f, const struct program *p, const struct difference *d)
{
	struct race_place race;
	int n;

	if (d->at < p->n_ops && p->ops[d->at].kind == OP_RACE && race_at(&race, p, d->at)) {
		snprintf(f->where, sizeof(f->where), "Operations %u to %u, at once",
			 race.from + 2u, race.turns - 1u);
		return;
	}
	if (d->at < p->n_ops) {
		n = snprintf(f->where, sizeof(f->where), "operation %u: ", d->at + 1u);
		text_print_op(&p->ops[d->at], f->where + n, sizeof(f->where) - (size_t)n);
		return;
	}
	n = snprintf(f->where, sizeof(f->where), "at the end, of d%u", d->domain);
	if (d->field == FIELD_DIGEST)
		snprintf(f->where + n, sizeof(f->where) - (size_t)n, ", page p%u", d->slot);
}

/* Whether what ends at `end' is the digits of "+arm64". */
static bool
is_arm64(const char *end, const char *lane)
{
	static const char name[] = "+arm64";
	size_t left = (size_t)(end - lane), n = sizeof(name) - 1;

	for (size_t digits = 0; digits < 2; digits++)
		if (left >= n - digits && strncmp(end - (n - digits), name, n - digits) == 0)
			return true;
	return false;
}

/* "xen:trixie+pvh" is "xen+pvh": what the lane is of, and not which of its kind. */
static void
print_kind(const char *lane, char *out, size_t n)
{
	const char *options = lane + strlen(lane), *word = options;
	bool model = strncmp(lane, "model", 5) == 0;	/* what it is beside decides */

	/* Versions and files' names may have a `+', too; options have small letters, but one. */
	while (word > lane && (islower((unsigned char)word[-1]) || is_arm64(word, lane))) {
		word--;
		if (word > lane && word[-1] == '+')
			options = --word;
	}
	snprintf(out, n, "%.*s%s", (int)strcspn(lane, ":"), lane,
		 strchr(lane, ':') != NULL && !model ? options : "");
}

/* Beside the model, or the program's own word, it is one lane's. */
static void
print_class(struct finding *f, const struct class_words *w)
{
	char expected[24], got[24], world[52];

	print_kind(f->lane_expected, expected, sizeof(expected));
	print_kind(f->lane_got, got, sizeof(got));
	if (strcmp(expected, "model") == 0 || strcmp(expected, "program") == 0)
		snprintf(world, sizeof(world), "%s", got);
	else
		snprintf(world, sizeof(world), "%s+%s", expected, got);
	snprintf(f->op, sizeof(f->op), "%s", w->op);
	class_print(w, world, f->class);
	class_say(w, f->says);
}

void
finding_of_difference(struct finding *f, const struct program *p, const struct difference *d,
		      const struct finding_traces *t, const char *lane_expected,
		      const char *lane_got)
{
	struct class_words w;

	memset(f, 0, sizeof(*f));
	f->lane_expected = lane_expected;
	f->lane_got = lane_got;
	f->rule = d->rule;
	print_where(f, p, d);
	if (d->field == FIELD_INVARIANT) {
		snprintf(f->expected, sizeof(f->expected), "the invariant holds");
		snprintf(f->got, sizeof(f->got), "%s", d->invariant);
	} else if (d->field == FIELD_RACE) {
		snprintf(f->expected, sizeof(f->expected), "answers of some order");
		snprintf(f->got, sizeof(f->got), "%s", d->invariant);
	} else {
		print_sides(f, p, d, t);
	}
	class_of_difference(&w, p, d, t->expected, t->got, t->model);
	print_class(f, &w);
}

/* The operation that the line begins with, if any: "map: Panic on CPU 0: ...". */
static const char *
named_op(const char *why)
{
	size_t n = strcspn(why, ":");

	for (unsigned int k = 0; k < OP_EXPECT; k++)
		if (strlen(op_table[k].name) == n && strncmp(why, op_table[k].name, n) == 0)
			return op_table[k].name;
	return NULL;
}

void
finding_of_failure(struct finding *f, const char *lane, const char *why)
{
	const char *aside = strstr(why, LANE_ASIDE), *op = named_op(why);
	int n = aside != NULL ? (int)(aside - why) : (int)strlen(why);
	struct class_words w;
	char said[320];

	memset(f, 0, sizeof(*f));
	f->lane_expected = "model";
	f->lane_got = lane;
	snprintf(f->expected, sizeof(f->expected), "a trace");
	snprintf(f->got, sizeof(f->got), "%.*s", n < 60 ? n : 60, why);
	snprintf(f->where, sizeof(f->where), "%.310s", why);
	snprintf(said, sizeof(said), "%.*s", n, why);
	class_of_end(&w, op, "ends well", said + (op != NULL ? strlen(op) + 1 : 0));
	print_class(f, &w);
}

bool
finding_of_class(struct finding *f, const char *id, const char *lane, const char *where)
{
	struct class_words w;

	if (!class_read(&w, id))
		return false;
	memset(f, 0, sizeof(*f));
	f->lane_expected = "model";
	f->lane_got = lane;
	print_class(f, &w);
	snprintf(f->expected, sizeof(f->expected), "%.63s", w.expected);
	snprintf(f->got, sizeof(f->got), "%.63s", w.got);
	snprintf(f->where, sizeof(f->where), "%s", where[0] ? where : f->says);
	return true;
}

bool
finding_is_failure(const struct finding *f)
{
	struct class_words w;

	return class_read(&w, f->class) && strcmp(w.field, "end") == 0;
}

void
finding_id(char id[CLASS_ID], const char *class)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_.@+-";

	if (class[strspn(class, safe)] == 0 && class[0] != '.' && strlen(class) < CLASS_ID)
		snprintf(id, CLASS_ID, "%s", class);
	else
		class_slug(id, CLASS_ID, class);
}

size_t
finding_print(const struct finding *f, char *out, size_t out_bytes)
{
	char rule[48] = "";

	if (f->rule)
		snprintf(rule, sizeof(rule), "  rule R%u of diff/spec.md\n", f->rule);
	return (size_t)snprintf(out, out_bytes, "  %s\n  %s: %s\n  %s: %s\n%s  class: %s\n",
				f->where, f->lane_expected, f->expected, f->lane_got, f->got, rule,
				f->class);
}

/* As comment lines. */
static char *
race_text(const cJSON *race)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		return NULL;
	race_told_print(race, "# ", out);
	fclose(out);
	return text;
}

char *
finding_text(const struct finding *f, const struct program *p, const char *how, const char *repro,
	     const cJSON *race)
{
	/* What is aside names the console as it was called before it came here. */
	const char *aside = strstr(f->where, LANE_ASIDE);
	int where = aside ? (int)(aside - f->where) : (int)strlen(f->where), n = -1;
	char *program = malloc(text_print(p, NULL, 0) + 1), *told = race_text(race), *text = NULL;

	if (program != NULL && told != NULL) {
		text_print(p, program, text_print(p, NULL, 0) + 1);
		n = asprintf(&text,
			     "# %.*s\n# %s: %s\n# %s: %s\n# %s\n# class: %s\n# repro: %s\n%s%s",
			     where, f->where, f->lane_expected, f->expected, f->lane_got, f->got,
			     how, f->class, repro, program, told);
	}
	free(program);
	free(told);
	return n < 0 ? NULL : text;
}

cJSON *
finding_json(const struct finding *f, const char *program_text)
{
	cJSON *j = cJSON_CreateObject(), *lanes;

	cJSON_AddStringToObject(j, "class", f->class);
	cJSON_AddStringToObject(j, "says", f->says);
	cJSON_AddStringToObject(j, "op", f->op);
	cJSON_AddStringToObject(j, "expected", f->expected);
	cJSON_AddStringToObject(j, "got", f->got);
	lanes = cJSON_AddArrayToObject(j, "lanes");
	cJSON_AddItemToArray(lanes, cJSON_CreateString(f->lane_expected));
	cJSON_AddItemToArray(lanes, cJSON_CreateString(f->lane_got));
	cJSON_AddStringToObject(j, "where", f->where);
	if (f->rule)
		cJSON_AddNumberToObject(j, "rule", f->rule);
	if (program_text)
		cJSON_AddStringToObject(j, "program", program_text);
	else
		cJSON_AddNullToObject(j, "program");
	cJSON_AddBoolToObject(j, "minimal", f->minimal);
	return j;
}
