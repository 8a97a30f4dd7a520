/*
 * fleet: several builds of Xen, each on a machine of its own, running the same programs.
 *
 * Each build has a thread, which opens its lane and outlives it, as a machine dies with the thread
 * that started it.  The fleet's owner gives a block of programs to all builds and waits until all
 * have answered.
 *
 * A build that fails on a program (panic, silence, a machine that ends) runs it a second time, on a
 * fresh machine, and alone.  If that fails too, that is the program's outcome there; if not, the
 * trace counts, and the failure is told in `stray'.  One that has come again before, at the same
 * kind of operation, is believed at once: a death costs a boot.  A machine that cannot be had any
 * more makes the build `lost'.
 */
#ifndef FLEET_H
#define FLEET_H

#include <pthread.h>

#include "diff/lane.h"
#include "fuzz/build_id.h"
#include "fuzz/compare_class.h"
#include "fuzz/file.h"

enum {
	FLEET_BUILDS = 16,
	FLEET_BLOCK = 256,	/* programs at a time */
	FLEET_LINE = 300,
};

struct fleet;

struct fleet_build {
	const char *name;	/* SUITE or FILE, with its options */
	build_id version;
	bool arm64;		/* as its name says */
	struct profile profile;	/* what it is to the model; asked for if the fleet is `mixed' */
	bool ready;		/* the lane is open */
	bool broken;		/* it should have been, and is not */
	bool lost;
	bool gave_up;		/* died too often; a boot for each program would take too long */
	char why[FLEET_LINE];	/* not ready, lost, or gave up: one line */
	unsigned int n_stray;	/* failures that did not come again */
	char stray[FLEET_LINE];	/* the first of those */
	bool stray_xen;		/* one of them was Xen's, and not our rig's */
	unsigned int n_deaths;	/* machines that died of programs, or were silent */
	/* Of the last block. */
	enum outcome outcome[FLEET_BLOCK];
	uint16_t n_begun[FLEET_BLOCK];	/* without a trace: as struct lane's */
	char failure[FLEET_LINE];	/* the last program that had no trace: what was said */
	struct trace *trace;		/* FLEET_BLOCK of them */

	/* The thread's own. */
	char lane_name[FILE_PATH_MAX];
	struct lane *lane;
	pthread_t thread;
	struct fleet *fleet;
	bool asked;		/* under the fleet's lock: has something to do */
	unsigned int in_a_row;	/* programs without a trace */
	bool believed[OP_KINDS + 1][OUTCOME_REFUSED];	/* came again; [OP_KINDS]: at none */
};

struct fleet {
	struct fleet_build *order[FLEET_BUILDS];	/* ready ones first, by version */
	unsigned int n, n_ready;
	bool mixed;	/* some are for 64-bit Arm, and some are not */
	struct fleet_build build[FLEET_BUILDS];
	/* Given to the builds. */
	const struct program *const *programs;
	unsigned int n_programs;
	bool until_failure;	/* a build stops at its first program without a trace */
	unsigned int deaths_max;	/* a build with so many gives up; 0: any number */

	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int n_busy;
	bool ending;
};

/*
 * Open n builds at once, all of them `xen:' lanes.  In order[] those that are ready come first: for
 * x86 from the oldest to the newest, then for 64-bit Arm from the newest to the oldest, so that
 * those two neighbours that are of both are as near as can be; as they were given where versions
 * are equal; the others after them.  Returns how many are ready.  The fleet is large: not for the
 * stack.
 */
unsigned int fleet_open(struct fleet *f, const char *const names[], unsigned int n);

/*
 * Run n programs, at most FLEET_BLOCK, on n_builds of the ready ones, from order[first] on.
 * Results are in each build.  Lost builds run nothing: all is OUTCOME_REFUSED; so is what is left
 * to one that gives up, from there on, until deaths_max is 0.
 */
void fleet_run(struct fleet *f, unsigned int first, unsigned int n_builds,
	       const struct program *const programs[], unsigned int n);

/*
 * The same, for programs of which only the first that fails matters: each build ends there, and
 * believes what it sees; the rest is OUTCOME_REFUSED.
 */
void fleet_run_to_failure(struct fleet *f, unsigned int first, unsigned int n_builds,
			  const struct program *const programs[], unsigned int n);

/* Whether order[left] and the next left the same trace of program i of the last run, which is p. */
bool fleet_same(const struct fleet *f, unsigned int left, const struct program *p, unsigned int i);

/* The newest of those that are ready, for x86 if there are two.  Pre: one is ready. */
const struct fleet_build *fleet_newest(const struct fleet *f);

/* How many builds are ready and run what they are given. */
unsigned int fleet_running(const struct fleet *f);

/* Make p's header one that the ready builds can give.  Whether that changed it. */
bool fleet_adapt(struct fleet *f, struct program *p);

void fleet_close(struct fleet *f);

#endif
