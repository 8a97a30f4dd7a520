/*
 * model_list: references in lists: free ones that were given back, and private chains.
 *
 * A reference's link is relative, so that 0, which it has before it was ever handed out, means the
 * reference after it: fresh references are a list as they are.
 */
#include "diff/model_internal.h"

static uint16_t
list_next(const struct model *m, const struct domain *d, uint16_t ref)
{
	return (uint16_t)(ref + 1 + m->ref[d->id][ref].link);
}

static void
list_link(struct model *m, const struct domain *d, uint16_t ref, uint16_t next)
{
	model_touch(m, d, ref)->link = (uint16_t)(next - ref - 1);
}

uint16_t
list_pop(const struct model *m, const struct domain *d, struct list *l)
{
	uint16_t ref = l->head;

	l->head = --l->n > 0 ? list_next(m, d, ref) : (uint16_t)REF_NONE;
	return ref;
}

void
list_splice(struct model *m, const struct domain *d, struct list *l, const struct list *front)
{
	if (front->head == REF_NONE)
		return;
	if (l->head == REF_NONE) {
		*l = *front;
		return;
	}
	list_link(m, d, front->tail, l->head);
	l->head = front->head;
	l->n = (uint16_t)(l->n + front->n);
}

void
list_push(struct model *m, const struct domain *d, struct list *l, uint16_t ref)
{
	const struct list one = { ref, ref, 1 };

	model_touch(m, d, ref)->state = STATE_LISTED;
	list_splice(m, d, l, &one);
}

struct list
list_cut(const struct model *m, const struct domain *d, struct list *l, unsigned int n)
{
	struct list cut = *l;

	if (cut.head == REF_NONE || n >= cut.n) {
		l->head = REF_NONE;
		return cut;
	}
	cut.n = (uint16_t)n;
	cut.tail = cut.head;
	for (unsigned int i = 1; i < n; i++)
		cut.tail = list_next(m, d, cut.tail);
	l->head = list_next(m, d, cut.tail);
	l->n = (uint16_t)(l->n - n);
	return cut;
}
