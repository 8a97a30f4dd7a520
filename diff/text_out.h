/* text_out: writing text into a buffer of fixed size, for the files that print.  See text.h. */
#ifndef TEXT_OUT_H
#define TEXT_OUT_H

#include "diff/text_internal.h"

/* len counts what was to be written; what does not fit text[bytes], less a NUL, is only counted. */
struct out {
	char *text;
	size_t bytes;
	size_t len;
};

void out_char(struct out *o, char c);
void out_str(struct out *o, const char *s);
void out_number(struct out *o, int64_t v);

/* Blanks until len is `column`. */
void out_pad(struct out *o, size_t column);

/* Write the NUL.  Returns the length needed, without it. */
size_t out_end(struct out *o);

/* The name of a code.  Pre: n has it. */
void out_name(struct out *o, const struct names *n, unsigned int code);

/*
 * A line of program p, indented by so many blanks: operation `at` with its answer, or the batch
 * that begins there; no newline at its end.  Returns how many operations it took.
 */
unsigned int out_line(struct out *o, const struct program *p, unsigned int at,
		      unsigned int indent);

/* The race that begins at `at`, with its schedule.  Returns how many operations it took. */
unsigned int out_race(struct out *o, const struct program *p, unsigned int at);

/* A mark of a race by itself: `race {`, `|`, `}`, `schedule 0 1`. */
void out_mark(struct out *o, const struct op *op);

/* As text_print_op and text_print_result. */
void out_op(struct out *o, const struct op *op);
void out_result(struct out *o, enum op_kind kind, enum result_class c, int32_t v);

#endif
