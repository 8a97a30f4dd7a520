#include "fuzz/expected.h"

#include <string.h>

#include "fuzz/cli.h"
#include "fuzz/judge.h"
#include "fuzz/lanes.h"

static void
run(struct lane *model, struct trace *t, char *version, const struct program *p)
{
	struct profile profile;
	char why[FILE_WHY];

	if (lane_run(model, p, t, why, sizeof(why)) != VERDICT_SUCCESS ||
	    lane_profile(model, &profile, why, sizeof(why)) != VERDICT_SUCCESS)
		cli_die(EXIT_RIG, "lane model: %s", why);
	profile_print(&profile, version);
}

/* The model is the Xen that a judge compares it with. */
static void
run_as(const char *lane, struct trace *t, char *version, struct program *p, bool adapt)
{
	static struct judge judge;
	char why[FILE_WHY];
	bool broken;

	if (!judge_open(&judge, "model", lane, why, &broken))
		lanes_die(judge.not_opened, why, broken);
	if (adapt)
		judge_adapt(&judge, p);
	run(judge.expected, t, version, p);
	judge_close(&judge);
}

void
expected_trace(struct trace *t, char *version, struct program *p, const char *lane, bool adapt)
{
	struct lane *model;

	if (strncmp(lane, "xen:", 4) == 0) {
		run_as(lane, t, version, p, adapt);
		return;
	}
	model = lanes_open(lane);
	run(model, t, version, p);
	lane_close(model);
}
