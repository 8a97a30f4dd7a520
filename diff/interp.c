#include "diff/interp_internal.h"

bool
interp_skip(struct doing *w, enum trace_skip why)
{
	w->r->skip = (uint8_t)why;
	return false;
}

/* The ids behind the codes that are the same on every machine. */
static const domid_t special_domid[DOM_CODES] = {
	[DOM_SELF] = DOMID_SELF,
	[DOM_IO] = DOMID_IO,
	[DOM_XEN] = DOMID_XEN,
	[DOM_COW] = DOMID_COW,
	[DOM_INVALID] = DOMID_INVALID,
	[DOM_IDLE] = DOMID_IDLE,
	[DOM_NONE] = 77,
	[DOM_LAST] = DOMID_FIRST_RESERVED - 1,
	[DOM_MAX] = 0xffff,
};

/*
 * What names a domain that the program has not: the machine may have one of that number that takes
 * part in other programs.
 */
enum { ABSENT_DOMID = 100 };

domid_t
interp_domid(const struct interp *in, unsigned int code)
{
	ARCH_ASSERT(code < DOM_CODES);
	if (code >= DOMAINS_MAX)
		return special_domid[code];
	if (code < in->program->header.domains)
		return guest_domid(in->domain[code].arch);
	return (domid_t)(ABSENT_DOMID + code);
}

/*
 * The code of an id, as a view shows it.  0 is what is in a clear entry, of d0 as of a domain that
 * runs a program as d0 and has another id.
 */
static uint8_t
domid_code(const struct interp *in, domid_t id)
{
	if (id == 0)
		return DOM_D0;
	for (unsigned int i = 0; i < DOM_CODES; i++)
		if (interp_domid(in, i) == id)
			return (uint8_t)i;
	return VIEW_DOM_OTHER;
}

struct interp_domain *
interp_owner(const struct doing *w, unsigned int dom_code)
{
	if (dom_code < w->in->program->header.domains)
		return &w->in->domain[dom_code];
	return w->d;
}

grant_ref_t
interp_ref(const struct interp *in, const struct interp_domain *d, unsigned int code)
{
	uint32_t end = in->program->header.max_frames * GNTTAB_ENTRIES_PER_FRAME;

	if (code < REF_SLOTS)
		return d->ref[code];
	switch (code) {
	case REF_0: return 0;
	case REF_1: return 1;
	case REF_7: return 7;
	case REF_511: return 511;
	case REF_512: return 512;
	case REF_LAST: return end - 1;
	case REF_END: return end;
	default: return INVALID_GRANT_REF;
	}
}

static bool
special_frame(struct doing *w, enum guest_special which, uint64_t *frame)
{
	*frame = guest_special_frame(w->d->arch, which);
	return *frame != GUEST_FRAME_NONE || interp_skip(w, SKIP_LANE);
}

bool
interp_frame(struct doing *w, unsigned int code, uint64_t *frame)
{
	struct interp *in = w->in;
	struct interp_domain *d = w->d;

	ARCH_ASSERT(code < FRAME_CODES);
	if (code == FRAME_TABLE && !op_moves_no_bytes((enum op_kind)w->op->kind))
		return interp_skip(w, SKIP_LANE);
	if (code >= FRAME_MISSING)
		return special_frame(w, (enum guest_special)(code - FRAME_MISSING), frame);
	if (code >= FRAME_OTHER_P0) {
		d = &in->domain[(w->op->actor + 1u) % in->program->header.domains];
		if (d == w->d || arch_translated(d->arch))
			return special_frame(w, GUEST_FRAME_UNOWNED, frame);
	}
	*frame = guest_page_frame(d->arch, code % PAGE_SLOTS);
	return *frame != GUEST_FRAME_NONE || interp_skip(w, SKIP_SLOT_EMPTY);
}

uint64_t
interp_addr(const struct interp_domain *d, unsigned int at, unsigned int own)
{
	switch (at) {
	case AT_OWN: return guest_window_addr(d->arch, own);
	case AT_HOLE: return guest_bad_addr(d->arch, GUEST_ADDR_HOLE, own);
	case AT_WILD: return guest_bad_addr(d->arch, GUEST_ADDR_WILD, own);
	case AT_UNALIGNED: return guest_bad_addr(d->arch, GUEST_ADDR_UNALIGNED, own);
	case AT_ZERO: return 0;
	default: return guest_window_addr(d->arch, at - AT_M0);
	}
}

