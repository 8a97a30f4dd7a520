/*
 * text_print: programs, operations and answers as canonical text.
 *
 * Everything goes through `struct out`, which counts what is needed and never writes past its end.
 */
#include "diff/text_out.h"

enum {
	ANSWER_COLUMN = 40,	/* where `= expected` begins, if the operation leaves room */
	NUMBER_DIGITS = 20,
};

void
out_char(struct out *o, char c)
{
	if (o->len + 1 < o->bytes)
		o->text[o->len] = c;
	o->len++;
}

void
out_str(struct out *o, const char *s)
{
	for (; *s != '\0'; s++)
		out_char(o, *s);
}

void
out_number(struct out *o, int64_t v)
{
	char digits[NUMBER_DIGITS];
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	unsigned int n = 0;

	do
		digits[n++] = (char)('0' + u % 10);
	while ((u /= 10) != 0);
	if (v < 0)
		out_char(o, '-');
	while (n > 0)
		out_char(o, digits[--n]);
}

void
out_pad(struct out *o, size_t column)
{
	while (o->len < column)
		out_char(o, ' ');
}

size_t
out_end(struct out *o)
{
	if (o->bytes > 0)
		o->text[o->len < o->bytes ? o->len : o->bytes - 1] = '\0';
	return o->len;
}

void
out_name(struct out *o, const struct names *n, unsigned int code)
{
	code -= n->base;
	for (unsigned int f = 0; f < NAMES_FAMILIES; f++) {
		if (code < n->family[f].n) {
			out_str(o, n->family[f].prefix);
			out_number(o, code);
			return;
		}
		code -= n->family[f].n;
	}
	out_str(o, n->special[code]);
}

static void
out_offset(struct out *o, unsigned int off)
{
	out_char(o, '+');
	out_number(o, off);
}

static void
out_copy_side(struct out *o, const struct side *s)
{
	if (s->idx < SIDE_FRAME) {
		out_name(o, &text_names_dom, s->dom);
		out_char(o, ':');
		out_name(o, &text_names_ref, s->idx);
	} else {
		if (s->dom != DOM_SELF) {
			out_str(o, "page ");
			out_name(o, &text_names_dom, s->dom);
			out_char(o, ' ');
		}
		out_name(o, &text_names_frame, s->idx - SIDE_FRAME);
	}
	out_offset(o, s->off);
}

/* One operand: `letter` its type, s its side. */
static void
out_operand(struct out *o, const struct op *op, char letter, struct side s)
{
	switch (letter) {
	case 'n':
		out_number(o, op->len);
		return;
	case 'o':
		out_offset(o, s.off);
		return;
	case 'x':
		out_copy_side(o, &s);
		return;
	case 'w':
	case 'W':
		if (*text_field(letter, &s) == AT_OWN)
			return;
		out_str(o, " at ");
		break;
	}
	out_name(o, text_names(letter), *text_field(letter, &s));
}

/* Verb's operands and flags, each behind a space. */
static void
out_operands(struct out *o, const struct op *op)
{
	const struct op_row *row = &op_table[op->kind];

	for (const char *s = row->syntax; *s != '\0'; s++) {
		if (*s != '%') {
			out_char(o, *s);
			continue;
		}
		out_operand(o, op, s[1], s[2] == 'b' ? op->b : op->a);
		s += s[1] == 'n' ? 1 : 2;
	}
	for (unsigned int f = 0; f < OP_FLAGS_MAX; f++) {
		if (op->flags & OP_FLAG0 << f) {
			out_char(o, ' ');
			out_str(o, row->flags[f]);
		}
	}
}

void
out_op(struct out *o, const struct op *op)
{
	if (op->kind == OP_EXPECT) {
		out_str(o, "= ");
		out_result(o, OP_EXPECT, (enum result_class)op->a.idx, expect_value(op));
		return;
	}
	if (op_is_mark(op->kind)) {
		out_mark(o, op);
		return;
	}
	out_char(o, 'd');
	out_number(o, op->actor);
	out_char(o, ' ');
	out_str(o, op_table[op->kind].name);
	if (op_table[op->kind].syntax[0] != '\0')
		out_char(o, ' ');
	out_operands(o, op);
}

