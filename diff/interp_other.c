/* Behind the core's back, the remaining hypercalls, memory, faults. */
#include "diff/interp_internal.h"

enum { LIST_MAX = 16 };		/* frames that setup_table and get_status may list */

static int
call(const struct doing *w, unsigned int cmd, void *op)
{
	return arch_grant_table_op(w->d->arch, cmd, op, 1);
}

/* ------------------------------------------------------------------ entries */

/* Store into the actor's own entry, as a guest may at any time. */
static void
do_entry(struct doing *w)
{
	struct gnttab *gt = w->d->core;
	grant_ref_t ref = interp_ref(w->in, w->d, w->op->a.idx);
	struct grant_entry_v1 *e;
	uint64_t frame;

	if (gt->shared == NULL || ref >= gt->nr_frames * GNTTAB_ENTRIES_PER_FRAME) {
		interp_skip(w, SKIP_NO_TABLE);
		return;
	}
	e = &gt->shared[ref];
	if (w->op->kind == OP_ENTRY && !interp_frame(w, w->op->b.idx, &frame))
		return;
	guest_scribbled(w->d->arch, ref);
	if (w->op->kind == OP_ENTRY) {
		arch_store32(&e->frame, (uint32_t)frame);
		arch_store16(&e->domid, interp_domid(w->in, w->op->b.dom));
	}
	arch_store16_release(&e->flags, w->op->len);
	interp_view(w, 0, w->d, ref);
}

void
interp_do_swap(struct batch *b)
{
	struct gnttab_swap_grant_ref ops[OP_BATCH_MAX];
	int rc;

	for (unsigned int i = 0; i < b->n; i++) {
		const struct doing *w = &b->member[i];

		ops[i] = (struct gnttab_swap_grant_ref){
			.ref_a = interp_ref(w->in, w->d, w->op->a.idx),
			.ref_b = interp_ref(w->in, w->d, w->op->b.idx),
			.status = 1,
		};
	}
	rc = arch_grant_table_op(b->member[0].d->arch, GNTTABOP_swap_grant_ref, ops, b->n);
	for (unsigned int i = 0; i < b->n; i++) {
		struct doing *w = &b->member[i];

		w->r->rc = rc;
		w->r->status = ops[i].status;
		guest_scribbled(w->d->arch, ops[i].ref_a);
		guest_scribbled(w->d->arch, ops[i].ref_b);
		interp_view(w, 0, w->d, ops[i].ref_a);
		interp_view(w, 1, w->d, ops[i].ref_b);
	}
}

/* ------------------------------------------------------------------ hypercalls about tables */

/* Where a list of frames goes: `good`, unless the flags say otherwise. */
static xen_pfn_t *
list_at(const struct doing *w, xen_pfn_t *good)
{
	if (w->op->flags & OPF_LIST_WILD)
		return (xen_pfn_t *)(uintptr_t)guest_bad_addr(w->d->arch, GUEST_ADDR_WILD, 0);
	if (w->op->flags & OPF_LIST_HOLE)
		return (xen_pfn_t *)(uintptr_t)guest_bad_addr(w->d->arch, GUEST_ADDR_HOLE, 0);
	return good;
}

static void
do_setup_table(struct doing *w)
{
	xen_pfn_t list[LIST_MAX];
	struct gnttab_setup_table op = {
		.dom = interp_domid(w->in, w->op->a.dom),
		.nr_frames = w->op->len,
		.status = 1,
	};

	ARCH_ASSERT(w->op->len <= LIST_MAX);
	for (unsigned int i = 0; i < LIST_MAX; i++)
		list[i] = GUEST_FRAME_NONE;
	set_xen_guest_handle(op.frame_list, list_at(w, list));
	w->r->rc = call(w, GNTTABOP_setup_table, &op);
	w->r->status = op.status;
	for (unsigned int i = 0; i < LIST_MAX; i++)
		w->r->value += list[i] != GUEST_FRAME_NONE;
}

static void
do_get_status(struct doing *w)
{
	uint64_t list[LIST_MAX];
	struct gnttab_get_status_frames op = {
		.dom = interp_domid(w->in, w->op->a.dom),
		.nr_frames = w->op->len,
		.status = 1,
	};

	set_xen_guest_handle(op.frame_list, (uint64_t *)list_at(w, (xen_pfn_t *)list));
	w->r->rc = call(w, GNTTABOP_get_status_frames, &op);
	w->r->status = op.status;
}

