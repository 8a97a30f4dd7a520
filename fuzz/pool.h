/* pool: many children, a few at a time. */
#ifndef POOL_H
#define POOL_H

#include "fuzz/child.h"

enum { POOL_JOBS_MAX = 64 };

/*
 * What is done for task i.  `start' starts its child, or leaves it as it is if there is nothing to
 * do.  `watch' looks at it every few milliseconds, and may end it; may be NULL.  `end' is told its
 * status as a shell says it.  start and end return false, with a line in why[FILE_WHY], to end all.
 */
struct pool {
	bool (*start)(void *arg, size_t i, struct child *c, char *why);
	void (*watch)(void *arg, size_t i, struct child *c);
	bool (*end)(void *arg, size_t i, const struct child *c, int status, char *why);
	void *arg;
	unsigned int jobs; /* at most POOL_JOBS_MAX */
};

/*
 * Do tasks 0 to n - 1, begun in this order.  Stops early, its children killed, when stop.h's
 * stop_asked is set; that is true too.
 */
bool pool_run(const struct pool *p, size_t n, char *why);

#endif
