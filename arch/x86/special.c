/* special: the frames that are bad on purpose. */
#include "arch/guest/hypercall.h"
#include "arch/x86/pv.h"

#include <xen/kexec.h>

/*
 * Memory of nobody: the start of Xen's own code.  It is ordinary memory to Xen's books, has no
 * owner, and is never freed or handed out, as a page given back to Xen would be.
 */
static uint64_t
find_unowned(void)
{
	xen_kexec_range_t range = { .range = KEXEC_RANGE_MA_XEN };

	long rc = hypercall(__HYPERVISOR_kexec_op, KEXEC_CMD_kexec_get_range, (unsigned long)&range,
			    0, 0);

	return rc == 0 ? range.start >> XEN_PAGE_SHIFT : GUEST_FRAME_NONE;
}

uint64_t
guest_special_frame(const struct arch *a, enum guest_special which)
{
	switch (which) {
	case GUEST_FRAME_TABLE:
		return a->table_frame[0];
	case GUEST_FRAME_PAGETABLE:
		return a->pagetable_frame;
	case GUEST_FRAME_UNOWNED:
		return a->unowned_frame;
	case GUEST_FRAME_MISSING:
		break;
	}
	return 0x0ffffff0;	/* just below 1 TiB */
}

/* An empty page table: pinned as one, so that it is one to Xen although no address uses it. */
static uint64_t
make_pagetable(void)
{
	static uint8_t table[XEN_PAGE_SIZE] __attribute__((aligned(XEN_PAGE_SIZE)));
	struct mmuext_op op = { .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = pv_frame_of(table) };

	ARCH_ASSERT(pv_set_mapping(table, op.arg1.mfn, PTE_RO_FLAGS) == 0);
	ARCH_ASSERT(hypercall(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1, 0, DOMID_SELF) == 0);
	return op.arg1.mfn;
}

/* Only dom0 is told where Xen is. */
void
pv_special_init(struct arch *a)
{
	a->pagetable_frame = make_pagetable();
	a->unowned_frame = a->index == 0 ? find_unowned() : pv_domain(0)->unowned_frame;
}
