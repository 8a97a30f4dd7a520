/*
 * model: begin, step, end; operands and views.
 */
#include "diff/model_internal.h"

enum {
	BLOCK = 64,		/* references that one bit of `touched' stands for */
	COMMITTED = GTF_accept_transfer | GTF_transfer_committed,
};

_Static_assert(REFS / BLOCK == 64, "a domain's touched blocks are the bits of one word");

const size_t model_bytes = sizeof(struct model);

void
model_init(struct model *m)
{
	*m = (struct model){ .program = NULL };
	for (unsigned int page = 0; page < PAGE_TABLE0; page++)
		for (unsigned int off = 0; off < XEN_PAGE_SIZE; off++)
			m->bytes[page][off] = m->pristine[page][off] =
				guest_page_pattern(page / PAGES_EACH, page % PAGES_EACH, off);
}

/* ------------------------------------------------------------------ operands */

bool
model_skip(struct now *w, enum trace_skip why)
{
	w->r->skip = (uint8_t)why;
	w->r->rule = 1001;
	return false;
}

void
model_rc(struct now *w, int rc, unsigned int rule)
{
	w->r->rc = rc;
	w->r->rule = (uint16_t)rule;
}

void
model_status(struct now *w, int status, unsigned int rule)
{
	w->r->status = (int16_t)status;
	w->r->rule = (uint16_t)rule;
}

/* Domain i's id is i; the others are Xen's. */
uint16_t
model_domid(unsigned int code)
{
	switch (code) {
	case DOM_SELF: return DOMID_SELF;
	case DOM_IO: return DOMID_IO;
	case DOM_XEN: return DOMID_XEN;
	case DOM_COW: return DOMID_COW;
	case DOM_INVALID: return DOMID_INVALID;
	case DOM_IDLE: return DOMID_IDLE;
	case DOM_NONE: return 77;
	case DOM_LAST: return DOMID_FIRST_RESERVED - 1;
	case DOM_MAX: return 0xffff;
	default: return (uint16_t)code;
	}
}

static uint8_t
domid_code(uint16_t id)
{
	if (id < DOMAINS_MAX)
		return (uint8_t)id;
	for (unsigned int code = DOMAINS_MAX; code < DOM_CODES; code++)
		if (model_domid(code) == id)
			return (uint8_t)code;
	return VIEW_DOM_OTHER;
}

struct domain *
model_by_id(const struct now *w, unsigned int code)
{
	return code < w->m->h.domains ? &w->m->domain[code] : NULL;
}

struct domain *
model_by_any_id(const struct now *w, unsigned int code)
{
	return code == DOM_SELF ? w->d : model_by_id(w, code);
}

struct domain *
model_owner(const struct now *w, unsigned int code)
{
	return code < w->m->h.domains ? &w->m->domain[code] : w->d;
}

uint32_t
model_ref(const struct model *m, const struct domain *d, unsigned int code)
{
	uint32_t end = m->h.max_frames * GNTTAB_ENTRIES_PER_FRAME;

	if (code < REF_SLOTS)
		return d->names->ref[code];
	switch (code) {
	case REF_0: return 0;
	case REF_1: return 1;
	case REF_7: return 7;
	case REF_511: return 511;
	case REF_512: return 512;
	case REF_LAST: return end - 1;
	case REF_END: return end;
	default: return 0xffffffff;
	}
}

unsigned int
model_window(unsigned int at, unsigned int own)
{
	if (at == AT_OWN || at == AT_UNALIGNED)
		return own;
	return at >= AT_M0 && at < AT_HOLE ? at - AT_M0 : (unsigned int)MAP_SLOTS;
}

struct ref *
model_touch(struct model *m, const struct domain *d, uint32_t ref)
{
	m->domain[d->id].touched |= (uint64_t)1 << ref / BLOCK;
	return &m->ref[d->id][ref];
}

void
model_view(struct now *w, unsigned int i, const struct domain *d, uint32_t ref)
{
	struct entry_view *v = &w->r->entry[i];
	const struct ref *e;
	uint8_t slot;

	if (w->m->racing || !d->mapped || ref >= d->nr_frames * GNTTAB_ENTRIES_PER_FRAME)
		return;
	e = &w->m->ref[d->id][ref];
	v->flags = e->flags;
	v->dom = domid_code(e->domid);
	slot = e->frame != NAME_ZERO ? page_slot(w->m, d, e->frame) : NONE;
	v->frame = e->frame == NAME_ZERO ? VIEW_FRAME_ZERO : slot != NONE ? slot : VIEW_FRAME_OTHER;
}

