/* model_race: races, one operation after the other.  See model_internal.h. */
#include "diff/model_internal.h"

unsigned int
model_do_race(struct model *m, unsigned int at, struct trace *t)
{
	unsigned int n = program_race(m->program, at);
	static const struct entry_view unseen = { 0, VIEW_NONE, 0 };

	for (unsigned int i = at; i < at + n;) {
		const struct op *o = &m->program->ops[i];

		if (!op_is_mark(o->kind)) {
			i += model_do_next(m, i, t);
			continue;
		}
		trace_record_begin(&t->record[i]);
		t->record[i++].skip = SKIP_EXPECT;
	}
	for (unsigned int i = at; i < at + n; i++) {
		const struct op *o = &m->program->ops[i];
		struct trace_record *r = &t->record[i];

		r->entry[0] = r->entry[1] = unseen;
		if (r->skip == SKIP_NOT && (o->kind == OP_END || o->kind == OP_TICK))
			r->value = m->domain[o->actor].pages_put;
		r->free_count = m->domain[o->actor].free_count;
		r->fired = 0;
	}
	return n;
}