static void
do_query_size(struct doing *w)
{
	struct gnttab_query_size op = { .dom = interp_domid(w->in, w->op->a.dom), .status = 1 };

	w->r->rc = call(w, GNTTABOP_query_size, &op);
	w->r->status = op.status;
	if (w->r->rc == 0 && op.status == GNTST_okay)
		w->r->value = op.nr_frames + (op.max_nr_frames << 16);
}

static void
do_versions(struct doing *w)
{
	struct gnttab_set_version set = { .version = w->op->len };
	struct gnttab_get_version get = { .dom = interp_domid(w->in, w->op->a.dom) };

	if (w->op->kind == OP_SET_VERSION) {
		w->r->rc = call(w, GNTTABOP_set_version, &set);
		w->r->value = set.version;
	} else {
		w->r->rc = call(w, GNTTABOP_get_version, &get);
		w->r->value = get.version;
	}
}

static void
do_dump_table(struct doing *w)
{
	struct gnttab_dump_table op = { .dom = interp_domid(w->in, w->op->a.dom), .status = 1 };

	w->r->rc = call(w, GNTTABOP_dump_table, &op);
}

static void
do_add_to_physmap(struct doing *w)
{
	uint64_t place = guest_table_addr(w->d->arch) >> XEN_PAGE_SHIFT;
	bool status = w->op->flags & OPF_PHYSMAP_STATUS;
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_grant_table,
		.idx = w->op->len | (status ? 1u << 31 : 0),
		.gpfn = arch_translated(w->d->arch) ? place + w->op->len : 0,
	};

	w->r->rc = arch_memory_op(w->d->arch, XENMEM_add_to_physmap, &op);
}

void
interp_do_cache_flush(struct batch *b)
{
	struct gnttab_cache_flush ops[OP_BATCH_MAX];
	uint64_t frame;
	int rc;

	for (unsigned int i = 0; i < b->n;) {
		struct doing *w = &b->member[i];

		if (!interp_frame(w, w->op->a.idx, &frame)) {
			batch_leave_out(b, i);
			continue;
		}
		ops[i++] = (struct gnttab_cache_flush){
			.a.dev_bus_addr = frame << XEN_PAGE_SHIFT,
			.offset = w->op->a.off,
			.length = w->op->len,
			.op = (w->op->flags & OPF_FLUSH_CLEAN ? GNTTAB_CACHE_CLEAN : 0) |
			      (w->op->flags & OPF_FLUSH_INVAL ? GNTTAB_CACHE_INVAL : 0) |
			      (w->op->flags & OPF_FLUSH_GREF ? GNTTAB_CACHE_SOURCE_GREF : 0) |
			      (w->op->flags & OPF_FLUSH_ODD ? 4u : 0),
		};
	}
	if (b->n == 0)
		return;
	rc = arch_grant_table_op(b->member[0].d->arch, GNTTABOP_cache_flush, ops, b->n);
	for (unsigned int i = 0; i < b->n; i++)
		b->member[i].r->rc = rc;
}

/* A call that is wrong before any operation is looked at. */
static void
do_hypercall(struct doing *w)
{
	struct arch *a = w->d->arch;
	uint64_t zeroes[8] = { 0 };
	void *wild = (void *)(uintptr_t)guest_bad_addr(a, GUEST_ADDR_WILD, 0);
	void *hole = (void *)(uintptr_t)guest_bad_addr(a, GUEST_ADDR_HOLE, 0);

	switch (w->op->a.idx) {
	case CALL_COUNT0: w->r->rc = arch_grant_table_op(a, w->op->len, zeroes, 0); break;
	case CALL_NEGATIVE:
		w->r->rc = arch_grant_table_op(a, w->op->len, zeroes, 0x80000000u);
		break;
	case CALL_WILD: w->r->rc = arch_grant_table_op(a, w->op->len, wild, 1); break;
	case CALL_HOLE: w->r->rc = arch_grant_table_op(a, w->op->len, hole, 1); break;
	default: w->r->rc = arch_grant_table_op(a, w->op->len | 1u << 12, zeroes, 0); break;
	}
}

/* ------------------------------------------------------------------ memory */

