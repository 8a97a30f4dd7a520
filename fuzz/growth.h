/*
 * growth: the campaign's side of reports/growth.h: DIR/growth.csv, and DIR/cells beside it.
 *
 * Each engine process counts (entry state, operation, result) cells in a file of its own that it
 * shares with whoever reads it (GNTFUZZ_CELLS=DIR/cells/ENGINE-N, see coverage.h); its count lasts
 * over the engine's runs, and over ours.
 */
#ifndef FUZZ_GROWTH_H
#define FUZZ_GROWTH_H

#include "fuzz/coverage.h"
#include "fuzz/file.h"
#include "reports/growth.h"

/* What has been counted is forgotten: a new campaign begins in this folder. */
void growth_forget(const char *folder);

/*
 * The one call: add a sample, if it is time for this engine's next: each second at first, then
 * after a hundredth of the time so far, so that years fit.  s->cells is filled in from DIR/cells.
 * What cannot be written is left out: it is worth no campaign.
 */
void growth_add(const char *folder, struct growth_sample s);

/*
 * All cells that the engine's processes counted ("": all engines'); *c is then their sum.  Returns
 * the cells with any hit.
 */
unsigned int growth_cells(struct coverage *c, const char *folder, const char *engine);

#endif
