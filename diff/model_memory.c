/*
 * model_memory: what a guest does to its own memory and entries, and the faults it is dealt.  Rules
 * 10xx.
 */
#include "diff/model_internal.h"

/* ------------------------------------------------------------------ entries */

/* The number that a 32-bit field keeps of a frame (R1011). */
static uint16_t
low_half(uint16_t name)
{
	return name >= NUMBER_WIDE && name < NUMBER_LOW ? (uint16_t)NAME_NOTHING : name;
}

static void
do_entry(struct now *w)
{
	uint32_t ref = model_ref(w->m, w->d, w->o->a.idx);
	struct ref *e;
	uint16_t name;

	model_look(w->m, &w->d->nr_frames);
	if (!w->d->mapped || ref >= w->d->nr_frames * GNTTAB_ENTRIES_PER_FRAME) {
		model_skip(w, SKIP_NO_TABLE);
		return;
	}
	e = model_touch(w->m, w->d, ref);
	if (w->o->kind == OP_ENTRY) {
		if (!page_operand(w, w->o->b.idx, &name))
			return;
		model_store(w->m, STORE_FRAME, e, low_half(name));
		model_store(w->m, STORE_DOMID, e, model_domid(w->o->b.dom));
	}
	model_store(w->m, STORE_FLAGS, e, w->o->len);
	model_rc(w, 0, 1011);
	model_view(w, 0, w->d, ref);
}

/* ------------------------------------------------------------------ bytes */

static void
write16(struct now *w, unsigned int page, unsigned int rule)
{
	const struct model_store s = {
		.to = STORE_BYTES, .page = (uint8_t)page, .off = w->o->a.off & ~1u,
		.value = w->o->len,
	};

	if (w->m->racing)
		section_store(w->m, &s);
	else
		store_apply(w->m, &s);
	model_fence(w->m);
	model_rc(w, 0, rule);
}

/* Four bytes, in a race the two that one store writes (R1216). */
static void
read_bytes(struct now *w, unsigned int page, unsigned int rule)
{
	unsigned int n = w->m->racing ? 2 : 4, off = w->o->a.off & ~(n - 1);

	model_rc(w, 0, rule);
	if (!page_is_data(page)) {
		w->r->any |= TRACE_ANY_VALUE;
		return;
	}
	model_look(w->m, w->m->bytes[page]);
	if (w->m->page[page].undefined)
		w->r->any |= TRACE_ANY_VALUE;
	if (w->m->racing)
		w->r->value = section_load(w->m, page, off);
	else
		__builtin_memcpy(&w->r->value, w->m->bytes[page] + off, n);
}

static void
do_page(struct now *w)
{
	uint8_t page;

	model_look(w->m, w->m->page);
	w->d->accesses++;
	page = w->d->slot[w->o->a.idx];
	if (!page_in_place(w->d, w->o->a.idx))
		model_skip(w, SKIP_SLOT_EMPTY);
	else if (w->o->kind == OP_WRITE)
		write16(w, page, 1002);
	else
		read_bytes(w, page, 1002);
	w->d->accesses--;
}

static void
do_window(struct now *w)
{
	const struct window *v = &w->d->window[w->o->a.idx];
	bool write = w->o->kind == OP_WRITE_MAP;
	bool used = w->d->names->window_used >> w->o->a.idx & 1;

	model_look(w->m, w->m->page);
	w->d->accesses++;
	if (!used || v->page == NONE || (write && !v->writable))
		model_skip(w, SKIP_NO_MAPPING);
	else if (write)
		write16(w, v->page, 1003);
	else
		read_bytes(w, v->page, 1003);
	w->d->accesses--;
}

/* ------------------------------------------------------------------ pages */

static void
do_fill(struct now *w)
{
	struct domain *d = w->d;
	unsigned int slot = w->o->a.idx;
	uint8_t page;

	if (d->slot[slot] != NONE) {
		model_skip(w, SKIP_SLOT_EMPTY);
		return;
	}
	if (d->filled == FILLS) {
		model_rc(w, -XEN_ENOMEM, 1005);
		return;
	}
	page = (uint8_t)(d->id * PAGES_EACH + PAGE_SLOTS + d->filled++);
	if (d->slot_is_gfn)
		page_place(w->m, d, slot, page);
	page_touch(w->m, page)->slot = (uint8_t)slot;
	d->slot[slot] = page;
	model_rc(w, 0, 1004);
}

static void
do_page_out(struct now *w)
{
	uint8_t page = w->d->slot[w->o->a.idx];

	if (page == NONE) {
		model_skip(w, SKIP_SLOT_EMPTY);
	} else if (!w->d->slot_is_gfn) {
		model_skip(w, SKIP_LANE);
	} else {
		page_touch(w->m, page)->paged_out = w->o->len;
		model_rc(w, 0, 1007);
	}
}

static void
do_widen(struct now *w)
{
	uint8_t page = w->d->slot[w->o->a.idx];
	struct page *p;

	if (page == NONE) {
		model_skip(w, SKIP_SLOT_EMPTY);
		return;
	}
	if (w->d->translated) {
		model_skip(w, SKIP_LANE);
		return;
	}
	p = page_touch(w->m, page);
	if (p->refs > 0 || p->latches > 0) {
		model_rc(w, -XEN_EBUSY, 1009);
	} else if (p->number == NUMBER_WIDE + page) {
		model_rc(w, -XEN_EINVAL, 1010);
	} else {
		p->number = (uint16_t)(NUMBER_WIDE + page);
		model_rc(w, 0, 1008);
	}
}

void
model_do_memory(struct now *w)
{
	switch (w->o->kind) {
	case OP_ENTRY:
	case OP_FLAGS: do_entry(w); break;
	case OP_WRITE:
	case OP_READ: do_page(w); break;
	case OP_WRITE_MAP:
	case OP_READ_MAP: do_window(w); break;
	case OP_FILL: do_fill(w); break;
	case OP_FAIL_ALLOC: w->d->fail_alloc = w->o->len; model_rc(w, 0, 1006); break;
	case OP_FAIL_HYPERCALL: w->d->fail_hypercall = w->o->len; model_rc(w, 0, 1006); break;
	case OP_PAGE_OUT: do_page_out(w); break;
	default: do_widen(w); break;
	}
}