void
batch_drop(struct batch *b, unsigned int i)
{
	b->n--;
	for (unsigned int k = i; k < b->n; k++)
		b->member[k] = b->member[k + 1];
}

/* ------------------------------------------------------------------ coverage */

/* The entry that an operation is about; false if it is about none. */
static bool
subject(const struct now *w, const struct domain **d, uint32_t *ref)
{
	const struct op *o = w->o;
	const struct mapping *map = &w->d->names->map[o->a.idx % MAP_SLOTS];

	*d = w->d;
	switch (o->kind) {
	case OP_MAP:
	case OP_PIN:
	case OP_TRANSFER:
		*d = model_owner(w, o->b.dom);
		*ref = model_ref(w->m, *d, o->b.idx);
		return true;
	case OP_COPY:
		*d = model_owner(w, o->a.idx < SIDE_FRAME ? o->a.dom : o->b.dom);
		*ref = model_ref(w->m, *d, o->a.idx < SIDE_FRAME ? o->a.idx : o->b.idx);
		return o->a.idx < SIDE_FRAME || o->b.idx < SIDE_FRAME;
	case OP_UNMAP:
	case OP_REPLACE:
	case OP_READ_MAP:
	case OP_WRITE_MAP:
		*ref = map->ref;
		if (map->granter != NONE)
			*d = &w->m->domain[map->granter];
		return map->granter != NONE && o->a.idx < MAP_SLOTS;
	case OP_ENTRY:
	case OP_FLAGS:
	case OP_SWAP:
		*ref = model_ref(w->m, w->d, o->a.idx);
		return true;
	default:
		*ref = model_ref(w->m, w->d, o->a.idx);
		return o->kind <= OP_FREE && o->kind != OP_ALLOC && o->kind != OP_EMPTY;
	}
}

/* spec.md, "Entry states". */
static unsigned int
idle_state(unsigned int flags)
{
	switch (flags & GTF_type_mask) {
	case 0: return flags == 0 ? 1 : 14;
	case GTF_permit_access:
		if (flags & GTF_sub_page)
			return 12;
		if (flags & (GTF_reading | GTF_writing))
			return 4;
		return flags & GTF_readonly ? 3 : 2;
	case GTF_accept_transfer:
		if (flags == GTF_accept_transfer)
			return 8;
		if (flags == COMMITTED)
			return 9;
		return flags == (COMMITTED | GTF_transfer_completed) ? 10 : 11;
	default: return 13;
	}
}

/* The state of the entry that w's operation is about. */
static unsigned int
entry_state(const struct now *w)
{
	const struct domain *d = w->d;
	const struct ref *e;
	uint32_t ref;

	if (!subject(w, &d, &ref) || ref >= d->hv_frames * GNTTAB_ENTRIES_PER_FRAME)
		return 0;
	e = &w->m->ref[d->id][ref];
	if (pin_sum(e) == 0)
		return idle_state(e->flags);
	if ((e->flags & GTF_type_mask) != GTF_permit_access || !(e->flags & GTF_reading))
		return 7;
	if (e->pin[PIN_HOST_READ] == 0 && e->pin[PIN_HOST_WRITE] == 0)
		return 15;
	return pin_writers(e) ? 6 : 5;
}

/* ------------------------------------------------------------------ running */

static void
domain_begin(struct model *m, unsigned int id)
{
	struct domain *d = &m->domain[id];

	for (uint64_t left = d->touched; left != 0; left &= left - 1)
		__builtin_memset(&m->ref[id][BLOCK * (unsigned int)__builtin_ctzll(left)], 0,
				 BLOCK * sizeof(struct ref));
	d->id = (uint8_t)id;
	d->translated = m->h.hvm >> id & 1;
	d->slot_is_gfn = d->translated && !m->profile->arm64;
	d->touched = 0;
	core_begin(m, d);
	d->gained = 0;
	d->n_handles = 0;
	d->fail_alloc = d->fail_hypercall = 0;
	d->pages_put = 0;
	d->filled = 0;
	d->locked = d->table_locked = false;
	d->put_away = 0;
	d->accesses = 0;
	d->names = &d->own;
	d->names->window_used = 0;
	d->names->held = 0;
	for (unsigned int s = 0; s < REF_SLOTS; s++) {
		d->names->ref[s] = GNTTAB_NR_RESERVED_ENTRIES + s;
		d->names->landing[s] = 0;
	}
	for (unsigned int c = 0; c < CHAIN_SLOTS; c++)
		d->names->chain[c].head = REF_NONE;
	for (unsigned int i = 0; i < MAP_SLOTS; i++) {
		d->names->map[i] = (struct mapping){ .handle = HANDLE_NONE, .granter = NONE };
		d->window[i] = (struct window){ .page = NONE };
	}
}

