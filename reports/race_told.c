/* race_told: see race_told.h. */
#include "reports/race_told.h"

#include <string.h>

#include "diff/race.h"
#include "diff/text.h"
#include "reports/race_page.h"
#include "reports/race_words.h"

enum { BRANCH_WORDS = 1024 };

/* ------------------------------------------------------------------ the object */

static cJSON *
view_json(const struct entry_view *v)
{
	const int view[] = { v->flags, v->dom, v->frame };

	return cJSON_CreateIntArray(view, 3);
}

static cJSON *
turn_json(const struct race_story *s, unsigned int i, const struct program *p)
{
	const struct story_turn *t = &s->turn[i];
	cJSON *j = cJSON_CreateObject(), *views;
	char text[16], words[RACE_WORDS], odd[RACE_WORDS], op[256];
	int waiting[RACE_BRANCHES_MAX];

	text_print_turn(t->turn, text, sizeof(text));
	race_turn_words(words, t);
	text_print_op(&p->ops[t->at], op, sizeof(op));
	cJSON_AddStringToObject(j, "turn", text);
	cJSON_AddNumberToObject(j, "branch", t->turn.branch);
	cJSON_AddNumberToObject(j, "at", t->at + 1);
	cJSON_AddStringToObject(j, "operation", op);
	cJSON_AddStringToObject(j, "does", words);
	race_odd_words(odd, s, i);
	if (odd[0] != '\0')
		cJSON_AddStringToObject(j, "odd", odd);
	for (unsigned int b = 0; b < RACE_BRANCHES_MAX; b++)
		waiting[b] = t->waiting[b];
	cJSON_AddItemToObject(j, "waiting", cJSON_CreateIntArray(waiting, s->n_branches));
	views = cJSON_AddArrayToObject(j, "entries");
	for (unsigned int e = 0; e < s->n_entries; e++)
		cJSON_AddItemToArray(views, view_json(&t->view[e]));
	return j;
}

/* What the operations of one hypercall answered, the first of which is `at'. */
static void
add_answer(cJSON *turn, const struct race_story *s, const struct program *p, unsigned int at,
	   const struct evidence_run *run)
{
	unsigned int end = at + program_batch(p, at);
	char answers[RACE_WORDS] = "", nearest[RACE_WORDS] = "", says[RACE_WORDS], text[2][64];
	bool wrong = false;

	for (unsigned int i = at; i < end && i < run->n_got && i < p->n_ops; i++) {
		const struct trace_record *r[] = { &run->got.record[i], &run->expected.record[i] };
		size_t used[] = { strlen(answers), strlen(nearest) };

		for (unsigned int k = 0; k < 2; k++) {
			enum op_kind kind = (enum op_kind)p->ops[i].kind;
			int32_t value;
			enum result_class c = trace_headline(r[k], kind, &value);

			text_print_result(kind, c, value, text[k], sizeof(text[k]));
			snprintf((k == 0 ? answers : nearest) + used[k], RACE_WORDS - used[k],
				 "%s%s", i > at ? ", " : "", text[k]);
		}
		wrong = wrong || (i < run->n_expected && strcmp(text[0], text[1]) != 0);
	}
	cJSON_AddStringToObject(turn, "answer", answers);
	if (!s->judged || !wrong)
		return;
	snprintf(says, sizeof(says), "the nearest order allowed answers %.150s", nearest);
	cJSON_AddStringToObject(turn, "wrong", says);
}

/* Each operation's answer, at its last turn that is no store on its way. */
static void
add_answers(cJSON *turns, const struct race_story *s, const struct program *p,
	    const struct evidence_run *run)
{
	bool told[PROGRAM_OPS_MAX] = { false };

	for (unsigned int i = s->n_turns; i-- > 0;) {
		const struct story_turn *t = &s->turn[i];

		if (told[t->at] || t->act == RACE_DRAIN || t->at >= run->n_got)
			continue;
		told[t->at] = true;
		add_answer(cJSON_GetArrayItem(turns, (int)i), s, p, t->at, run);
	}
}

static cJSON *
entries_json(const struct race_story *s)
{
	cJSON *all = cJSON_CreateArray();
	char name[RACE_NAME];

	for (unsigned int i = 0; i < s->n_entries; i++) {
		const struct story_entry *e = &s->entry[i];
		cJSON *j = cJSON_CreateObject();

		race_entry_name(name, e->domain, e->slot, e->number);
		cJSON_AddStringToObject(j, "name", name);
		cJSON_AddNumberToObject(j, "number", e->number);
		cJSON_AddItemToObject(j, "before", view_json(&e->before));
		cJSON_AddItemToArray(all, j);
	}
	return all;
}

