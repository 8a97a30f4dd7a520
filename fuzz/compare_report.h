/* compare_report: what compare found, told. */
#ifndef COMPARE_REPORT_H
#define COMPARE_REPORT_H

#include "fuzz/compare.h"

/*
 * Write DIR/index.html and DIR/programs/CLASS.gnt, and print to stdout, for people or as JSON.
 * Returns the exit status: EXIT_FINDING for an unexpected class, a failure of Xen that did not come
 * again, or, if `strict', an expectation that did not show; EXIT_RIG for a build that was lost or
 * if nothing was done; EXIT_INTERRUPTED.
 */
int compare_report(struct compare *c, const char *folder, bool json, bool strict);

#endif
