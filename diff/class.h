/*
 * class: what sort of difference two traces show, in words.
 *
 * Two findings of one class are taken for one bug.  A class is: kind of operation, what the entry
 * was that it is about, the first field that differs, what was expected and what came.  Its id is
 * made of those words, so it is the same in every run, on every machine and on every lane, a file
 * may be called by it, and a list of expectations can name it:
 *
 *	map-granted-answer-okay-vs-bad_gntref
 *	OPERATION-ENTRY-FIELD-EXPECTED-vs-GOT[@WORLD]
 *
 * Left out is what varies with the program: numbers, which page, which domain.
 *
 * Of a race OPERATION is what goes on at once, FIELD is `race' if no order of it gives such
 * answers, GOT is these answers; its schedule is left out:
 *
 *	end_ref_with_map-any_entry-race-any_order-vs-ended_with_okay
 *
 * What the entry was tells bugs apart where an operation's answer depends on an entry that somebody
 * else made: mapping, copying, transferring.  Elsewhere it made classes, and told nothing apart
 * (over the defects of fuzz/teeth.txt), so there it is any_entry.  For the same reason the states
 * that the model knows are five words here.
 */
#ifndef CLASS_H
#define CLASS_H

#include "diff/compare.h"

enum {
	CLASS_WORD = 96,
	CLASS_ID = 192,		/* no id is as long */
	CLASS_SENTENCE = 320,
};

/* The parts of an id.  Letters, digits and `_'; expected and got have `.' too. */
struct class_words {
	char op[48];		/* as in a program; "afterwards": the end; "run": a failure */
	char entry[16];		/* of class_entry_names: "granted" */
	char field[24];		/* "answer", "entry_flags", ...; "end": how the run ended */
	char expected[CLASS_WORD], got[CLASS_WORD];
};

enum class_entry {
	ENTRY_ANY,		/* not known, or of no matter */
	ENTRY_EMPTY,		/* none there, or all clear */
	ENTRY_GRANTED, ENTRY_PINNED,
	ENTRY_ACCEPTING,	/* a page: offered, on its way, or arrived */
	ENTRY_ODD,		/* made by hand; nothing that a guest should write */
	CLASS_ENTRIES,
};

extern const char *const class_entry_names[CLASS_ENTRIES];

/*
 * The class of d, which is a difference of p's traces.  `expected' may be NULL if d is
 * FIELD_EXPECT, FIELD_INVARIANT or FIELD_RACE.  `model' is the model's trace, which knows the
 * entries' states, or NULL.
 */
void class_of_difference(struct class_words *w, const struct program *p, const struct difference *d,
			 const struct trace *expected, const struct trace *got,
			 const struct trace *model);

/*
 * The class of a run that ended as it should not: `got' says how, in any characters; `expected'
 * how the other side ended.  `op' is NULL if it is not known in which operation that was.  Numbers
 * of lines and processors, and addresses, are left out.
 */
void class_of_end(struct class_words *w, const char *op, const char *expected, const char *got);

/* Write the id; `world' ends it, if not "".  As snprintf. */
size_t class_print(const struct class_words *w, const char *world, char id[CLASS_ID]);

/* Read an id's words; false if it is none. */
bool class_read(struct class_words *w, const char *id);

/*
 * The class in a sentence: "map, its entry granted: answer: expected okay, got bad_gntref".  As
 * snprintf.
 */
size_t class_say(const struct class_words *w, char out[CLASS_SENTENCE]);

/*
 * What a record answered to an operation of `kind', for people: its status, error or number, or why
 * it was not done; without `exactly', all numbers are "number".
 */
void class_answer_print(const struct trace_record *r, enum op_kind kind, bool exactly, char *out,
			size_t out_bytes);

/*
 * Make words of any text: runs of other characters become one `_', numbers of lines and processors
 * and addresses are left out, and what is too long is cut and ends with a number made of all of it.
 */
void class_slug(char *out, size_t out_bytes, const char *text);

#endif
