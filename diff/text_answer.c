/* text_answer: parsing `= expected`.  See text_operand.h. */
#include "diff/text_operand.h"

#include <string.h>

/* A number, with its sign, of 32 bits. */
static bool
answer_number(struct span a, int32_t *v)
{
	bool negative = a.n > 0 && a.s[0] == '-';
	struct span digits = { a.s + negative, a.n - negative };
	uint64_t u;

	if (!span_number(digits, &u) || u > (negative ? (uint64_t)INT32_MAX + 1 : UINT32_MAX))
		return false;
	*v = (int32_t)(negative ? 0 - (uint32_t)u : (uint32_t)u);
	return true;
}

/* `-EINVAL`, or `-E200` for one without a name. */
static bool
answer_errno(struct span a, int32_t *v)
{
	uint64_t number;

	if (a.n < 3 || memcmp(a.s, "-E", 2) != 0)
		return false;
	*v = -text_errno_find(a.s + 1, a.n - 1);
	if (*v != 0)
		return true;
	if (!span_number((struct span){ a.s + 2, a.n - 2 }, &number) || number < 1 ||
	    number > EXPECT_ERRNO_MAX)
		return false;
	*v = -(int32_t)number;
	return true;
}

static bool
answer_status(struct span a, int32_t *v)
{
	for (int s = 0; s < TEXT_STATUSES; s++) {
		if (span_is(a, text_status_name(-s))) {
			*v = -s;
			return true;
		}
	}
	return false;
}

/* A word for a value, as the kind's `result` has it, or a number. */
static bool
answer_value(struct span a, char result, int32_t *v)
{
	int slot = result == 't' ? text_names_find(text_names('p'), a) : -1;

	if (slot >= 0)
		*v = slot;
	else if (result == 't' && span_is(a, "nothing"))
		*v = EXPECT_NOTHING;
	else if ((result == 'e' || result == 'd') && span_is(a, "ended"))
		*v = 1;
	else if ((result == 'e' && span_is(a, "busy")) || (result == 'd' && span_is(a, "deferred")))
		*v = 0;
	else
		return answer_number(a, v);
	return true;
}

static const char *
answer_choices(char result)
{
	switch (result) {
	case 's':
		return "a status (okay, general_error, bad_domain, ...), -EINVAL or the like, skip";
	case 'e': return "ended, busy, -EINVAL or the like, skip";
	case 'd': return "ended, deferred, -EINVAL or the like, skip";
	case 't': return "p0 to p7, nothing, -EINVAL or the like, skip";
	default: return "a number, -EINVAL or the like, skip";
	}
}

bool
text_parse_answer(struct lexer *l, enum op_kind kind, struct op *e)
{
	char result = op_table[kind].result;
	int32_t v = 0;

	if (l->token != TOKEN_WORD)
		return lex_fail_choice(l, l->word, "answer", answer_choices(result));
	if (span_is(l->word, "skip"))
		e->a.idx = RESULT_SKIP;
	else if (answer_errno(l->word, &v))
		e->a.idx = RESULT_ERRNO;
	else if (result == 's' && answer_status(l->word, &v))
		e->a.idx = RESULT_STATUS;
	else if (result != 's' && answer_value(l->word, result, &v))
		e->a.idx = RESULT_VALUE;
	else
		return lex_fail_choice(l, l->word, "answer", answer_choices(result));
	e->a.off = (uint16_t)((uint32_t)v & 0xffff);
	e->b.off = (uint16_t)((uint32_t)v >> 16);
	lex_next(l);
	return true;
}
