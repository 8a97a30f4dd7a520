/*
 * carried: a program that a guest's image brings with it, and the trace that is expected of it.
 *
 * The image as built carries nothing.  `gntfuzz convert' puts a program into a copy of it, where
 * the mark is (carried_put): such an image runs its program as soon as it is up, tells on Xen's
 * console what came of it, and ends the machine.  Nobody outside is needed.
 *
 * The guest only reads it.  Its layout is that of the build that made both.
 */
#ifndef CARRIED_H
#define CARRIED_H

#include "diff/trace.h"

#define CARRIED_MARK "gntfuzz carries:"
enum { CARRIED_MARK_BYTES = 16, CARRIED_WORLD = 16 };

struct carried {
	char mark[CARRIED_MARK_BYTES];	/* CARRIED_MARK, without its NUL */
	uint32_t full;			/* 0: nothing is carried, and what follows is void */
	uint32_t check_expected;	/* the program's own `= expected' lines count */
	char world[CARRIED_WORLD];	/* what the class of a finding is of: "xen", "xen+pvh" */
	struct program program;		/* normal, and with a header that the machine can give */
	struct trace expected;
};

/* In the guest: what it carries, or NULL. */
const struct carried *carried(void);

/* On the host: put *c into an image of n bytes.  False if it has not exactly one such place. */
bool carried_put(uint8_t *image, size_t n, const struct carried *c);

/*
 * In the guest: tell each operation, its answer and the expected one; then the first difference and
 * its class; and, in a line of its own that begins with CARRIED_VERDICT, PASS, SKIP or FAIL.
 */
#define CARRIED_VERDICT "gntfuzz repro: "
void carried_tell(const struct carried *c, const struct trace *got, void (*say)(const char *s));

/* The same where the machine cannot run it at all. */
void carried_tell_skip(const char *why, void (*say)(const char *s));

#endif
