/* race_told: see race_told.h. */
#include "reports/race_told.h"

#include <string.h>

#include "diff/race.h"
#include "diff/text.h"
#include "reports/flags.h"

enum { WORDS = 200, NAME = 40, BRANCH_WORDS = 1024 };

/* ------------------------------------------------------------------ things */

/* `d0 g0', or `d0 entry 9' of one without a name. */
static void
entry_name(char out[NAME], unsigned int domain, unsigned int slot, uint64_t number)
{
	if (slot < REF_SLOTS)
		snprintf(out, NAME, "d%u g%u", domain, slot);
	else
		snprintf(out, NAME, "d%u entry %u", domain, (unsigned int)number);
}

static const char *
entry_part(const struct story_turn *t)
{
	if (t->thing.kind == THING_ENTRY_DOMID)
		return "domid";
	if (t->thing.kind == THING_ENTRY_FRAME)
		return "frame";
	return t->size == 4 ? "flags and domid" : "flags";
}

static void
thing_words(char out[WORDS], const struct story_turn *t)
{
	const struct sim_thing *x = &t->thing;
	char name[NAME];

	entry_name(name, x->domain, t->slot, x->number);
	out[0] = '\0';
	switch ((enum sim_thing_kind)x->kind) {
	case THING_GUEST: snprintf(out, WORDS, "d%u", x->domain); break;
	case THING_GUEST_LOCK: snprintf(out, WORDS, "the lock of d%u's core", x->domain); break;
	case THING_ACCESSES: snprintf(out, WORDS, "accesses of d%u", x->domain); break;
	case THING_TABLE_LOCK: snprintf(out, WORDS, "the lock of d%u's table", x->domain); break;
	case THING_TABLE_SIZE: snprintf(out, WORDS, "the size of d%u's table", x->domain); break;
	case THING_ENTRY_LOCK: snprintf(out, WORDS, "Xen's lock of %s", name); break;
	case THING_ENTRY_FLAGS: case THING_ENTRY_DOMID: case THING_ENTRY_FRAME:
		snprintf(out, WORDS, "%s of %s", entry_part(t), name);
		break;
	case THING_HANDLES_LOCK: snprintf(out, WORDS, "the lock of d%u's handles", x->domain); break;
	case THING_HANDLE:
		snprintf(out, WORDS, "d%u's handle %u", x->domain, (unsigned int)x->number);
		break;
	case THING_PAGES: snprintf(out, WORDS, "pages"); break;
	case THING_BYTES: snprintf(out, WORDS, "bytes of a page"); break;
	case THING_NOTHING: case THING_KINDS: break;
	}
}

/* What a field of an entry holds, or is to hold: "access read", "d1", "p0". */
static void
value_words(char out[WORDS], const struct story_turn *t, const struct entry_view *v)
{
	char flags[FLAGS_WORDS], view[64], dom[16] = "", page[16] = "";

	text_print_view(v, view, sizeof(view));
	sscanf(view, "[%*s %15s %15[^]]", dom, page);
	flags_words(v->flags, flags);
	if (t->thing.kind == THING_ENTRY_DOMID)
		snprintf(out, WORDS, "%s", dom);
	else if (t->thing.kind == THING_ENTRY_FRAME)
		snprintf(out, WORDS, "%s", page);
	else
		snprintf(out, WORDS, t->size == 4 ? "%s, %s" : "%s", flags, dom);
}

/* ------------------------------------------------------------------ turns */

static void
turn_text(char out[16], struct turn t)
{
	int n = snprintf(out, 16, "%u", t.branch);

	if (t.kind == TURN_HOLD)
		snprintf(out + n, 16 - (size_t)n, "_");
	else if (t.kind == TURN_DRAIN && t.index == 0)
		snprintf(out + n, 16 - (size_t)n, "!");
	else if (t.kind != TURN_STEP)
		snprintf(out + n, 16 - (size_t)n, "%c%u", t.kind == TURN_DRAIN ? '!' : '~',
			 t.index);
}

/* What is not as one would read it from the code; NULL: nothing. */
static const char *
turn_odd(const struct story_turn *t)
{
	if (t->act == RACE_HOLD)
		return "waits in the store buffer, nobody else sees it yet";
	if (t->turn.kind == TURN_STALE)
		return "early: what was there before the last write to it";
	if (t->act == RACE_DRAIN && t->turn.index > 0)
		return "past stores that are older";
	return NULL;
}

/* A step's function, as words. */
static void
in_words(char out[STORY_IN], const char *in)
{
	snprintf(out, STORY_IN, "%s", in);
	for (; *out != '\0'; out++)
		if (*out == '_')
			*out = ' ';
}

/* What is told of an access to memory: "loads flags of d0 g0: access". */
static void
access_words(char out[WORDS], const struct story_turn *t, const char *does)
{
	char thing[WORDS], was[WORDS], value[WORDS];
	bool entry = t->thing.kind >= THING_ENTRY_FLAGS && t->thing.kind <= THING_ENTRY_FRAME;

	thing_words(thing, t);
	value_words(was, t, &t->was);
	value_words(value, t, &t->value);
	if (!entry)
		snprintf(out, WORDS, "%s %.80s", does, thing);
	else if (t->act == RACE_EXCHANGE || t->act == RACE_AND)
		snprintf(out, WORDS, "%s %.40s: %.50s, now %.50s", does, thing, was, value);
	else if (t->act == RACE_REFUSED)
		snprintf(out, WORDS, "%s %.60s: found %.60s", does, thing, was);
	else
		snprintf(out, WORDS, "%s %.60s: %.60s", does, thing, value);
}

