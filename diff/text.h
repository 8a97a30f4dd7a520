/*
 * text: a program as people read it.  The grammar is in LANGUAGE.md; op_table leads both ways.
 */
#ifndef TEXT_H
#define TEXT_H

#include "arch/turn.h"
#include "diff/trace.h"

struct text_error {
	unsigned int line, column;	/* from 1 */
	char what[160];			/* what is wrong, and what may stand there */
};

/*
 * Read a program from n bytes of text (no NUL needed; any bytes).
 * Returns true and a normal *p, or false with *e saying where and what; *p is then undefined.
 */
bool text_parse(struct program *p, struct text_error *e, const char *text, size_t n);

/*
 * Write a normal program's canonical text, NUL-terminated, into out[out_bytes].  Returns the length
 * it needs, without the NUL; if that is >= out_bytes the text was cut.
 */
size_t text_print(const struct program *p, char *out, size_t out_bytes);

/* One operation (an OP_EXPECT: `= answer`) as text, without newline or `batch`; as snprintf. */
size_t text_print_op(const struct op *o, char *out, size_t out_bytes);

/* What an answer of `kind` reads like: "okay", "-EINVAL", "ended", "p3", "skip".  As snprintf. */
size_t text_print_result(enum op_kind kind, enum result_class c, int32_t value, char *out,
			 size_t out_bytes);

/* "okay", "bad_gntref", ... without GNTST_; NULL for what is no status. */
const char *text_status_name(int status);

/* "EINVAL" for 22; NULL if unknown. */
const char *text_errno_name(int error);

/* Why an operation was not done: "slot held"; "" if it was. */
const char *text_skip_reason(enum trace_skip skip);

/* `[0x19 d1 p0]': an entry's flags, grantee and page.  As snprintf. */
size_t text_print_view(const struct entry_view *v, char *out, size_t out_bytes);

/* A turn as a schedule spells it: `0', `0_', `0!', `0!1', `0~1'.  As snprintf. */
size_t text_print_turn(struct turn t, char *out, size_t out_bytes);

/* A whole trace, one line an operation beside its text, then the pages.  As snprintf. */
size_t text_print_trace(const struct program *p, const struct trace *t, char *out,
			size_t out_bytes);

#endif
