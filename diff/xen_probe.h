/*
 * xen_probe: a program whose trace shows whether a machine is as it was at boot.
 *
 * It asks for whatever an earlier program could have left behind: a reference that is pinned, a
 * page with a stray reference, other contents, an entry that is not clear, a handle, a window in
 * use, a page too many or too few.
 */
#ifndef XEN_PROBE_H
#define XEN_PROBE_H

#include "diff/program.h"

/*
 * Write the probe to *p, for all the domains of the header h.  Its pages are the most there are,
 * and there is no room for more, unless it has a domain alone, to which nobody can send a page.
 */
void xen_probe_make(struct program *p, const struct program_header *h);

#endif
