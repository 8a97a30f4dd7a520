/*
 * judge: runs programs on two lanes and says whether they agree.
 *
 * Everything that replays programs one by one goes through here, so that each such program is
 * counted, and each disagreement told, in the same way.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "diff/duel.h"
#include "diff/lane.h"
#include "fuzz/file.h"
#include "reports/finding.h"
#include "reports/totals.h"

struct judge {
	struct lane *expected, *got;
	struct duel *duel; /* model and sim: in place of the lanes, with invariants */
	const char *expected_name, *got_name;   /* spellings; the caller's, or model_name */
	const char *not_opened;                 /* the one of them that judge_open could not */
	char model_name[PROFILE_NAME + 8];      /* "model:4.14.6": what the model was made to be */
	char lacking[PROFILE_NAME];             /* security fixes that the second lane has not */
	struct trace expected_trace, got_trace; /* of the last program */
	struct totals totals;                   /* of what `got' did */
	bool check_expected;                    /* the programs' own `= expected' lines too */
	bool adapted;                           /* the last program's header had to be changed */
};

/*
 * Open both lanes.  If the first is `model', it is the Xen that the second one is.  False with one
 * line in why[FILE_WHY], nothing left open; *broken as lane_open says. `j' is large: not for the
 * stack.
 */
bool judge_open(struct judge *j, const char *expected, const char *got, char *why, bool *broken);
void judge_close(struct judge *j);

/* Make p's header one that both lanes can give. */
void judge_adapt(struct judge *j, struct program *p);

/*
 * Run p on both, adapted, and compare.  SUCCESS: the same.  FAILURE: *f tells the difference, or
 * how the second lane failed.  SKIP, ERROR: why[FILE_WHY] has a line.
 */
enum verdict judge_run(struct judge *j, struct program *p, struct finding *f, char *why);

/*
 * Compare what got_trace holds with p's expected trace, for a lane that ran p already.  Pre: p is
 * adapted. As judge_run.
 */
enum verdict judge_compare(struct judge *j, const struct program *p, struct finding *f, char *why);

/* Tell in *f that the second lane, not a duel's, has just failed with `why'. */
void judge_failed(const struct judge *j, struct finding *f, const char *why);

#endif
