/* text_race: races and their turns as text, in both directions.  See text_operand.h, text_out.h. */
#include "diff/race.h"
#include "diff/text_operand.h"
#include "diff/text_out.h"

enum {
	INDENT = 2,
	GROUPS_A_LINE = 20,	/* turns in a line of a schedule, those that repeat counted once */
};

/* ------------------------------------------------------------------ parsing */

/* The digits that s begins with, as a number up to `most`; they are taken off s.  False: none. */
static bool
take_number(struct span *s, unsigned int most, unsigned int *v)
{
	size_t n = 0;

	for (*v = 0; n < s->n && s->s[n] >= '0' && s->s[n] <= '9' && *v <= most; n++)
		*v = *v * 10 + (unsigned int)(s->s[n] - '0');
	s->s += n;
	s->n -= n;
	return n > 0 && *v <= most;
}

static bool
take_char(struct span *s, char c)
{
	if (s->n == 0 || s->s[0] != c)
		return false;
	s->s++;
	s->n--;
	return true;
}

/* What behind the branch says which sort of turn it is; nothing: a step. */
static bool
take_kind(struct span *s, struct turn *t)
{
	unsigned int index = 0;

	if (take_char(s, '_')) {
		t->kind = TURN_HOLD;
	} else if (take_char(s, '!')) {
		t->kind = TURN_DRAIN;
		if (s->n > 0 && s->s[0] != '*' && !take_number(s, TURN_STORES_MAX - 1, &index))
			return false;
	} else if (take_char(s, '~')) {
		t->kind = TURN_STALE;
		if (!take_number(s, TURN_STALE_MAX, &index) || index == 0)
			return false;
	}
	t->index = (uint8_t)index;
	return true;
}

bool
text_parse_turn(struct lexer *l, unsigned int branches, unsigned int *code, unsigned int *times)
{
	struct turn t = { 0, TURN_STEP, 0 };
	struct span rest = l->word;
	char shown[SHOWN_BYTES];
	unsigned int branch;

	if (take_number(&rest, UINT16_MAX, &branch) && branch >= branches)
		return lex_fail_at(l, l->word, "%s: the race has no branch %u: 0 to %u",
				   lex_show(l, shown), branch, branches - 1);
	t.branch = (uint8_t)branch;
	*times = 1;
	if (rest.s == l->word.s || !take_kind(&rest, &t) ||
	    (take_char(&rest, '*') &&
	     (!take_number(&rest, RACE_SCHEDULE_MAX, times) || *times == 0)) || rest.n > 0)
		return lex_fail_at(l, l->word,
				   "no turn %s: a branch, then nothing, `_`, `!`, `!N` up to %d or "
				   "`~N` from 1 to %d, then maybe `*TIMES`",
				   lex_show(l, shown), TURN_STORES_MAX - 1, TURN_STALE_MAX);
	*code = turn_code(t);
	return true;
}

/* ------------------------------------------------------------------ printing */

static void
out_turn(struct out *o, struct turn t)
{
	static const char mark[] = { [TURN_HOLD] = '_', [TURN_DRAIN] = '!', [TURN_STALE] = '~' };

	out_number(o, t.branch);
	if (t.kind != TURN_STEP)
		out_char(o, mark[t.kind]);
	if (t.index > 0)
		out_number(o, t.index);
}

size_t
text_print_turn(struct turn t, char *out, size_t out_bytes)
{
	struct out o = { out, out_bytes, 0 };

	out_turn(&o, t);
	return out_end(&o);
}

/* n turns behind `schedule`, the same ones in a row as one; a line for so many. */
static void
out_turns(struct out *o, const uint8_t *code, unsigned int n)
{
	unsigned int groups = 0, same;

	out_str(o, "schedule");
	for (unsigned int i = 0; i < n; i += same, groups++) {
		for (same = 1; i + same < n && code[i + same] == code[i]; same++)
			;
		if (groups > 0 && groups % GROUPS_A_LINE == 0)
			out_str(o, "\nschedule");
		out_char(o, ' ');
		out_turn(o, turn_of(code[i]));
		if (same > 1) {
			out_char(o, '*');
			out_number(o, same);
		}
	}
}

void
out_mark(struct out *o, const struct op *op)
{
	uint8_t code[RACE_TURNS_PER_OP];

	switch (op->kind) {
	case OP_RACE: out_str(o, "race {"); break;
	case OP_WITH: out_char(o, '|'); break;
	case OP_RACE_END: out_char(o, '}'); break;
	default:
		for (unsigned int i = 0; i < race_turns_in(op); i++)
			code[i] = (uint8_t)race_turn(op, i);
		out_turns(o, code, race_turns_in(op));
		break;
	}
}

unsigned int
out_race(struct out *o, const struct program *p, unsigned int at)
{
	uint8_t code[RACE_SCHEDULE_MAX];
	unsigned int n;
	struct race_place r;

	if (!race_at(&r, p, at))
		return 1;
	for (unsigned int b = 0; b < r.n; b++) {
		out_str(o, b == 0 ? "race {\n" : "|\n");
		for (unsigned int i = r.branch[b].from; i < r.branch[b].to;) {
			i += out_line(o, p, i, INDENT);
			out_char(o, '\n');
		}
	}
	out_char(o, '}');
	n = race_turns(&r, p, code);
	if (n > 0) {
		out_char(o, ' ');
		out_turns(o, code, n);
	}
	return r.to - r.from;
}
