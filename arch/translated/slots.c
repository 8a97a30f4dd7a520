/*
 * slots: what is the same of a translated guest's slots wherever its pages are.
 *
 * Xen takes no transfer from such a guest, and while it is alone nobody else sends it a page.
 */
#include "arch/translated/translated.h"

domid_t
guest_domid(const struct arch *a)
{
	return ((const struct translated *)(const void *)a)->domid;
}

unsigned int
translated_slot_page(const struct arch *a, unsigned int slot)
{
	ARCH_ASSERT(slot < GUEST_PAGES_MAX);
	return ((const struct translated *)(const void *)a)->slot[slot];
}

/* Nothing is tracked: what Xen writes where it should not is to be seen. */
bool
guest_page_dirty(const struct arch *a, unsigned int slot, unsigned int *dom, unsigned int *slot0,
		 unsigned int *lo, unsigned int *hi)
{
	*dom = 0;
	*slot0 = slot;
	*lo = 0;
	*hi = XEN_PAGE_SIZE;
	return translated_slot_page(a, slot) != TRANSLATED_NO_PAGE;
}

void
guest_page_unmap(struct arch *a, unsigned int slot)
{
	(void)a;
	(void)slot;
}

bool
guest_page_settle(struct arch *a, unsigned int slot, bool given)
{
	ARCH_ASSERT(translated_slot_page(a, slot) != TRANSLATED_NO_PAGE);
	ARCH_ASSERT(!given);
	return true;
}

/* An entry may say that a page came, if the program wrote it. */
bool
guest_page_take(struct arch *a, unsigned int slot, uint64_t frame)
{
	(void)a;
	(void)slot;
	(void)frame;
	return false;
}
