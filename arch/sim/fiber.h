/*
 * fiber: functions on stacks of their own, of which one runs at a time.
 *
 * The one that created a set is its fiber 0 and has the thread's own stack; the others run a
 * function each.  A switch costs some nanoseconds and no system call (other CPUs than x86-64: one);
 * AddressSanitizer and MemorySanitizer know of it.  No fiber is unwound: it is run to its end, or
 * left where it stands and started anew.
 */
#ifndef FIBER_H
#define FIBER_H

enum { FIBERS_MAX = 4 };

struct fibers;

/* A set, or NULL without memory. */
struct fibers *fibers_new(void);
/* Pre: fiber 0 runs.  NULL is fine. */
void fibers_free(struct fibers *f);

/*
 * Have fiber i (not 0, not the one that runs) call run(ctx) when it is next switched to, whatever
 * it was doing.  run does not return, but ends by fiber_end.
 */
void fiber_start(struct fibers *f, unsigned int i, void (*run)(void *ctx), void *ctx);

/* Go on with fiber `to`, which was started or has switched; return when somebody switches back. */
void fiber_switch(struct fibers *f, unsigned int to);

/*
 * The same for good: does not return.  Pre: not fiber 0.  (It is not declared so because what
 * AddressSanitizer does before such calls is a system call.)
 */
void fiber_end(struct fibers *f, unsigned int to);

#endif
