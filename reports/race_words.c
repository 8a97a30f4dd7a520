#include "reports/race_words.h"

#include <stdio.h>
#include <string.h>

#include "diff/text.h"
#include "reports/flags.h"

/* ------------------------------------------------------------------ things */

void
race_entry_name(char out[RACE_NAME], unsigned int domain, unsigned int slot, uint64_t number)
{
	if (slot < REF_SLOTS)
		snprintf(out, RACE_NAME, "d%u g%u", domain, slot);
	else
		snprintf(out, RACE_NAME, "d%u entry %u", domain, (unsigned int)number);
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
thing_words(char out[RACE_WORDS], const struct story_turn *t)
{
	static const char *const of_domain[THING_KINDS] = {
		[THING_GUEST] = "d%u", [THING_GUEST_LOCK] = "the lock of d%u's core",
		[THING_TABLE_LOCK] = "the lock of d%u's table",
		[THING_TABLE_SIZE] = "the size of d%u's table",
		[THING_HANDLES_LOCK] = "the lock of d%u's handles",
	};
	const struct sim_thing *x = &t->thing;
	char name[RACE_NAME];

	race_entry_name(name, x->domain, t->slot, x->number);
	out[0] = '\0';
	switch ((enum sim_thing_kind)x->kind) {
	case THING_GUEST: case THING_GUEST_LOCK: case THING_TABLE_LOCK: case THING_TABLE_SIZE:
	case THING_HANDLES_LOCK:
		snprintf(out, RACE_WORDS, of_domain[x->kind], x->domain);
		break;
	case THING_ENTRY_LOCK: snprintf(out, RACE_WORDS, "Xen's lock of %s", name); break;
	case THING_ENTRY_FLAGS: case THING_ENTRY_DOMID: case THING_ENTRY_FRAME:
		snprintf(out, RACE_WORDS, "%s of %s", entry_part(t), name);
		break;
	case THING_HANDLE:
		snprintf(out, RACE_WORDS, "d%u's handle %u", x->domain, (unsigned int)x->number);
		break;
	case THING_PAGES: snprintf(out, RACE_WORDS, "pages"); break;
	case THING_BYTES: snprintf(out, RACE_WORDS, "bytes of a page"); break;
	case THING_NOTHING: case THING_KINDS: break;
	}
}

/* What a field of an entry holds, or is to hold: "access read", "d1", "p0". */
static void
value_words(char out[RACE_WORDS], const struct story_turn *t, const struct entry_view *v)
{
	char flags[FLAGS_WORDS], view[64], dom[16] = "", page[16] = "";

	text_print_view(v, view, sizeof(view));
	sscanf(view, "[%*s %15s %15[^]]", dom, page);
	flags_words(v->flags, flags);
	if (t->thing.kind == THING_ENTRY_DOMID)
		snprintf(out, RACE_WORDS, "%s", dom);
	else if (t->thing.kind == THING_ENTRY_FRAME && v->frame == VIEW_FRAME_OTHER)
		snprintf(out, RACE_WORDS, "0x%x, in no slot yet", (unsigned int)t->bytes);
	else if (t->thing.kind == THING_ENTRY_FRAME)
		snprintf(out, RACE_WORDS, "%s", page);
	else
		snprintf(out, RACE_WORDS, t->size == 4 ? "%s, %s" : "%s", flags, dom);
}

/* ------------------------------------------------------------------ turns */

/* The stores of its branch that a drain passes by: turns before it, oldest first. */
static unsigned int
passed_by(const struct race_story *s, unsigned int at, const struct story_turn *passed[])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < at; i++) {
		const struct story_turn *t = &s->turn[i];

		if (t->turn.branch != s->turn[at].turn.branch)
			continue;
		if (t->act == RACE_HOLD && n < TURN_STORES_MAX) {
			passed[n++] = t;
		} else if (t->act == RACE_DRAIN && t->turn.index < n) {
			n--;
			for (unsigned int k = t->turn.index; k < n; k++)
				passed[k] = passed[k + 1];
		}
	}
	return s->turn[at].turn.index < n ? s->turn[at].turn.index : n;
}

void
race_odd_words(char out[RACE_WORDS], const struct race_story *s, unsigned int at)
{
	const struct story_turn *t = &s->turn[at], *passed[TURN_STORES_MAX];
	unsigned int n = 0;

	out[0] = '\0';
	if (t->act == RACE_HOLD)
		snprintf(out, RACE_WORDS, "waits in the store buffer: nobody else sees it yet");
	else if (t->turn.kind == TURN_STALE)
		snprintf(out, RACE_WORDS, "early: what was there before the last write to it");
	else if (t->act == RACE_DRAIN && t->turn.index > 0)
		n = passed_by(s, at, passed);
	for (unsigned int i = 0; i < n; i++) {
		char thing[RACE_WORDS];
		size_t used = strlen(out);

		thing_words(thing, passed[i]);
		snprintf(out + used, RACE_WORDS - used, "%s%.60s", i > 0 ? ", " :
			 "before older stores, which still wait: ", thing);
	}
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
access_words(char out[RACE_WORDS], const struct story_turn *t, const char *does)
{
	char thing[RACE_WORDS], was[RACE_WORDS], value[RACE_WORDS];
	bool entry = t->thing.kind >= THING_ENTRY_FLAGS && t->thing.kind <= THING_ENTRY_FRAME;

	thing_words(thing, t);
	value_words(was, t, &t->was);
	value_words(value, t, &t->value);
	if (!entry)
		snprintf(out, RACE_WORDS, "%s %.80s", does, thing);
	else if (t->act == RACE_EXCHANGE || t->act == RACE_AND)
		snprintf(out, RACE_WORDS, "%s %.40s: %.50s, now %.50s", does, thing, was, value);
	else if (t->act == RACE_REFUSED)
		snprintf(out, RACE_WORDS, "%s %.60s: found %.60s", does, thing, was);
	else
		snprintf(out, RACE_WORDS, "%s %.60s: %.60s", does, thing, value);
}

void
race_turn_words(char out[RACE_WORDS], const struct story_turn *t)
{
	char thing[RACE_WORDS], in[STORY_IN];

	thing_words(thing, t);
	in_words(in, t->in);
	switch ((enum race_act)t->act) {
	case RACE_BEGINS: snprintf(out, RACE_WORDS, "begins"); break;
	case RACE_STEP: snprintf(out, RACE_WORDS, "step: %s (%.80s)", in, thing); break;
	case RACE_FLUSH: snprintf(out, RACE_WORDS, "step: %s, a flush (%.80s)", in, thing); break;
	case RACE_LOAD: access_words(out, t, t->ordered ? "loads (acquire)" : "loads"); break;
	case RACE_STORE: case RACE_HOLD:
		access_words(out, t, t->ordered ? "stores (release)" : "stores");
		break;
	case RACE_DRAIN: access_words(out, t, "leaves the store buffer:"); break;
	case RACE_EXCHANGE: access_words(out, t, "exchanges"); break;
	case RACE_REFUSED: access_words(out, t, "would exchange"); break;
	case RACE_AND: access_words(out, t, "clears"); break;
	case RACE_FENCE: snprintf(out, RACE_WORDS, "a fence: nothing waits any more"); break;
	case RACE_LOCK: snprintf(out, RACE_WORDS, "locks %.80s", thing); break;
	case RACE_LOCK_SHARED: snprintf(out, RACE_WORDS, "locks %.80s, with others", thing); break;
	case RACE_RELAX: snprintf(out, RACE_WORDS, "waits for a store to %.80s", thing); break;
	case RACE_ACTS: break;
	}
}
