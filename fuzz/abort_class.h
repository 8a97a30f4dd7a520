/*
 * abort_class: ends a process in functions whose names tell the class.
 *
 * A crash collector takes two crashes for one bug if the innermost frames of their stacks have the
 * same names: ClusterFuzz looks at three.  So each class has its own three:
 *
 *	got_bad_gntref
 *	answer_expected_okay
 *	difference_in_map_of_granted_entry
 *
 * They hold in every build: none is inlined, folded into another, or left by a jump.
 */
#ifndef ABORT_CLASS_H
#define ABORT_CLASS_H

#include "diff/class.h"

enum { ABORT_FRAMES = 3 };

/* Abort in the class's frames.  What follows is async-signal-safe: nothing is allocated. */
_Noreturn void abort_class(const struct class_words *w);

/*
 * The names of these frames, the outermost first.  Returns whether each word of the class has its
 * own, else names are those of `something else', which such words share.
 */
bool abort_class_names(const struct class_words *w, const char *names[ABORT_FRAMES]);

#endif
