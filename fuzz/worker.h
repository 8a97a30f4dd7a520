/*
 * worker: one run of an engine on one target, and what it says of itself.
 *
 * libFuzzer prints a line when it keeps an input, and at powers of two; its numbers come from those
 * lines.  AFL++ names each input it keeps after the moment, and sums up at the end.  A run ends by
 * itself after its slice of time, which is short enough that little is lost if we are killed: what
 * it counted is written when it ends.
 */
#ifndef WORKER_H
#define WORKER_H

#include <stdint.h>

#include "fuzz/child.h"
#include "fuzz/exchange.h"
#include "fuzz/file.h"

enum engine { ENGINE_LIBFUZZER, ENGINE_AFL, ENGINES };

enum {
	WORKER_SLICE_S = 60,            /* longest run */
	WORKER_AFL_SLICE_S = 600,       /* the same of AFL++, to which beginning costs more */
	WORKER_MAX_LEN = 12 + 128 * 12, /* bytes of a program: 128 operations */
	WORKER_SLACK_S = 60,            /* for starting and ending; then it is killed */
	WORKER_CRASHED = 77,
	WORKER_TIMEOUT = 70,
	WORKER_OOM = 71, /* libFuzzer's exit statuses */
};

#define WORKER_TIMEOUT_MS "10000" /* for one input */

struct worker_plan {
	const char *root, *folder; /* the tree; the campaign's folder */
	const char *target;        /* of target_names */
	enum engine engine;
	unsigned int instance;     /* AFL++'s: 0 is the main one */
	bool sanitized;            /* AFL++: with sanitizers; libFuzzer always is */
	bool again;                /* AFL++: the last run did not work: begin anew */
	unsigned int seconds;
	uint64_t seed;
	uint64_t slice; /* names the counters' file */
	unsigned int place; /* names the cells', and what it finds, while it runs */
};

struct worker {
	struct child child;
	const char *target;
	enum engine engine;
	unsigned int instance;
	uint64_t runs, coverage, inputs; /* as last told */
	uint64_t given;                  /* AFL++: inputs that libFuzzer did not have */
	unsigned int failures;           /* AFL++: brought to DIR/findings since asked last */
	double end, looked;              /* when it is killed; when AFL++'s folder was read */
	int status;                      /* once ended */
	bool running;
	/* AFL++: */
	struct exchange exchange;
	uint64_t runs_before;
	char folder[FILE_PATH_MAX], instance_folder[FILE_PATH_MAX];
};

/* Start a run.  False with one line in why[FILE_WHY]. */
bool worker_start(struct worker *w, const struct worker_plan *p, char *why);

/* Take in what it printed.  Returns true if it has just ended. */
bool worker_poll(struct worker *w);

/* Ask it to end. */
void worker_stop(struct worker *w);

/* Whether the end was a finding's; else it was either time (status 0) or our rig. */
bool worker_found(const struct worker *w);

#endif
