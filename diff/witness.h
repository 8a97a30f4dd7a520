/*
 * witness: which security fixes a lane's Xen has, seen by what it answers.
 *
 * The version does not tell: see diff/profile.h.  Only rows that have a witness are looked at, so
 * that nothing else a lane answers can make the model agree with it.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include "diff/lane.h"

/*
 * Run each witness on the lane, and set its switch by the answer.  Where the answer is another, or
 * the way to it is closed here (no handles, say), the switch stays as the version has it.  Returns
 * the lane's verdict; why[] as lane_run.
 */
enum verdict witness_fixes(struct lane *l, struct profile *p, char *why, size_t why_bytes);

#endif
