/*
 * guest_pace: when the branches of a race on a real Xen do what they do: a seed says it.
 *
 * Each waits for a moment before every operation; often one goes first, and the others follow as
 * soon as they see that it has begun.  And meanwhile a timer of Xen's fires.  Where one thread of
 * the emulator runs all processors it leaves one where that pauses, which no hypercall does, or
 * where a device wants something: so the timer cuts a hypercall in two, and others go in between.
 */
#ifndef GUEST_PACE_H
#define GUEST_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* In memory that all domains share; zero at boot. */
struct pace {
	/* When the timer comes, after it was asked for: learned from race to race. */
	uint32_t cut_ns;
	bool fired_early;	/* it came before this race began */
	uint32_t seed;
	uint32_t first;		/* the branch that goes first, or none: as many as there are */
	uint32_t n;		/* branches */
	/* Bit b: branch b is within an operation; and has been. */
	uint32_t inside, begun;
	bool overlapped;	/* some were within one at once */
};

/*
 * Make it ready for a race of n branches, which is to start as soon as this returns; and learn of
 * how it went.  The same domain calls both.
 */
void pace_start(struct pace *p, uint32_t seed, unsigned int n);
void pace_learn(struct pace *p);

/* One branch: to be called before each operation, and after the last. */
struct pacer {
	struct pace *pace;
	uint32_t seed;
	uint32_t branch;
};
void pacer_init(struct pacer *p, struct pace *pace, unsigned int branch);
void pacer_before(void *pacer);
void pacer_end(struct pacer *p);

#endif