static void
turn_words(char out[WORDS], const struct story_turn *t)
{
	char thing[WORDS], in[STORY_IN];

	thing_words(thing, t);
	in_words(in, t->in);
	switch ((enum race_act)t->act) {
	case RACE_BEGINS: snprintf(out, WORDS, "begins"); break;
	case RACE_STEP: snprintf(out, WORDS, "step: %s (%.80s)", in, thing); break;
	case RACE_FLUSH: snprintf(out, WORDS, "step: %s, a flush (%.80s)", in, thing); break;
	case RACE_LOAD: access_words(out, t, t->ordered ? "loads (acquire)" : "loads"); break;
	case RACE_STORE: case RACE_HOLD:
		access_words(out, t, t->ordered ? "stores (release)" : "stores");
		break;
	case RACE_DRAIN: access_words(out, t, "leaves the store buffer:"); break;
	case RACE_EXCHANGE: access_words(out, t, "exchanges"); break;
	case RACE_REFUSED: access_words(out, t, "would exchange"); break;
	case RACE_AND: access_words(out, t, "clears"); break;
	case RACE_FENCE: snprintf(out, WORDS, "a fence: nothing waits any more"); break;
	case RACE_LOCK: snprintf(out, WORDS, "locks %.80s", thing); break;
	case RACE_LOCK_SHARED: snprintf(out, WORDS, "locks %.80s, with others", thing); break;
	case RACE_RELAX: snprintf(out, WORDS, "waits for a store to %.80s", thing); break;
	case RACE_ACTS: break;
	}
}

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
	char text[16], words[WORDS], op[256];
	int waiting[RACE_BRANCHES_MAX];

	turn_text(text, t->turn);
	turn_words(words, t);
	text_print_op(&p->ops[t->at], op, sizeof(op));
	cJSON_AddStringToObject(j, "turn", text);
	cJSON_AddNumberToObject(j, "branch", t->turn.branch);
	cJSON_AddNumberToObject(j, "at", t->at + 1);
	cJSON_AddStringToObject(j, "operation", op);
	cJSON_AddStringToObject(j, "does", words);
	if (turn_odd(t) != NULL)
		cJSON_AddStringToObject(j, "odd", turn_odd(t));
	for (unsigned int b = 0; b < RACE_BRANCHES_MAX; b++)
		waiting[b] = t->waiting[b];
	cJSON_AddItemToObject(j, "waiting", cJSON_CreateIntArray(waiting, s->n_branches));
	views = cJSON_AddArrayToObject(j, "entries");
	for (unsigned int e = 0; e < s->n_entries; e++)
		cJSON_AddItemToArray(views, view_json(&t->view[e]));
	return j;
}

static void
add_answer(cJSON *turn, const struct race_story *s, const struct program *p, unsigned int at,
	   const struct evidence_run *run)
{
	const struct trace_record *g = &run->got.record[at], *x = &run->expected.record[at];
	enum op_kind kind = (enum op_kind)p->ops[at].kind;
	char text[2][64], nearest[100];
	enum result_class c;
	int32_t value;

	c = trace_headline(g, kind, &value);
	text_print_result(kind, c, value, text[0], sizeof(text[0]));
	c = trace_headline(x, kind, &value);
	text_print_result(kind, c, value, text[1], sizeof(text[1]));
	cJSON_AddStringToObject(turn, "answer", text[0]);
	if (!s->judged || at >= run->n_expected || strcmp(text[0], text[1]) == 0)
		return;
	snprintf(nearest, sizeof(nearest), "the nearest order allowed answers %s", text[1]);
	cJSON_AddStringToObject(turn, "wrong", nearest);
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
	char name[NAME];

	for (unsigned int i = 0; i < s->n_entries; i++) {
		const struct story_entry *e = &s->entry[i];
		cJSON *j = cJSON_CreateObject();

		entry_name(name, e->domain, e->slot, e->number);
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
	for (unsigned int i = 0; i < s->n_allowed; i++)
		cJSON_AddItemToArray(allowed, cJSON_CreateString(s->allowed[i]));
	cJSON_AddBoolToObject(j, "allowed_more", s->allowed_more);
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

static const char *
string(const cJSON *j, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(j, name));

	return s != NULL ? s : "";
}

static void
print_turn(const cJSON *turn, const char *prefix, const char *before, FILE *out)
{
	const char *odd = string(turn, "odd"), *answer = string(turn, "answer");
	const char *wrong = string(turn, "wrong");

	if (strcmp(before, string(turn, "operation")) != 0)
		fprintf(out, "%s         %s\n", prefix, string(turn, "operation"));
	fprintf(out, "%s  %s %-4s   %s%s%s\n", prefix, wrong[0] != '\0' ? ">" : " ",
		string(turn, "turn"), string(turn, "does"), odd[0] != '\0' ? "; " : "", odd);
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

	if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(race, "turns")) > 0)
		fprintf(out, "%sthe race, turn by turn:\n", prefix);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(race, "turns")) {
		print_turn(item, prefix, before, out);
		before = string(item, "operation");
	}
	if (string(race, "answered")[0] != '\0')
		fprintf(out, "%sanswered: %s\n", prefix, string(race, "answered"));
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(race, "allowed"))
		fprintf(out, "%sallowed:  %s\n", prefix,
			cJSON_IsString(item) ? item->valuestring : "");
	if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(race, "allowed_more")))
		fprintf(out, "%sand more: not all orders of the model were tried\n", prefix);
}
