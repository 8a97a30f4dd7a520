/*
 * watch: when a target first reached a planted defect, and when it died of one.
 *
 * Linked into a target with `--wrap=LLVMFuzzerTestOneInput', it writes into the file that
 * GNTFUZZ_MOMENTS names, which all processes of a run share: an engine may fork its target, and a
 * target that is killed has still said what it knew.  An execution that never ended is one that the
 * target died of.
 *
 * The clock of a run begins with its first execution, so that no engine's start-up is in it; it is
 * the monotonic one, so that what an engine does between executions is.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdint.h>

enum { WATCH_MAGIC = 0x676e7477 };

/* A moment: how many executions had begun, with the one at hand, and nanoseconds by two clocks. */
struct moment {
	uint64_t executions; /* 0: it never came */
	uint64_t ns;         /* since the first execution */
	uint64_t cpu_ns;     /* of the process at hand; that of `now' may be 1 ms old */
};

/* The file.  All zero to begin with. */
struct moments {
	uint32_t magic;
	uint32_t running; /* an execution has begun, and not ended */
	uint64_t start_ns;
	struct moment now, reached, died;
};

#endif