void
model_begin(struct model *m, const struct program *p, const struct profile *profile)
{
	m->program = p;
	m->profile = profile;
	m->h = p->header;
	/* An option that this Xen does not know changes nothing; on Arm it is as if given. */
	m->h.no_transfer &= profile->transfer_can_be_disabled;
	m->h.no_transfer |= profile->arm64 && profile->transfer_can_be_disabled;
	m->n_handles = 0;
	m->low_used = false;
	m->racing = false;
	for (unsigned int d = 0; d < DOMAINS_MAX; d++)
		domain_begin(m, d);
	pages_begin(m);
}

static void
do_batch(struct batch *b)
{
	switch (b->member[0].o->kind) {
	case OP_MAP: model_do_map(b); break;
	case OP_UNMAP: model_do_unmap(b); break;
	case OP_REPLACE: model_do_replace(b); break;
	case OP_COPY: model_do_copy(b); break;
	case OP_TRANSFER: model_do_transfer(b); break;
	case OP_SWAP: model_do_swap(b); break;
	default: model_do_cache_flush(b); break;
	}
}

static void
do_operation(struct batch *b)
{
	struct now *w = &b->member[0];

	if (op_table[w->o->kind].joinable)
		do_batch(b);
	else if (w->o->kind <= OP_END_TRANSFER || w->o->kind == OP_TICK)
		model_do_access(w);
	else if (w->o->kind <= OP_XLAT_FREE)
		model_do_core(w);
	else if (w->o->kind == OP_PIN)
		model_do_pin(w);
	else if (w->o->kind >= OP_WRITE || w->o->kind == OP_ENTRY || w->o->kind == OP_FLAGS)
		model_do_memory(w);
	else
		model_do_other(w);
}

static void
record_begin(struct batch *b, unsigned int at, struct trace *t)
{
	const struct op *o = &b->m->program->ops[at];
	struct trace_record *r = &t->record[at];
	struct now *w = &b->member[b->n];

	trace_record_begin(r);
	if (!op_is_done(o->kind)) {
		r->skip = SKIP_EXPECT;
		return;
	}
	*w = (struct now){ b->m, o, r, &b->m->domain[o->actor] };
	r->state = (uint16_t)entry_state(w);
	b->n++;
}

unsigned int
model_do_next(struct model *m, struct batch *b, unsigned int at, struct trace *t)
{
	unsigned int n = program_batch(m->program, at);

	b->m = m;
	b->n = 0;
	b->d = &m->domain[m->program->ops[at].actor];
	for (unsigned int i = at; i < at + n; i++)
		record_begin(b, i, t);
	if (b->n > 0)
		do_operation(b);
	return n;
}

unsigned int
model_step(struct model *m, unsigned int at, struct trace *t)
{
	const struct domain *d = &m->domain[m->program->ops[at].actor];
	unsigned int n;

	m->fired = m->n_fired = 0;
	if (m->program->ops[at].kind == OP_RACE)
		return model_do_race(m, at, t);
	n = model_do_next(m, &m->batch, at, t);
	for (unsigned int i = at; i < at + n; i++) {
		struct trace_record *r = &t->record[i];

		r->free_count = d->free_count;
		r->fired = m->fired;
	}
	return n;
}

static void
domain_end(const struct model *m, const struct domain *d, struct trace_domain *t)
{
	*t = (struct trace_domain){
		.free_count = d->free_count,
		.nr_frames = d->nr_frames,
		.deferred = d->n_deferred,
		.leaked = d->leaked,
		.pages_put = d->pages_put,
	};
	for (unsigned int s = 0; s < PAGE_SLOTS; s++) {
		t->digest[s] = page_in_place(d, s) ? page_digest(m, d->slot[s]) : PAGE_EMPTY;
		if (page_in_place(d, s) && m->page[d->slot[s]].undefined)
			t->any_digest |= 1u << s;
	}
}

void
model_end(struct model *m, struct trace *t)
{
	t->n_records = m->program->n_ops;
	t->domains = m->h.domains;
	t->kind = TRACE_EXACT;
	for (unsigned int d = 0; d < m->h.domains; d++)
		domain_end(m, &m->domain[d], &t->domain[d]);
}
