/*
 * xen_images: what a machine boots, a Xen and our guest, open for as long as machines are started.
 */
#ifndef XEN_IMAGES_H
#define XEN_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "diff/qemu.h"

enum { XEN_IMAGES_NAME = 48 };

struct xen_images {
	int xen, guest;	/* -1: not open */
	/* Names by which children, and we, can read them: "/proc/PID/fd/NUMBER". */
	char xen_name[XEN_IMAGES_NAME], guest_name[XEN_IMAGES_NAME];
	void *tree;	/* QEMU's device tree of the machine, or NULL: it needs none */
};

/*
 * Open the Xen spelled `xen', one for Arm or not, and the guest that m names, and have m name what
 * is open.  False, and what is open is to be closed, if one is not to be had, or there is no QEMU;
 * with one line in why[], and *broken if it should have been there.
 */
bool xen_images_open(struct xen_images *im, const char *xen, bool arm64, struct qemu_machine *m,
		     char *why, size_t why_bytes, bool *broken);
void xen_images_close(struct xen_images *im);

#endif
