/*
 * model_pin: how the hypervisor takes an entry into use, and out of it again.  Rules R507 to
 * R510, R805 to R810; in races R1205, R1206, R1207 and R1208.
 */
#include "diff/model_internal.h"

unsigned int
pin_sum(const struct ref *e)
{
	return e->pin[0] + e->pin[1] + e->pin[2] + e->pin[3];
}

bool
pin_writers(const struct ref *e)
{
	return e->pin[PIN_HOST_WRITE] != 0 || e->pin[PIN_DEV_WRITE] != 0;
}

static uint8_t *
host_pin(struct ref *e, bool readonly)
{
	return &e->pin[readonly ? PIN_HOST_READ : PIN_HOST_WRITE];
}

static uint8_t *
dev_pin(struct ref *e, bool readonly)
{
	return &e->pin[readonly ? PIN_DEV_READ : PIN_DEV_WRITE];
}

/* Clear the flags that the pins do not justify, after a use that was read-only or not. */
static void
settle_flags(struct ref *e, bool readonly)
{
	if (pin_sum(e) == 0)
		e->flags &= (uint16_t)~GTF_reading;
	if (!readonly && !pin_writers(e))
		e->flags &= (uint16_t)~GTF_writing;
}

/* Whether the shared entry, as it is now, permits the use. */
static bool
permits(const struct ref *e, const struct claim *c)
{
	unsigned int mask = GTF_type_mask | (c->copying ? 0 : GTF_sub_page);

	if (pin_sum(e) == 0 && ((e->flags & mask) != GTF_permit_access || e->domid != c->grantee))
		return false;
	return c->readonly || !(e->flags & GTF_readonly);
}

/* Ask the shared entry, and mark it in use in the same moment. */
static bool
permitted(struct model *m, struct ref *e, const struct claim *c)
{
	for (unsigned int i = 0; i < CLAIM_TRIES && permits(e, c); i++) {
		uint16_t flags = e->flags, domid = e->domid;

		model_cut_if_restless(m, e);
		if (e->flags != flags || e->domid != domid)
			continue;
		e->flags |= GTF_reading | (c->readonly ? 0 : GTF_writing);
		return true;
	}
	return false;
}

/* Look up the frame that the entry names now, and hold its page. */
static enum claim_result
look_up(struct model *m, const struct ref *e, const struct claim *c, uint8_t *page)
{
	uint16_t frame;

	model_look(m, e);
	frame = e->frame;
	model_cut(m, m->page);
	*page = page_named(m, c->granter, frame);
	if (*page == NONE)
		return CLAIM_BAD_PAGE;
	if (page_refused(m, *page))
		return CLAIM_EAGAIN;
	page_touch(m, *page)->refs++;
	return CLAIM_OKAY;
}

bool
claim_hold(struct model *m, struct claim *c, uint8_t page)
{
	model_cut(m, m->page);
	if (m->page[page].owner != c->granter->id)
		return false;
	page_touch(m, page)->refs++;
	c->page = page;
	c->held = true;
	return true;
}

/* The frame of an entry that nobody uses yet. */
static enum claim_result
first_use(struct model *m, struct ref *e, struct claim *c, uint8_t *page)
{
	enum claim_result result = look_up(m, e, c, page);

	if (result != CLAIM_OKAY)
		return result;
	c->held = true;
	e->grantee = c->grantee;
	e->page = *page;
	page_touch(m, e->page)->latches++;
	return CLAIM_OKAY;
}

/*
 * One that is in use already: a map goes by what was found then; a copy that is the first to write
 * looks again, and until XSA-500 judges what it finds.
 */
static enum claim_result
further_use(struct model *m, const struct ref *e, struct claim *c, bool upgrade, uint8_t *page)
{
	enum claim_result result;

	*page = e->page;
	if (!c->copying)
		return CLAIM_OKAY;
	if (!upgrade)
		return claim_hold(m, c, e->page) ? CLAIM_OKAY : CLAIM_LOST;
	result = look_up(m, e, c, page);
	if (result != CLAIM_OKAY)
		return result;
	if (*page != e->page && m->profile->copy_refuses_moved_frame) {
		model_cut(m, m->page);
		m->page[*page].refs--;
		return CLAIM_MOVED;
	}
	c->held = true;
	return CLAIM_OKAY;
}

/* Whether a counter is at its limit: one that the claim raises or, in older Xens, any. */
static bool
counters_full(const struct profile *p, struct ref *e, const struct claim *c)
{
	if (!p->pin_limit_is_of_one_counter)
		return e->pin[0] >= PIN_MAX || e->pin[1] >= PIN_MAX || e->pin[2] >= PIN_MAX ||
		       e->pin[3] >= PIN_MAX;
	return (c->host && *host_pin(e, c->readonly) >= PIN_MAX) ||
	       (c->dev && *dev_pin(e, c->readonly) >= PIN_MAX);
}

static enum claim_result
claim_checks(struct model *m, struct ref *e, struct claim *c, uint8_t *page)
{
	bool first = pin_sum(e) == 0, upgrade = !first && !c->readonly && !pin_writers(e);
	enum claim_result result;

	if (!first && (e->grantee != c->grantee || counters_full(m->profile, e, c)))
		return CLAIM_PINNED;
	if ((first || upgrade) && !permitted(m, e, c))
		return CLAIM_REFUSED;
	result = first ? first_use(m, e, c, page) : further_use(m, e, c, upgrade, page);
	if (result != CLAIM_OKAY) {
		model_cut(m, e);
		settle_flags(e, c->readonly);
	}
	return result;
}

enum claim_result
claim_entry(struct model *m, struct claim *c, uint8_t *page)
{
	struct ref *e = model_touch(m, c->granter, c->ref);
	enum claim_result result;

	c->held = false;
	c->page = NONE;
	model_lock(m, &e->locked, e);
	result = claim_checks(m, e, c, page);
	if (result == CLAIM_OKAY) {
		*host_pin(e, c->readonly) += c->host;
		*dev_pin(e, c->readonly) += c->dev;
		c->page = *page;
	}
	model_unlock(m, &e->locked);
	return result;
}

void
claim_release(struct model *m, struct claim *c)
{
	struct ref *e = model_touch(m, c->granter, c->ref);

	if (c->held) {
		model_cut(m, m->page);
		m->page[c->page].refs--;
		c->held = false;
	}
	model_lock(m, &e->locked, e);
	*host_pin(e, c->readonly) -= c->host;
	*dev_pin(e, c->readonly) -= c->dev;
	if (pin_sum(e) == 0)
		m->page[e->page].latches--;
	settle_flags(e, c->readonly);
	model_unlock(m, &e->locked);
}