unsigned int
interp_window(unsigned int at, unsigned int own)
{
	if (at == AT_OWN || at == AT_UNALIGNED)
		return own;
	if (at >= AT_M0 && at < AT_HOLE)
		return at - AT_M0;
	return MAP_SLOTS;
}

void
batch_leave_out(struct batch *b, unsigned int i)
{
	b->n--;
	for (unsigned int k = i; k < b->n; k++)
		b->member[k] = b->member[k + 1];
}

void
interp_view_of(const struct interp *in, const struct interp_domain *owner,
	       const struct grant_entry_v1 *e, struct entry_view *v)
{
	unsigned int slot;
	uint32_t frame;

	v->flags = arch_load16_acquire(&e->flags);
	v->dom = domid_code(in, arch_load16(&e->domid));
	frame = arch_load32(&e->frame);
	if (frame == 0)
		v->frame = VIEW_FRAME_ZERO;
	else
		v->frame = guest_frame_slot(owner->arch, frame, &slot) ? (uint8_t)slot :
									 VIEW_FRAME_OTHER;
}

void
interp_look(const struct interp *in, const struct interp_domain *owner, grant_ref_t ref,
	    struct entry_view *v)
{
	const struct gnttab *gt = owner->core;

	if (gt->shared != NULL && ref < gt->nr_frames * GNTTAB_ENTRIES_PER_FRAME)
		interp_view_of(in, owner, &gt->shared[ref], v);
}

void
interp_view(struct doing *w, unsigned int i, const struct interp_domain *owner, grant_ref_t ref)
{
	if (!w->in->racing)
		interp_look(w->in, owner, ref, &w->r->entry[i]);
}

/* ------------------------------------------------------------------ running */

void
interp_begin_domain(struct interp *in, unsigned int d, struct arch *arch)
{
	struct interp_domain *id = &in->domain[d];

	*id = (struct interp_domain){ .arch = arch };
	id->core = &id->gt;
	for (unsigned int s = 0; s < REF_SLOTS; s++)
		id->ref[s] = GNTTAB_NR_RESERVED_ENTRIES + s;
	for (unsigned int c = 0; c < CHAIN_SLOTS; c++)
		id->chain[c] = INVALID_GRANT_REF;
	for (unsigned int k = 0; k < CALLBACK_SLOTS; k++) {
		id->callback[k].in = in;
		id->callback[k].slot = (uint8_t)k;
	}
	for (unsigned int m = 0; m < MAP_SLOTS; m++) {
		id->map[m].handle = INVALID_GRANT_HANDLE;
		id->map[m].stale = INVALID_GRANT_HANDLE;
		id->map[m].granter = VIEW_NONE;
	}
	if (arch_translated(arch) &&
	    gnttab_setup_auto_xlat_frames(id->core, arch, guest_table_addr(arch)) != 0)
		id->failed = true;
	else if (gnttab_init(id->core, arch) != 0)
		id->failed = true;
}

void
interp_open(struct interp *in, const struct program *p, struct trace *t)
{
	ARCH_ASSERT(p->n_ops <= PROGRAM_OPS_MAX);
	ARCH_ASSERT(p->header.domains >= 1);
	ARCH_ASSERT(p->header.domains <= DOMAINS_MAX);
	in->program = p;
	in->trace = t;
	in->failed = false;
	for (unsigned int d = 0; d < p->header.domains; d++)
		in->failed = in->failed || in->domain[d].failed;
}

void
interp_begin(struct interp *in, const struct program *p, struct arch *const *guests,
	     struct trace *t)
{
	for (unsigned int d = 0; d < p->header.domains; d++)
		interp_begin_domain(in, d, guests[d]);
	interp_open(in, p, t);
}

static void
do_batch(struct batch *b)
{
	switch (b->member[0].op->kind) {
	case OP_MAP: interp_do_map(b); break;
	case OP_UNMAP: interp_do_unmap(b); break;
	case OP_REPLACE: interp_do_replace(b); break;
	case OP_COPY: interp_do_copy(b); break;
	case OP_TRANSFER: interp_do_transfer(b); break;
	case OP_SWAP: interp_do_swap(b); break;
	default: interp_do_cache_flush(b); break;
	}
}

static void
do_operation(struct batch *b)
{
	struct doing *w = &b->member[0];

	if (op_table[w->op->kind].joinable)
		do_batch(b);
	else if (w->op->kind <= OP_XLAT_FREE)
		interp_do_reference(w);
	else
		interp_do_other(w);
}

