/*
 * callback: who waits for free references.
 *
 * A list in the order of requests.  Outside the lock nobody on it is due: whatever adds to
 * free_count runs the callbacks before it unlocks.
 */
#include "core/internal.h"

/* Take the callback at *at off the list. */
static struct gnttab_free_callback *
unlink_callback(struct gnttab_free_callback **at)
{
	struct gnttab_free_callback *cb = *at;

	ARCH_ASSERT(cb->queued);
	*at = cb->next;
	cb->next = NULL;
	cb->queued = false;
	return cb;
}

void
gnttab_run_callbacks_locked(struct gnttab *gt)
{
	struct gnttab_free_callback **at = &gt->callbacks;

	ARCH_ASSERT(!gt->in_callback);
	gt->in_callback = true;
	while (*at != NULL) {
		if ((*at)->count <= gt->free_count) {
			struct gnttab_free_callback *cb = unlink_callback(at);

			cb->fn(cb->arg);
		} else {
			at = &(*at)->next;
		}
	}
	gt->in_callback = false;
}

/* Where in the list cb is, or the list's end.  Bound: those that wait. */
static struct gnttab_free_callback **
find_callback(struct gnttab *gt, const struct gnttab_free_callback *cb)
{
	struct gnttab_free_callback **at = &gt->callbacks;

	while (*at != NULL && *at != cb)
		at = &(*at)->next;
	return at;
}

void
gnttab_request_free_callback(struct gnttab *gt, struct gnttab_free_callback *cb,
			     void (*fn)(void *arg), void *arg, uint16_t n)
{
	struct gnttab_free_callback **at;

	ARCH_ASSERT(gt->arch != NULL);
	ARCH_ASSERT(fn != NULL);
	gnttab_lock(gt);
	at = find_callback(gt, cb);
	if (*at == NULL) {
		ARCH_ASSERT(!cb->queued);
		*cb = (struct gnttab_free_callback){
			.fn = fn, .arg = arg, .count = n, .queued = true,
		};
		*at = cb;
		gnttab_run_callbacks_locked(gt);
	}
	gnttab_unlock(gt);
}

void
gnttab_cancel_free_callback(struct gnttab *gt, struct gnttab_free_callback *cb)
{
	struct gnttab_free_callback **at;

	if (gt->arch == NULL)
		return;
	gnttab_lock(gt);
	at = find_callback(gt, cb);
	if (*at != NULL)
		unlink_callback(at);
	gnttab_unlock(gt);
}