/* The operations of each branch. */
static cJSON *
branches_json(const struct race_story *s, const struct program *p)
{
	cJSON *all = cJSON_CreateArray();
	struct race_place r = { .n = 0 };

	race_at(&r, p, s->at);
	for (unsigned int b = 0; b < r.n; b++) {
		char text[BRANCH_WORDS] = "";
		size_t used = 0;

		for (unsigned int i = r.branch[b].from; i < r.branch[b].to; i++) {
			if (!op_is_done(p->ops[i].kind) || used + 4 > sizeof(text))
				continue;
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
						 used > 0 ? "; " : "");
			used += text_print_op(&p->ops[i], text + used, sizeof(text) - used);
		}
		cJSON_AddItemToArray(all, cJSON_CreateString(text));
	}
	return all;
}

static void
add_allowed(cJSON *j, const struct race_story *s)
{
	cJSON *allowed;

	if (s->answered[0] != '\0')
		cJSON_AddStringToObject(j, "answered", s->answered);
	if (!s->judged)
		return;
	allowed = cJSON_AddArrayToObject(j, "allowed");
	for (unsigned int i = 0; i < s->allowed.n; i++)
		cJSON_AddItemToArray(allowed, cJSON_CreateString(s->allowed.words[i]));
	cJSON_AddBoolToObject(j, "allowed_more", s->allowed.full);
}

cJSON *
race_told_json(const struct race_story *s, const struct program *p,
	       const struct evidence_run *run)
{
	cJSON *j, *turns;

	if (!s->began)
		return NULL;
	j = cJSON_CreateObject();
	cJSON_AddNumberToObject(j, "at", s->at + 1);
	cJSON_AddItemToObject(j, "branches", branches_json(s, p));
	cJSON_AddBoolToObject(j, "ended", s->ended);
	cJSON_AddItemToObject(j, "entries", entries_json(s));
	turns = cJSON_AddArrayToObject(j, "turns");
	for (unsigned int i = 0; i < s->n_turns; i++)
		cJSON_AddItemToArray(turns, turn_json(s, i, p));
	cJSON_AddNumberToObject(j, "left_out", s->n_left_out);
	if (s->ended)
		add_answers(turns, s, p, run);
	else if (s->n_turns > 0 && run->broken[0] != '\0')
		cJSON_AddStringToObject(cJSON_GetArrayItem(turns, s->n_turns - 1), "wrong",
					run->broken);
	add_allowed(j, s);
	return j;
}

/* ------------------------------------------------------------------ as text */

static void
print_turn(const cJSON *turn, const char *prefix, const char *before, FILE *out)
{
	const char *odd = race_string(turn, "odd"), *answer = race_string(turn, "answer");
	const char *wrong = race_string(turn, "wrong");

	if (strcmp(before, race_string(turn, "operation")) != 0)
		fprintf(out, "%s         %s\n", prefix, race_string(turn, "operation"));
	fprintf(out, "%s  %s %-4s   %s%s%s\n", prefix, wrong[0] != '\0' ? ">" : " ",
		race_string(turn, "turn"), race_string(turn, "does"), odd[0] != '\0' ? "; " : "",
		odd);
	if (answer[0] != '\0')
		fprintf(out, "%s           = %s\n", prefix, answer);
	if (wrong[0] != '\0')
		fprintf(out, "%s           ^ here: %s\n", prefix, wrong);
}

void
race_told_print(const cJSON *race, const char *prefix, FILE *out)
{
	const cJSON *item;
	const char *before = "";

	if (cJSON_GetArraySize(race_member(race, "turns")) > 0)
		fprintf(out, "%sthe race, turn by turn:\n", prefix);
	cJSON_ArrayForEach(item, race_member(race, "turns")) {
		print_turn(item, prefix, before, out);
		before = race_string(item, "operation");
	}
	if (race_string(race, "answered")[0] != '\0')
		fprintf(out, "%sanswered: %s\n", prefix, race_string(race, "answered"));
	cJSON_ArrayForEach(item, race_member(race, "allowed"))
		fprintf(out, "%sallowed:  %s\n", prefix,
			cJSON_IsString(item) ? item->valuestring : "");
	if (cJSON_IsTrue(race_member(race, "allowed_more")))
		fprintf(out, "%sand more: not all orders of the model were tried\n", prefix);
}
