/* model_flush: cache_flush.  Rules R926 to R932. */
#include "diff/model_internal.h"

/* The first of its owner's entries that has the page pinned for d, or NULL. */
static const struct ref *
pinned_for(const struct model *m, const struct domain *d, unsigned int page)
{
	const struct ref *first = NULL;

	for (unsigned int i = 0; i < m->n_handles; i++) {
		const struct handle *h = &m->handle[i];
		const struct ref *e = &m->ref[h->granter][h->ref];

		if ((h->host || h->dev) && e->page == page && e->grantee == d->id &&
		    (first == NULL || e < first))
			first = e;
	}
	return first;
}

/* Whether to invalidate alone counts as clean and invalidate, which loses nothing. */
static bool
flush_cleans(const struct now *w, unsigned int page)
{
	if (w->o->flags & OPF_FLUSH_CLEAN || w->m->profile->arm64)
		return true;
	return w->m->profile->flush_of_read_only_cleans &&
	       w->m->page[page].owner != w->d->id && !pin_writers(pinned_for(w->m, w->d, page));
}

/* The page is held while it is looked at. */
static void
flush_page(struct now *w, unsigned int page)
{
	struct page *p = page_touch(w->m, page);

	p->refs++;
	model_cut(w->m, NULL);
	if (p->owner != w->d->id && !pinned_for(w->m, w->d, page))
		model_rc(w, -XEN_EINVAL, 930);
	else if (!flush_cleans(w, page))
		model_rc(w, -XEN_EOPNOTSUPP, 931);
	else
		model_rc(w, 0, 932);
	p->refs--;
}

/* One operation. */
static void
flush_one(struct now *w, unsigned int name)
{
	const struct op *o = w->o;
	unsigned int page = name & 0xff;
	/* As a machine's frame: memory of Xen's in dom0's case, and in others' none at all. */
	bool table = w->m->profile->arm64 && name == NAME_GFN_TABLE;

	model_look(w->m, NULL);
	if (o->a.off + o->len > XEN_PAGE_SIZE || o->flags & (OPF_FLUSH_GREF | OPF_FLUSH_ODD))
		model_rc(w, -XEN_EINVAL, 926);
	else if (o->len == 0 || !(o->flags & (OPF_FLUSH_CLEAN | OPF_FLUSH_INVAL)))
		model_rc(w, 0, 927);
	else if (name == NAME_NOTHING || (table && w->d->id != 0))
		model_rc(w, -XEN_EINVAL, 928);
	else if (name == NAME_UNOWNED || table ||
		 w->m->page[page].owner == NONE)
		model_rc(w, -XEN_EPERM, 929);
	else
		flush_page(w, page);
}

/* The first error ends the call, and is the call's answer. */
void
model_do_cache_flush(struct batch *b)
{
	uint16_t names[OP_BATCH_MAX];
	struct trace_record last = { .rc = 0 };
	struct now probe;

	for (unsigned int i = 0; i < b->n;)
		if (page_operand(&b->member[i], b->member[i].o->a.idx, &names[i]))
			i++;
		else
			batch_drop(b, i);
	if (b->n == 0)
		return;
	probe = b->member[0];
	probe.r = &last;
	if (!model_hypercall(b->m, b->d))
		model_rc(&probe, -XEN_EFAULT, 1012);
	else if (model_no_command(b->m, b->d, GNTTABOP_cache_flush))
		model_rc(&probe, -XEN_ENOSYS, 947);
	else if (b->m->profile->cache_flush_is_unknown)
		model_rc(&probe, -XEN_ENOSYS, 942);
	for (unsigned int i = 0; i < b->n && last.rc == 0; i++) {
		probe.o = b->member[i].o;
		flush_one(&probe, names[i]);
	}
	for (unsigned int i = 0; i < b->n; i++)
		model_rc(&b->member[i], last.rc, last.rule);
}
