/*
 * versions: a campaign's last part: what the builds of Xen answer differently.
 *
 * It is `gntfuzz compare' that is run, so that its pages and programs are the campaign's too.
 */
#ifndef VERSIONS_H
#define VERSIONS_H

#include <stdint.h>

#include "reports/summary.h"

/*
 * Compare all builds over random programs of the seed; pages go to FOLDER/compare.  An unexpected
 * difference is a finding in the summary.  Returns one line for the summary: what was done, or why
 * not.  *broke: our rig did.
 */
const char *versions_compare(struct summary *s, const char *folder, uint64_t seed, bool *broke);

#endif