/* Start record `at`, and make it a member of the batch unless it is only an expectation. */
static void
record_begin(struct interp *in, unsigned int at, struct batch *b)
{
	const struct op *o = &in->program->ops[at];
	struct trace_record *r = &in->trace->record[at];

	trace_record_begin(r);
	if (!op_is_done(o->kind))
		r->skip = SKIP_EXPECT;
	else if (in->failed)
		r->skip = SKIP_LANE;
	else
		b->member[b->n++] = (struct doing){ in, o, r, &in->domain[o->actor] };
}

static inline unsigned int
do_next(struct interp *in, unsigned int at)
{
	unsigned int n = program_batch(in->program, at);
	struct batch *b = &in->batch;

	b->n = 0;
	for (unsigned int i = 0; i < n; i++)
		record_begin(in, at + i, b);
	if (b->n > 0)
		do_operation(b);
	return n;
}

unsigned int
interp_do(struct interp *in, unsigned int at)
{
	return do_next(in, at);
}

/* A function of its own in every build: test_death finds it in the guest's image. */
unsigned int __attribute__((noinline))
interp_step(struct interp *in, unsigned int at)
{
	const struct interp_domain *d = &in->domain[in->program->ops[at].actor];
	uint16_t free_count;
	unsigned int n;

	in->fired = 0;
	in->n_fired = 0;
	if (in->program->ops[at].kind == OP_RACE)
		return interp_race(in, at);
	n = do_next(in, at);
	free_count = (uint16_t)gnttab_free_count(d->core);
	for (unsigned int i = 0; i < n; i++) {
		struct trace_record *r = &in->trace->record[at + i];

		r->free_count = free_count;
		r->fired = in->fired;
	}
	return n;
}

unsigned int
interp_leave_out(struct interp *in, unsigned int at)
{
	unsigned int n = program_batch(in->program, at);

	if (in->program->ops[at].kind == OP_RACE)
		return interp_race_skip(in, at);
	for (unsigned int i = at; i < at + n; i++) {
		const struct op *o = &in->program->ops[i];
		struct trace_record *r = &in->trace->record[i];

		trace_record_begin(r);
		r->skip = op_is_done(o->kind) ? SKIP_LANE : SKIP_EXPECT;
		r->free_count = (uint16_t)gnttab_free_count(in->domain[o->actor].core);
		r->fired = 0;
	}
	return n;
}

/*
 * The digest of slot s's page: what is known of it, with the part that may have changed read anew.
 */
static uint64_t
page_digest(struct arch *a, unsigned int s)
{
	const uint8_t *bytes = guest_page_bytes(a, s);
	unsigned int dom, slot, lo, hi;

	if (bytes == NULL || !guest_page_dirty(a, s, &dom, &slot, &lo, &hi))
		return PAGE_EMPTY;
	return trace_digest_part(bytes, dom, slot, lo, hi);
}

static void
tell_domain(const struct interp_domain *d, struct trace_domain *t)
{
	t->any_digest = 0;
	t->free_count = (uint16_t)gnttab_free_count(d->core);
	t->nr_frames = (uint16_t)d->core->nr_frames;
	t->deferred = (uint16_t)d->core->deferred_count;
	t->leaked = (uint16_t)d->core->leaked_count;
	t->pages_put = (uint16_t)guest_pages_put(d->arch);
	t->zero = 0;
	for (unsigned int s = 0; s < PAGE_SLOTS; s++)
		t->digest[s] = page_digest(d->arch, s);
}

void
interp_end_domain(struct interp *in, unsigned int d)
{
	struct interp_domain *id = &in->domain[d];

	tell_domain(id, &in->trace->domain[d]);
	guest_fail_alloc(id->arch, 0);
	guest_fail_hypercall(id->arch, 0);
	gnttab_fini(id->core);
}

void
interp_close(struct interp *in)
{
	struct trace *t = in->trace;

	t->n_records = in->program->n_ops;
	t->domains = in->program->header.domains;
	t->kind = TRACE_EXACT;
	__builtin_memset(&t->domain[t->domains], 0,
			 (DOMAINS_MAX - t->domains) * sizeof(t->domain[0]));
}

void
interp_end(struct interp *in)
{
	for (unsigned int d = 0; d < in->program->header.domains; d++)
		interp_end_domain(in, d);
	interp_close(in);
}

void
interp_run(struct interp *in, const struct program *p, struct arch *const *guests, struct trace *t)
{
	interp_begin(in, p, guests, t);
	for (unsigned int at = 0; at < p->n_ops;)
		at += interp_step(in, at);
	interp_end(in);
}
