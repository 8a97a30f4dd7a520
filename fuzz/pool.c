#define _GNU_SOURCE
#include "fuzz/pool.h"

#include <signal.h>
#include <time.h>

#include "fuzz/stop.h"

enum { LOOK_EVERY_NS = 5000000 };

struct place {
	struct child child;
	size_t task;
};

/* Start tasks until one has a child; false if all are begun, or on an error. */
static bool
fill(const struct pool *p, struct place *at, size_t *next, size_t n, bool *ok, char *why)
{
	while (*next < n && at->child.pid == 0 && *ok) {
		at->task = (*next)++;
		*ok = p->start(p->arg, at->task, &at->child, why);
	}
	return at->child.pid != 0;
}

/* Look at a child; false on an error. */
static bool
look(const struct pool *p, struct place *at, char *why)
{
	int status;

	child_read(&at->child, NULL, NULL);
	if (!child_ended(&at->child, &status)) {
		if (p->watch)
			p->watch(p->arg, at->task, &at->child);
		return true;
	}
	return p->end(p->arg, at->task, &at->child, status, why);
}

bool
pool_run(const struct pool *p, size_t n, char *why)
{
	static struct place places[POOL_JOBS_MAX];
	const struct timespec pause = { 0, LOOK_EVERY_NS };
	size_t next = 0;
	bool ok = true, busy = true;

	while (ok && busy && !stop_asked) {
		busy = false;
		for (unsigned int i = 0; i < p->jobs && ok; i++) {
			if (places[i].child.pid != 0)
				ok = look(p, &places[i], why);
			if (ok)
				busy |= fill(p, &places[i], &next, n, &ok, why);
		}
		nanosleep(&pause, NULL);
	}
	for (unsigned int i = 0; i < p->jobs; i++) {
		child_signal(&places[i].child, SIGTERM);
		child_wait(&places[i].child, 1);
	}
	return ok;
}