/* In a race: one access of two bytes.  False: there is nothing, or nothing to be written. */
static bool
access_at_once(struct doing *w, enum guest_place at)
{
	unsigned int off = w->op->a.off & ~1u;
	uint16_t v = 0;
	bool done;

	if (w->op->kind == OP_WRITE || w->op->kind == OP_WRITE_MAP)
		return guest_store16(w->d->arch, at, w->op->a.idx, off, w->op->len);
	done = guest_load16(w->d->arch, at, w->op->a.idx, off, &v);
	w->r->value = v;
	return done;
}

static void
do_page(struct doing *w)
{
	struct arch *a = w->d->arch;
	unsigned int slot = w->op->a.idx;
	const uint8_t *bytes;

	if (w->in->racing) {
		if (!access_at_once(w, GUEST_PAGE))
			interp_skip(w, SKIP_SLOT_EMPTY);
		return;
	}
	bytes = guest_page_bytes(a, slot);
	if (bytes == NULL)
		interp_skip(w, SKIP_SLOT_EMPTY);
	else if (w->op->kind == OP_WRITE)
		guest_page_write(a, slot, w->op->a.off & ~1u, &w->op->len, sizeof w->op->len);
	else
		__builtin_memcpy(&w->r->value, bytes + (w->op->a.off & ~3u), sizeof w->r->value);
}

static void
do_window(struct doing *w)
{
	struct arch *a = w->d->arch;
	unsigned int window = w->op->a.idx;
	bool writable, write = w->op->kind == OP_WRITE_MAP;
	const uint8_t *bytes = NULL;
	bool used = w->d->window_used >> window & 1;

	if (w->in->racing) {
		if (!used || !access_at_once(w, GUEST_WINDOW))
			interp_skip(w, SKIP_NO_MAPPING);
		return;
	}
	if (used)
		bytes = guest_window_bytes(a, window, &writable);
	if (bytes == NULL || (write && !writable))
		interp_skip(w, SKIP_NO_MAPPING);
	else if (write)
		guest_window_write(a, window, w->op->a.off & ~1u, &w->op->len, sizeof w->op->len);
	else
		__builtin_memcpy(&w->r->value, bytes + (w->op->a.off & ~3u), sizeof w->r->value);
}

/* ------------------------------------------------------------------ pages that come, faults */

static void
do_fill(struct doing *w)
{
	if (guest_page_frame(w->d->arch, w->op->a.idx) != GUEST_FRAME_NONE)
		interp_skip(w, SKIP_SLOT_EMPTY);
	else if (!guest_page_fill(w->d->arch, w->op->a.idx))
		w->r->rc = -XEN_ENOMEM;
}

static void
do_rare(struct doing *w)
{
	struct arch *a = w->d->arch;

	if (guest_page_frame(a, w->op->a.idx) == GUEST_FRAME_NONE) {
		interp_skip(w, SKIP_SLOT_EMPTY);
		return;
	}
	if (w->op->kind == OP_PAGE_OUT)
		w->r->rc = guest_page_out(a, w->op->a.idx, w->op->len);
	else
		w->r->rc = guest_page_widen(a, w->op->a.idx);
	if (w->r->rc == -XEN_EOPNOTSUPP) {
		w->r->rc = 0;
		interp_skip(w, SKIP_LANE);
	}
}

void
interp_do_other(struct doing *w)
{
	switch (w->op->kind) {
	case OP_PIN: interp_do_pin(w); break;
	case OP_ENTRY:
	case OP_FLAGS: do_entry(w); break;
	case OP_SETUP_TABLE: do_setup_table(w); break;
	case OP_QUERY_SIZE: do_query_size(w); break;
	case OP_SET_VERSION:
	case OP_GET_VERSION: do_versions(w); break;
	case OP_GET_STATUS: do_get_status(w); break;
	case OP_DUMP_TABLE: do_dump_table(w); break;
	case OP_ADD_TO_PHYSMAP: do_add_to_physmap(w); break;
	case OP_HYPERCALL: do_hypercall(w); break;
	case OP_WRITE:
	case OP_READ: do_page(w); break;
	case OP_WRITE_MAP:
	case OP_READ_MAP: do_window(w); break;
	case OP_FILL: do_fill(w); break;
	case OP_FAIL_ALLOC: guest_fail_alloc(w->d->arch, w->op->len); break;
	case OP_FAIL_HYPERCALL: guest_fail_hypercall(w->d->arch, w->op->len); break;
	default: do_rare(w); break;
	}
}
