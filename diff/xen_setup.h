/*
 * xen_setup: what the spelling of a Xen lane asks for.
 *
 *	xen:SUITE or xen:FILE, then any of
 *	+nomaptrack	no handles: every mapping fails for want of one
 *	+notransfer	gnttab=no-transfer
 *	+pvh		dom0 is PVH: auto-translated, and alone
 *	+arm64		a Xen for 64-bit Arm: dom0 and two domains that Xen makes, all translated,
 *			under its default policy, SILO
 *	+dummy		of which any two may share, as on x86
 *	+exact		one processor, counted instructions, and a machine of its own for each
 *			program: all depends on it alone, up to the last instruction
 *	+threads	the domains' processors run at once, each in a thread of its own
 *
 * Only these are cut off the end of a spelling: a file's name may contain a `+' itself.
 */
#ifndef XEN_SETUP_H
#define XEN_SETUP_H

#include "diff/program.h"
#include "diff/trace.h"
#include "diff/xen_images.h"

enum { XEN_SETUP_TEXT = 4096, XEN_SETUP_OPTIONS = 512, XEN_SETUP_TABLE_FRAMES = 4 };

struct xen_setup {
	char xen[XEN_SETUP_TEXT];		/* SUITE or FILE */
	bool no_maptrack, no_transfer, exact, pvh, threads, arm64, dummy;
	char xen_options[XEN_SETUP_OPTIONS];	/* Xen's command line */
	struct xen_images images;
	struct qemu_machine machine;
};

/*
 * Read what stands behind `xen:'.  NULL, or why there is no such lane.  *s points into itself.
 */
const char *xen_setup_read(struct xen_setup *s, const char *spelling);

/*
 * Read it, and open all that the machine needs: QEMU, our guest, and the Xen, which is fetched if
 * it is a suite's and not there.  False with a line in why[]; *broken as lane_open says.  Either
 * way the images are to be closed.
 */
bool xen_setup_find(struct xen_setup *s, const char *spelling, char *why, size_t why_bytes,
		    bool *broken);

/*
 * Whether Xen has taken up what it was told, by its trace of a probe: an option that it does not
 * know it leaves alone.  If not, why[] says so.
 */
bool xen_setup_is_taken(const struct xen_setup *s, const struct program *probe,
			const struct trace *t, char *why, size_t why_bytes);

/* Change the header to one that such a machine can give, of at most `domains` domains. */
void xen_setup_adapt(const struct xen_setup *s, unsigned int domains, struct program_header *h);

#endif
