#include "diff/class.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "arch/xen_abi.h"
#include "diff/class_race.h"
#include "diff/model.h"
#include "diff/text.h"

const char *const class_entry_names[CLASS_ENTRIES] = {
	[ENTRY_ANY] = "any_entry", [ENTRY_EMPTY] = "empty", [ENTRY_GRANTED] = "granted",
	[ENTRY_PINNED] = "pinned", [ENTRY_ACCEPTING] = "accepting", [ENTRY_ODD] = "odd",
};

static const char *const skips[SKIP_REASONS] = {
	[SKIP_NOT] = "done", [SKIP_SLOT_HELD] = "slot held", [SKIP_SLOT_EMPTY] = "slot empty",
	[SKIP_MAP_LIVE] = "mapping live", [SKIP_NO_MAPPING] = "no mapping",
	[SKIP_NO_TABLE] = "no table", [SKIP_LANE] = "not on this lane", [SKIP_EXPECT] = "nothing",
};

/* Flags that the rules are about; guests may set the others as they like. */
static const unsigned int ruled_flags = GTF_type_mask | GTF_readonly | GTF_reading | GTF_writing;

/* ------------------------------------------------------------------ words */

/* Drop what an id must not hold: `-' parts its words. */
static void
to_word(char *s)
{
	char *to = s;

	for (; *s != 0; s++) {
		if (isalnum((unsigned char)*s) || *s == '_')
			*to++ = *s;
		else if (*s == ' ')
			*to++ = '_';
	}
	*to = 0;
}

/* Whether what the kind answers depends on an entry, mostly another domain's. */
static bool
asks_an_entry(enum op_kind kind)
{
	switch (kind) {
	case OP_MAP: case OP_PIN: case OP_UNMAP: case OP_REPLACE: case OP_COPY:
	case OP_TRANSFER: case OP_SWAP: case OP_CACHE_FLUSH:
		return true;
	default:
		return false;
	}
}

/* The model's word for an entry's state, spec.md's, as one of ours. */
static enum class_entry
entry_of(unsigned int state)
{
	static const uint8_t ours[MODEL_ENTRY_STATES] = {
		ENTRY_EMPTY, ENTRY_EMPTY,			/* none, clear */
		ENTRY_GRANTED, ENTRY_GRANTED, ENTRY_ODD,	/* writable, readonly, scribbled */
		ENTRY_PINNED, ENTRY_PINNED, ENTRY_PINNED,	/* by readers, a writer, oddly */
		ENTRY_ACCEPTING, ENTRY_ACCEPTING, ENTRY_ACCEPTING, /* ..., committed, completed */
		ENTRY_ODD, ENTRY_ODD, ENTRY_ODD,		/* accepting so, sub-page, type 3 */
		ENTRY_ODD, ENTRY_PINNED,			/* type 0 oddly; by devices */
	};

	return ours[state % MODEL_ENTRY_STATES];
}

static enum class_entry
entry_before(const struct program *p, const struct difference *d, const struct trace *model)
{
	bool answered = compare_is_answer(d->field) || d->field == FIELD_VALUE ||
			d->field == FIELD_EXPECT;

	if (model == NULL || d->at >= p->n_ops || !answered ||
	    !asks_an_entry((enum op_kind)p->ops[d->at].kind))
		return ENTRY_ANY;
	return entry_of(model->record[d->at].state);
}

void
class_answer_print(const struct trace_record *r, enum op_kind kind, bool exactly, char *out,
		   size_t n)
{
	enum result_class c;
	int32_t v;

	if (r->skip != SKIP_NOT) {
		snprintf(out, n, "%s", skips[r->skip % SKIP_REASONS]);
		return;
	}
	c = trace_headline(r, kind, &v);
	/* To kinds that answer yes or no, 1 is a word; what was read may look like less than 0. */
	if (!exactly && c == RESULT_VALUE &&
	    (v > (strchr("ngt", op_table[kind].result) != NULL ? 0 : 1) ||
	     (v < 0 && op_table[kind].result == 'n')))
		snprintf(out, n, "number");
	else if (c == RESULT_STATUS && v == STATUS_NONE)
		snprintf(out, n, "no status");
	else
		text_print_result(kind, c, v, out, n);
}