static void
out_value(struct out *o, char result, int32_t v)
{
	if (result == 'e' && (v == 0 || v == 1))
		out_str(o, v == 1 ? "ended" : "busy");
	else if (result == 'd' && (v == 0 || v == 1))
		out_str(o, v == 1 ? "ended" : "deferred");
	else if (result == 't' && v == EXPECT_NOTHING)
		out_str(o, "nothing");
	else if (result == 't' && v >= 0 && v < PAGE_SLOTS)
		out_name(o, text_names('p'), (unsigned int)v);
	else
		out_number(o, v);
}

/* `name`, or `prefix` and the number where it has no name. */
static void
out_named(struct out *o, const char *name, const char *prefix, int64_t v)
{
	if (name != NULL) {
		out_str(o, name);
		return;
	}
	out_str(o, prefix);
	out_number(o, v);
}

void
out_result(struct out *o, enum op_kind kind, enum result_class c, int32_t v)
{
	switch (c) {
	case RESULT_STATUS:
		out_named(o, text_status_name(v), "status=", v);
		break;
	case RESULT_ERRNO:
		out_char(o, '-');
		out_named(o, v > INT32_MIN ? text_errno_name(-v) : NULL, "E", -(int64_t)v);
		break;
	case RESULT_VALUE:
		out_value(o, op_table[kind].result, v);
		break;
	default:
		out_str(o, "skip");
		break;
	}
}

/* ` = expected` of operation `at`, whose text began at `start`, if the program has it. */
static unsigned int
out_expect(struct out *o, const struct program *p, unsigned int at, size_t start)
{
	const struct op *e = &p->ops[at + 1];

	if (at + 1 >= p->n_ops || e->kind != OP_EXPECT)
		return 0;
	out_pad(o, start + ANSWER_COLUMN - 1);
	out_str(o, " = ");
	out_result(o, (enum op_kind)p->ops[at].kind, (enum result_class)e->a.idx, expect_value(e));
	return 1;
}

/* A batch, one member a line.  Returns how many operations it took. */
static unsigned int
out_batch(struct out *o, const struct program *p, unsigned int at, unsigned int indent)
{
	unsigned int n = program_batch(p, at), i = at;

	out_char(o, 'd');
	out_number(o, p->ops[at].actor);
	out_str(o, " batch ");
	out_str(o, op_table[p->ops[at].kind].name);
	out_str(o, " {\n");
	while (i < at + n) {
		bool more = p->ops[i].flags & OP_JOIN;
		size_t start = o->len;

		out_pad(o, start + indent + 2);
		out_operands(o, &p->ops[i]);
		i += 1 + out_expect(o, p, i, start);
		out_str(o, more ? " ;\n" : "\n");
	}
	out_pad(o, o->len + indent);
	out_char(o, '}');
	return i - at;
}

unsigned int
out_line(struct out *o, const struct program *p, unsigned int at, unsigned int indent)
{
	size_t start = o->len;

	out_pad(o, start + indent);
	if (p->ops[at].flags & OP_JOIN)
		return out_batch(o, p, at, indent);
	out_op(o, &p->ops[at]);
	return 1 + out_expect(o, p, at, start);
}

static void
out_header(struct out *o, const struct program_header *header)
{
	struct program_header h = *header;
	const char *gap = "";

	out_str(o, "gnt 1\n");
	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++) {
		const struct program_field *f = &program_fields[i];
		unsigned int v = *program_field(&h, i);

		if (i > FIELD_FRAMES && v == f->normal)
			continue;
		out_str(o, gap);
		out_str(o, f->name);
		out_char(o, ' ');
		out_number(o, v);
		gap = "  ";
	}
	out_char(o, '\n');
}

size_t
text_print(const struct program *p, char *out, size_t out_bytes)
{
	struct out o = { out, out_bytes, 0 };
	unsigned int i = 0;

	out_header(&o, &p->header);
	while (i < p->n_ops) {
		i += p->ops[i].kind == OP_RACE ? out_race(&o, p, i) : out_line(&o, p, i, 0);
		out_char(&o, '\n');
	}
	return out_end(&o);
}

size_t
text_print_op(const struct op *op, char *out, size_t out_bytes)
{
	struct out o = { out, out_bytes, 0 };

	out_op(&o, op);
	return out_end(&o);
}

size_t
text_print_result(enum op_kind kind, enum result_class c, int32_t value, char *out,
		  size_t out_bytes)
{
	struct out o = { out, out_bytes, 0 };

	out_result(&o, kind, c, value);
	return out_end(&o);
}
