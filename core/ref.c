/*
 * ref: references are handed out, chained privately, and given back.
 *
 * Those given back are a list, last one first.  Those never handed out are only a number, `fresh`,
 * so that neither set-up nor growth costs anything for each of them.
 */
#include "core/internal.h"

/* ------------------------------------------------------------------ one */

/* Take a free reference off.  Pre: there is one.  Its word is stale until the caller sets it. */
static grant_ref_t
pop_locked(struct gnttab *gt)
{
	grant_ref_t ref = gt->free_head;

	ARCH_ASSERT(gt->free_count > 0);
	if (ref != INVALID_GRANT_REF)
		gt->free_head = ref_next(gt, ref);
	else
		ref = gt->fresh++;
	ARCH_ASSERT(gt->fresh <= ref_count(gt));
	ARCH_ASSERT(ref_is(gt, ref, REF_FREE));
	gt->free_count--;
	return ref;
}

/* Have n references free.  Returns 0 or -XEN_ENOSPC. */
static int
provide_locked(struct gnttab *gt, uint32_t n)
{
	if (gt->free_count >= n)
		return 0;
	return gnttab_grow_locked(gt, n - gt->free_count);
}

int
gnttab_take_locked(struct gnttab *gt)
{
	int rc = provide_locked(gt, 1);
	grant_ref_t ref;

	if (rc != 0)
		return rc;
	ref = pop_locked(gt);
	ref_set(gt, ref, REF_CLAIMED, INVALID_GRANT_REF);
	return (int)ref;
}

void
gnttab_give_locked(struct gnttab *gt, grant_ref_t ref)
{
	ARCH_ASSERT(ref >= GNTTAB_NR_RESERVED_ENTRIES);
	ARCH_ASSERT(!ref_is(gt, ref, REF_FREE));
	ref_set(gt, ref, REF_FREE, gt->free_head);
	gt->free_head = ref;
	gt->free_count++;
	ARCH_ASSERT(gt->free_count <= ref_count(gt));
	if (gt->callbacks != NULL)
		gnttab_run_callbacks_locked(gt);
}

uint32_t
gnttab_free_count(const struct gnttab *gt)
{
	uint32_t n;

	if (gt->arch == NULL)
		return 0;
	gnttab_lock(gt);
	n = gt->free_count;
	gnttab_unlock(gt);
	return n;
}

int
gnttab_free_grant_reference(struct gnttab *gt, grant_ref_t ref)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	if (ref_is(gt, ref, REF_CLAIMED))
		gnttab_give_locked(gt, ref);
	else
		rc = -XEN_EINVAL;
	gnttab_unlock(gt);
	return rc;
}

/* ------------------------------------------------------------------ chains */

/*
 * Link the n references from `fresh` on, never handed out, behind *link.  Pre: the table has them.
 * Returns the word of the last.  They may be the whole table: nothing is asked for each of them.
 */
static uint32_t *
link_fresh(const struct gnttab *gt, uint32_t *link, grant_ref_t fresh, unsigned int n)
{
	uint32_t states = 0;

	ARCH_ASSERT(fresh + n <= ref_count(gt));
	for (grant_ref_t ref = fresh; ref < fresh + n; ref++) {
		*link = ref_linked(REF_CHAINED, ref);
		link = &gt->links[ref / REFS_PER_LINK_PAGE][ref % REFS_PER_LINK_PAGE];
		states |= *link;
	}
	ARCH_ASSERT(states >> REF_STATE_SHIFT == REF_FREE);
	return link;
}

/*
 * Take n free references as a chain, as n times pop_locked would.  Pre: there are n.  Returns its
 * head.
 */
static grant_ref_t
pop_chain_locked(struct gnttab *gt, unsigned int n)
{
	grant_ref_t given_back = gt->free_head;
	uint32_t head, *link = &head;

	ARCH_ASSERT(gt->free_count >= n);
	gt->free_count -= n;
	for (; n > 0 && given_back != INVALID_GRANT_REF; n--) {
		ARCH_ASSERT(ref_is(gt, given_back, REF_FREE));
		*link = ref_linked(REF_CHAINED, given_back);
		link = ref_word(gt, given_back);
		given_back = ref_linked_to(*link);
	}
	gt->free_head = given_back;
	link = link_fresh(gt, link, gt->fresh, n);
	gt->fresh += n;
	*link = ref_linked(REF_CHAINED, INVALID_GRANT_REF);
	return ref_linked_to(head);
}

int
gnttab_alloc_grant_references(struct gnttab *gt, uint16_t n, grant_ref_t *head)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	ARCH_ASSERT(head != NULL);
	rc = provide_locked(gt, n);
	if (rc == 0)
		*head = pop_chain_locked(gt, n);
	gnttab_unlock(gt);
	return rc;
}

int
gnttab_empty_grant_references(const grant_ref_t *head)
{
	return *head == INVALID_GRANT_REF;
}

static int
claim_locked(struct gnttab *gt, grant_ref_t *head)
{
	grant_ref_t ref = *head;

	if (ref == INVALID_GRANT_REF)
		return -XEN_ENOSPC;
	if (!ref_is(gt, ref, REF_CHAINED))
		return -XEN_EINVAL;
	*head = ref_next(gt, ref);
	ref_set(gt, ref, REF_CLAIMED, INVALID_GRANT_REF);
	return (int)ref;
}

int
gnttab_claim_grant_reference(struct gnttab *gt, grant_ref_t *head)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = claim_locked(gt, head);
	gnttab_unlock(gt);
	return rc;
}

static int
release_locked(struct gnttab *gt, grant_ref_t *head, grant_ref_t ref)
{
	if (!ref_is(gt, ref, REF_CLAIMED))
		return -XEN_EINVAL;
	if (*head != INVALID_GRANT_REF && !ref_is(gt, *head, REF_CHAINED))
		return -XEN_EINVAL;
	ref_set(gt, ref, REF_CHAINED, *head);
	*head = ref;
	return 0;
}

int
gnttab_release_grant_reference(struct gnttab *gt, grant_ref_t *head, grant_ref_t ref)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = release_locked(gt, head, ref);
	gnttab_unlock(gt);
	return rc;
}

/*
 * Put the chain from head before the free list, in its order.  Each reference becomes free as it is
 * passed, so that a chain that runs into itself ends there.  Returns 0 or -XEN_EINVAL.
 */
static int
free_chain_locked(struct gnttab *gt, grant_ref_t head)
{
	grant_ref_t last = INVALID_GRANT_REF, ref = head;

	while (ref_is(gt, ref, REF_CHAINED)) {
		grant_ref_t next = ref_next(gt, ref);

		ref_set(gt, ref, REF_FREE, next);
		gt->free_count++;
		last = ref;
		ref = next;
	}
	ARCH_ASSERT(gt->free_count <= ref_count(gt));
	if (last != INVALID_GRANT_REF) {
		ref_set(gt, last, REF_FREE, gt->free_head);
		gt->free_head = head;
		gnttab_run_callbacks_locked(gt);
	}
	return ref == INVALID_GRANT_REF ? 0 : -XEN_EINVAL;
}

int
gnttab_free_grant_references(struct gnttab *gt, grant_ref_t head)
{
	int rc = gnttab_lock_mapped(gt);

	if (rc != 0)
		return rc;
	rc = free_chain_locked(gt, head);
	gnttab_unlock(gt);
	return rc;
}