static void
answer_word(const struct trace_record *r, enum op_kind kind, char *out, size_t n)
{
	class_answer_print(r, kind, false, out, n);
	to_word(out);
}

/* Another field's value, without what varies with the program. */
static void
value_word(enum difference_field field, int64_t v, char *out, size_t n)
{
	if (field == FIELD_FLAGS)
		snprintf(out, n, "0x%02x", (unsigned int)v & ruled_flags);
	else if (field == FIELD_FRAME)
		snprintf(out, n, "%s", v < PAGE_SLOTS ? "page" : "no_page");
	else if (field == FIELD_DIGEST)
		snprintf(out, n, "%s", v == PAGE_EMPTY ? "no_page" : "bytes");
	else
		snprintf(out, n, "number");
}

/* ------------------------------------------------------------------ classes */

static void
field_words(struct class_words *w, const struct program *p, const struct difference *d,
	    const struct trace *expected, const struct trace *got)
{
	bool end = d->at >= p->n_ops;
	enum op_kind kind = end ? OP_EXPECT : (enum op_kind)p->ops[d->at].kind;
	char name[32];	/* "I-HEAP: ..." is one */

	if (d->field == FIELD_EXPECT) {
		text_print_result(kind, (enum result_class)d->view, (int32_t)d->expected,
				  w->expected, sizeof(w->expected));
		to_word(w->expected);
		answer_word(&got->record[d->at], kind, w->got, sizeof(w->got));
	} else if (d->field == FIELD_RACE) {
		snprintf(w->expected, sizeof(w->expected), "any_order");
		class_race_answers(p, d->at, got, w->got, sizeof(w->got));
	} else if (d->field == FIELD_INVARIANT) {
		snprintf(name, sizeof(name), "not %.*s", (int)strcspn(d->invariant, ":"),
			 d->invariant);
		snprintf(w->expected, sizeof(w->expected), "holds");
		class_slug(w->got, sizeof(w->got), name);
	} else if (compare_is_answer(d->field)) {
		answer_word(&expected->record[d->at], kind, w->expected, sizeof(w->expected));
		answer_word(&got->record[d->at], kind, w->got, sizeof(w->got));
	} else {
		value_word(d->field, d->expected, w->expected, sizeof(w->expected));
		value_word(d->field, d->got, w->got, sizeof(w->got));
	}
}

void
class_of_difference(struct class_words *w, const struct program *p, const struct difference *d,
		    const struct trace *expected, const struct trace *got,
		    const struct trace *model)
{
	if (d->at < p->n_ops && p->ops[d->at].kind == OP_RACE)
		class_race_op(p, d->at, got, w->op, sizeof(w->op));
	else
		snprintf(w->op, sizeof(w->op), "%s",
			 d->at < p->n_ops ? op_table[p->ops[d->at].kind].name : "afterwards");
	snprintf(w->entry, sizeof(w->entry), "%s", class_entry_names[entry_before(p, d, model)]);
	snprintf(w->field, sizeof(w->field), "%s",
		 compare_is_answer(d->field) ? "answer" : difference_field_name(d->field));
	to_word(w->field);
	field_words(w, p, d, expected, got);
}

void
class_of_end(struct class_words *w, const char *op, const char *expected, const char *got)
{
	snprintf(w->op, sizeof(w->op), "%s", op != NULL ? op : "run");
	snprintf(w->entry, sizeof(w->entry), "%s", class_entry_names[ENTRY_ANY]);
	snprintf(w->field, sizeof(w->field), "end");
	class_slug(w->expected, sizeof(w->expected), expected);
	class_slug(w->got, sizeof(w->got), got);
}

size_t
class_print(const struct class_words *w, const char *world, char id[CLASS_ID])
{
	return (size_t)snprintf(id, CLASS_ID, "%s-%s-%s-%.24s-vs-%.95s%s%.16s", w->op, w->entry,
				w->field, w->expected, w->got, world[0] != 0 ? "@" : "", world);
}

