/*
 * tree: the device tree of a machine for Arm: QEMU's own, and in it what Xen is to boot.
 *
 * Xen makes a dom0 of the first guest, and a domain beside it of each other one, domids 1 and up in
 * their order.  Sources: Xen's documents on booting on Arm, and on device trees.
 */
#ifndef TREE_H
#define TREE_H

#include <stddef.h>
#include <stdint.h>

enum {
	TREE_BYTES = 2 << 20,		/* most that Xen takes; QEMU makes its own half so large */
	TREE_DOMAIN_MIB = 8,		/* of memory, for each beside dom0 */
};

/* A file that is put into memory. */
struct tree_file {
	uint64_t at, bytes;
	const char *options;		/* for a guest */
};

/*
 * Write the tree into `to', which has room for TREE_BYTES: out of QEMU's, with n guests, and a file
 * beside the first; NULL for none.  Returns its size; 0: QEMU's is no tree, or there is no room.
 */
size_t tree_write(void *to, const void *qemus, const struct tree_file *guest, unsigned int n,
		const struct tree_file *beside);

#endif
