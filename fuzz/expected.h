/* expected: what the model says of a program, as a given Xen. */
#ifndef EXPECTED_H
#define EXPECTED_H

#include "diff/profile.h"
#include "diff/trace.h"

/*
 * Write the model's trace of p, as `lane' is: model, model:VERSION, or xen:..., which is booted to
 * be asked; and that Xen's name to version[PROFILE_NAME].  With `adapt' p's header becomes first
 * what a machine of the xen: lane has; the models can be any.  Exits if the lane is not to be had.
 */
void expected_trace(struct trace *t, char *version, struct program *p, const char *lane,
		    bool adapt);

#endif
