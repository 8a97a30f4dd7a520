/*
 * shrink_rename: one name in place of another, wherever a program uses it.
 *
 * A reference slot that is granted in one line and mapped in the next cannot be lowered in either
 * alone.  Domains count as names too.
 */
#include "diff/shrink_step.h"

/* Sorts of names, and how many each has; a step is a sort, an old and a new name. */
enum name_sort { NAME_REF, NAME_PAGE, NAME_MAP, NAME_CHAIN, NAME_CALLBACK, NAME_DOM, NAME_SORTS };

enum { NAMES_MAX = 16, STEPS = NAME_SORTS * NAMES_MAX * NAMES_MAX };

static const uint8_t names_in[NAME_SORTS] = {
	[NAME_REF] = REF_SLOTS, [NAME_PAGE] = PAGE_SLOTS, [NAME_MAP] = MAP_SLOTS,
	[NAME_CHAIN] = CHAIN_SLOTS, [NAME_CALLBACK] = CALLBACK_SLOTS, [NAME_DOM] = DOMAINS_MAX,
};

/* What to do with each use of a name: called with the field and the code of name 0 in it. */
struct visit {
	enum name_sort sort;
	unsigned int old, new;
	bool rename;
	bool used[NAMES_MAX];	/* names met */
};

static void
visit_field(struct visit *v, enum name_sort sort, uint8_t *field, unsigned int base)
{
	unsigned int name = *field - base;

	if (sort != v->sort || *field < base || name >= names_in[sort])
		return;
	v->used[name] = true;
	if (v->rename && name == v->old)
		*field = (uint8_t)(base + v->new);
}

/* A frame operand: the slots of the actor, then those of the next domain. */
static void
visit_frame(struct visit *v, uint8_t *idx, unsigned int base)
{
	visit_field(v, NAME_PAGE, idx, base + FRAME_P0);
	if (*idx >= base + FRAME_OTHER_P0)
		visit_field(v, NAME_PAGE, idx, base + FRAME_OTHER_P0);
}

/* The operand that the syntax gives this letter. */
static void
visit_operand(struct visit *v, char letter, struct side *s)
{
	switch (letter) {
	case 'd': visit_field(v, NAME_DOM, &s->dom, DOM_D0); break;
	case 'r': case 'R': visit_field(v, NAME_REF, &s->idx, 0); break;
	case 'f': visit_frame(v, &s->idx, 0); break;
	case 'p': visit_field(v, NAME_PAGE, &s->idx, 0); break;
	case 'm': case 'M': visit_field(v, NAME_MAP, &s->idx, 0); break;
	case 'w': visit_field(v, NAME_MAP, &s->idx, AT_M0); break;
	case 'W': visit_field(v, NAME_MAP, &s->dom, AT_M0); break;
	case 'c': visit_field(v, NAME_CHAIN, &s->idx, 0); break;
	case 'k': visit_field(v, NAME_CALLBACK, &s->idx, 0); break;
	case 'x':
		visit_field(v, NAME_DOM, &s->dom, DOM_D0);
		if (s->idx < SIDE_FRAME)
			visit_field(v, NAME_REF, &s->idx, 0);
		else
			visit_frame(v, &s->idx, SIDE_FRAME);
		break;
	}
}

static void
visit_op(struct visit *v, struct op *o)
{
	visit_field(v, NAME_DOM, &o->actor, DOM_D0);
	for (const char *c = op_table[o->kind].syntax; *c != 0; c++)
		if (c[0] == '%' && c[1] != 'n')
			visit_operand(v, c[1], c[2] == 'a' ? &o->a : &o->b);
}

static unsigned int
count_steps(const struct program *p)
{
	return p->n_ops > 0 ? STEPS : 0;
}

static bool
rename(struct program *to, const struct program *p, unsigned int number)
{
	struct visit v = { .sort = number / NAMES_MAX / NAMES_MAX,
			   .old = number / NAMES_MAX % NAMES_MAX,
			   .new = number % NAMES_MAX };

	if (v.new >= v.old || v.old >= names_in[v.sort])
		return false;
	*to = *p;
	for (unsigned int i = 0; i < to->n_ops; i++)
		visit_op(&v, &to->ops[i]);
	if (!v.used[v.old])
		return false;
	v.rename = true;
	for (unsigned int i = 0; i < to->n_ops; i++)
		visit_op(&v, &to->ops[i]);
	program_normalize(to);
	return !program_same(to, p);
}

const struct shrink_steps shrink_renamings = { count_steps, rename };
