/*
 * xen_abi: the facts that Xen fixes, taken from libxen-dev's public headers.
 *
 * Nothing of ours is declared here.  The assertions below state each size, offset and value that
 * the rest of the tree relies on, so that a header which says otherwise stops the build.
 * Grant-table version 1 only: the headers also declare version 2, and nobody here uses it.
 *
 * Guests have 64 or 32 bits.  A frame number has 64, on 32-bit Arm too, but 32 on i386.
 */
#ifndef XEN_ABI_H
#define XEN_ABI_H

#include <stddef.h>
#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "big-endian: Xen's interface is little-endian on every machine, and our traces are"
#endif

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040d00	/* since Xen 4.13 */
#endif

#include "arch_xen.h"		/* <xen/xen.h>, as the arch's guest sees it */
#include <xen/errno.h>
#include <xen/grant_table.h>
#include <xen/memory.h>

/* Of an operation that holds a frame number: its size with one of 8 bytes, and with one of 4. */
#define XEN_BY_PFN(wide, narrow) (sizeof(xen_pfn_t) == 8 ? (wide) : (narrow))

_Static_assert(sizeof(struct grant_entry_v1) == 8, "R1101: an entry is 8 bytes");
_Static_assert(offsetof(struct grant_entry_v1, flags) == 0, "R1101: flags at 0");
_Static_assert(offsetof(struct grant_entry_v1, domid) == 2, "R1101: domid at 2");
_Static_assert(offsetof(struct grant_entry_v1, frame) == 4, "R1101: frame at 4");
_Static_assert(sizeof(xen_pfn_t) == 8 || sizeof(void *) == 4, "only i386 has narrow frame numbers");
_Static_assert(sizeof(struct gnttab_map_grant_ref) == 32, "map_grant_ref operation");
_Static_assert(sizeof(struct gnttab_unmap_grant_ref) == 24, "unmap_grant_ref operation");
_Static_assert(sizeof(struct gnttab_unmap_and_replace) == 24, "unmap_and_replace operation");
_Static_assert(sizeof(struct gnttab_transfer) == XEN_BY_PFN(24, 16), "transfer operation");
_Static_assert(sizeof(struct gnttab_copy) == XEN_BY_PFN(40, 24), "copy operation");
_Static_assert(sizeof(struct gnttab_swap_grant_ref) == 12, "swap_grant_ref operation");
_Static_assert(sizeof(struct gnttab_cache_flush) == 16, "cache_flush operation");
_Static_assert(GTF_permit_access == 1 && GTF_accept_transfer == 2, "R1102: entry types");
_Static_assert(GTF_readonly == 4 && GTF_transfer_committed == 4, "R1102: bit 2");
_Static_assert(GTF_reading == 8 && GTF_transfer_completed == 8, "R1102: bit 3");
_Static_assert(GTF_writing == 16 && GTF_sub_page == 256, "R1102: bits 4 and 8");
_Static_assert(GNTTABOP_cache_flush == 12, "R1103: commands 0 to 12");
_Static_assert(GNTST_no_space == -13, "R1103: statuses 0 to -13");
_Static_assert(XEN_EFAULT == 14 && XEN_ENOSYS == 38, "Xen's errno values are Linux's");

enum {
	XEN_PAGE_SHIFT = 12,
	XEN_PAGE_SIZE = 1 << XEN_PAGE_SHIFT,
	GNTTAB_ENTRIES_PER_FRAME = XEN_PAGE_SIZE / sizeof(struct grant_entry_v1),
};

#endif
