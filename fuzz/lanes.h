/* lanes: opening a lane for a verb that cannot do without it. */
#ifndef LANES_H
#define LANES_H

#include "diff/lane.h"
#include "fuzz/cli.h"

/* The real Xens that are looked for when none is named, oldest suite first; NULL at the end. */
extern const char *const lanes_xen[];

/* Whether it is a spelling of any lane, to be had here or not. */
bool lanes_known(const char *spelling);

/*
 * Open it, or exit with one line: EXIT_USAGE if there is no such lane, EXIT_SKIP if this machine
 * has it not, EXIT_RIG if it should work but does not.
 */
struct lane *lanes_open(const char *spelling);

/*
 * The two lanes to compare, out of at most two given (none: sim), the model first if it is one of
 * them; one lane is put beside the model.  Exits with EXIT_USAGE if there is no such lane, or
 * `verb' was given too many.
 */
void lanes_pair(const char *pair[2], const struct cli_list *given, const char *verb);

/* Say why a lane that was asked for is not there (as lane_open said it), and exit as above. */
_Noreturn void lanes_die(const char *spelling, const char *why, bool broken);

#endif