/* A word of an id, if it is one and fits. */
static bool
put_word(char *out, size_t n, const char *word)
{
	for (const char *c = word; *c != 0; c++)
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '.')
			return false;
	return word[0] != 0 && (size_t)snprintf(out, n, "%s", word) < n;
}

bool
class_read(struct class_words *w, const char *id)
{
	char all[CLASS_ID], *rest = all, *word[4], *vs;

	memset(w, 0, sizeof(*w));
	if ((size_t)snprintf(all, sizeof(all), "%s", id) >= sizeof(all))
		return false;
	all[strcspn(all, "@")] = 0;
	for (unsigned int i = 0; i < 3; i++) {
		word[i] = rest;
		rest = strchr(rest, '-');
		if (rest == NULL)
			return false;
		*rest++ = 0;
	}
	word[3] = rest;
	vs = strstr(rest, "-vs-");
	if (vs == NULL)
		return false;
	*vs = 0;
	return put_word(w->op, sizeof(w->op), word[0]) &&
	       put_word(w->entry, sizeof(w->entry), word[1]) &&
	       put_word(w->field, sizeof(w->field), word[2]) &&
	       put_word(w->expected, sizeof(w->expected), word[3]) &&
	       put_word(w->got, sizeof(w->got), vs + strlen("-vs-"));
}

/* The same word, for people. */
static void
unword(char *out, size_t n, const char *word)
{
	snprintf(out, n, "%s", word);
	for (; *out != 0; out++)
		if (*out == '_')
			*out = ' ';
}

size_t
class_say(const struct class_words *w, char out[CLASS_SENTENCE])
{
	char entry[32] = "", field[sizeof(w->field)];

	if (strcmp(w->entry, class_entry_names[ENTRY_ANY]) != 0)
		snprintf(entry, sizeof(entry), ", its entry %s", w->entry);
	unword(field, sizeof(field), w->field);
	if (strcmp(w->field, "race") == 0)
		return (size_t)snprintf(out, CLASS_SENTENCE,
					"%s, at once%s: answered %s, as no order of them does",
					w->op, entry, w->got);
	return (size_t)snprintf(out, CLASS_SENTENCE, "%s%s: %s: expected %s, got %s", w->op, entry,
				field, w->expected, w->got);
}

/* ------------------------------------------------------------------ any text */

/*
 * How much of s is a number that varies: an address, a line's, a processor's; else 0.  `start': no
 * letter or digit is before it.
 */
static size_t
noise(const char *s, bool start)
{
	static const char hex[] = "0123456789abcdefABCDEF", digits[] = "0123456789";
	static const char cpu[] = " on CPU ";

	if (strncmp(s, cpu, strlen(cpu)) == 0)
		return strlen(cpu) + strspn(s + strlen(cpu), digits);
	if (s[0] == ':' && isdigit((unsigned char)s[1]))
		return 1 + strspn(s + 1, digits);
	if (!start)
		return 0;
	if (strncmp(s, "0x", 2) == 0 && isxdigit((unsigned char)s[2]))
		return 2 + strspn(s + 2, hex);
	return strspn(s, hex) >= 8 ? strspn(s, hex) : 0;
}

void
class_slug(char *out, size_t out_bytes, const char *text)
{
	uint32_t hash = 2166136261u;	/* FNV-1a of all that was let through */
	size_t n = 0, room = out_bytes - 1;
	bool word = false;
	size_t skip;

	for (const char *s = text; *s != 0; s += skip > 0 ? skip : 1) {
		bool start = s == text || !isalnum((unsigned char)s[-1]);
		char c = isalnum((unsigned char)*s) || *s == '.' ? *s : '_';

		skip = noise(s, start);
		if (skip > 0 || (c == '_' && !word))
			continue;
		hash = (hash ^ (unsigned char)c) * 16777619u;
		word = c != '_';
		if (n < room)
			out[n] = c;
		n++;
	}
	if (n > room) {
		n = room - 9;
		n += (size_t)snprintf(out + n, 10, "_%08x", (unsigned int)hash);
	}
	while (n > 0 && (out[n - 1] == '_' || out[n - 1] == '.'))
		n--;
	out[n] = 0;
}
