/*
 * defer: access that ends later, with the page that waits for it.
 *
 * A page that a peer still has mapped must not go back to its owner.  It waits in a queue, and a
 * tick tries the oldest again.  Records come a page at a time and are used again, never given back
 * before the end.
 */
#include "core/internal.h"

struct gnttab_deferred {
	struct gnttab_deferred *next;	/* in the queue, or among the unused */
	uintptr_t page;			/* 0: only the reference waits */
	grant_ref_t ref;
};

struct gnttab_deferred_page {
	struct gnttab_deferred_page *next;
	uint32_t n_used;		/* records from here on were never used */
	struct gnttab_deferred record[];
};

enum {
	RECORDS_PER_PAGE = (XEN_PAGE_SIZE - sizeof(struct gnttab_deferred_page)) /
			   sizeof(struct gnttab_deferred),
};

/* ------------------------------------------------------------------ records */

/* A record that was never used, or NULL without memory. */
static struct gnttab_deferred *
record_new(struct gnttab *gt)
{
	struct gnttab_deferred_page *page = gt->deferred_pages;

	ARCH_ASSERT(gt->deferred_free == NULL);
	if (page == NULL || page->n_used == RECORDS_PER_PAGE) {
		page = arch_pages_alloc(gt->arch, 1);
		if (page == NULL)
			return NULL;
		page->next = gt->deferred_pages;
		gt->deferred_pages = page;
	}
	return &page->record[page->n_used++];
}

static struct gnttab_deferred *
record_get(struct gnttab *gt)
{
	struct gnttab_deferred *d = gt->deferred_free;

	if (d == NULL)
		return record_new(gt);
	gt->deferred_free = d->next;
	return d;
}

static void
record_put(struct gnttab *gt, struct gnttab_deferred *d)
{
	d->next = gt->deferred_free;
	gt->deferred_free = d;
}

void
gnttab_free_deferred_locked(struct gnttab *gt)
{
	while (gt->deferred_pages != NULL) {
		struct gnttab_deferred_page *page = gt->deferred_pages;

		gt->deferred_pages = page->next;
		arch_pages_free(gt->arch, page, 1);
	}
}

/* ------------------------------------------------------------------ the queue */

static void
queue_push(struct gnttab *gt, struct gnttab_deferred *d)
{
	d->next = NULL;
	if (gt->deferred_head == NULL)
		gt->deferred_head = d;
	else
		gt->deferred_tail->next = d;
	gt->deferred_tail = d;
	gt->deferred_count++;
}

/* Pre: the queue is not empty. */
static struct gnttab_deferred *
queue_pop(struct gnttab *gt)
{
	struct gnttab_deferred *d = gt->deferred_head;

	ARCH_ASSERT(gt->deferred_count > 0);
	ARCH_ASSERT(d != NULL);
	gt->deferred_head = d->next;
	gt->deferred_count--;
	return d;
}

/* ------------------------------------------------------------------ ending */

/* Access has ended: the page goes back, then the reference. */
static void
settle_locked(struct gnttab *gt, grant_ref_t ref, uintptr_t page)
{
	if (page != 0)
		arch_page_put(gt->arch, page);
	gnttab_give_locked(gt, ref);
}

/* Keep ref and page for a tick.  Returns 0, or -XEN_ENOMEM and both are leaked. */
static int
defer_locked(struct gnttab *gt, grant_ref_t ref, uintptr_t page)
{
	struct gnttab_deferred *d = record_get(gt);

	if (d == NULL) {
		ref_set(gt, ref, REF_LEAKED, INVALID_GRANT_REF);
		gt->leaked_count++;
		return -XEN_ENOMEM;
	}
	d->ref = ref;
	d->page = page;
	queue_push(gt, d);
	ref_set(gt, ref, REF_DEFERRED, INVALID_GRANT_REF);
	arch_defer_arm(gt->arch);
	return 0;
}

static int
end_locked(struct gnttab *gt, grant_ref_t ref, uintptr_t page)
{
	if (!ref_is(gt, ref, REF_ACCESS))
		return -XEN_EINVAL;
	if (!gnttab_end_entry_locked(gt, ref))
		return defer_locked(gt, ref, page);
	settle_locked(gt, ref, page);
	return 1;
}

int
gnttab_end_foreign_access(struct gnttab *gt, grant_ref_t ref, uintptr_t page)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = end_locked(gt, ref, page);
	gnttab_unlock(gt);
	return rc;
}

/* Try some of the queue again, each at most once.  Returns how many ended. */
static int
tick_locked(struct gnttab *gt)
{
	const struct gnttab_deferred *first_busy = NULL;
	int n_ended = 0;

	for (unsigned int i = 0; i < GNTTAB_DEFERRED_PER_TICK; i++) {
		struct gnttab_deferred *d = gt->deferred_head;

		if (d == NULL || d == first_busy)
			break;
		queue_pop(gt);
		ARCH_ASSERT(ref_is(gt, d->ref, REF_DEFERRED));
		if (gnttab_end_entry_locked(gt, d->ref)) {
			settle_locked(gt, d->ref, d->page);
			record_put(gt, d);
			n_ended++;
		} else {
			queue_push(gt, d);
			if (first_busy == NULL)
				first_busy = d;
		}
	}
	return n_ended;
}

int
gnttab_deferred_tick(struct gnttab *gt)
{
	int rc = -XEN_ENODEV;

	if (gt->arch == NULL)
		return rc;
	gnttab_lock(gt);
	if (gt->shared != NULL)
		rc = tick_locked(gt);
	/* While suspended too: the queue is still there after. */
	if (gt->deferred_count > 0)
		arch_defer_arm(gt->arch);
	gnttab_unlock(gt);
	return rc;
}
