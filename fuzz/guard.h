/*
 * guard: a program on sim and model in a process of its own, so that a crash or a hang is a result
 * like any other.
 */
#ifndef GUARD_H
#define GUARD_H

#include "diff/lane.h"
#include "reports/finding.h"

enum { GUARD_SECONDS = 10 };

/*
 * Compare sim with the model, and with p's `= expected' lines if `expect'.  SUCCESS: no difference.
 * FAILURE: *f tells the difference, the crash or the hang.  ERROR: why[FILE_WHY] has a line.
 */
enum verdict guard_program(const struct program *p, bool expect, struct finding *f, char *why);

/*
 * Tell of a process that did not survive a program: `how' is its status, as of waitpid, `said' a
 * file with what it said.
 */
void guard_tell_death(struct finding *f, int how, int said);

/*
 * Run one input on an engine's target, sanitizers and all (`target' fuzz_ops or fuzz_text).  As
 * above; SKIP if the target is not built.
 */
enum verdict guard_target(const char *target, const char *input_path, struct finding *f, char *why);

#endif
