/* search_canary: whether the engines find what must be found. */
#include <stdio.h>
#include <unistd.h>

#include "fuzz/afl.h"
#include "fuzz/cli.h"
#include "fuzz/search_internal.h"

enum { CANARY_SECONDS = 20 };

static bool
canary_path(char *out, const struct search *s, const char *format, char *why)
{
	if (snprintf(out, FILE_PATH_MAX, "%s%s/findings/canary", format, s->state->folder) <
	    FILE_PATH_MAX)
		return true;
	snprintf(why, FILE_WHY, "%.80s...: the path is too long; give another --out",
		 s->state->folder);
	return false;
}

static bool
libfuzzer_canary(const struct search *s, char *why)
{
	char program[FILE_PATH_MAX], prefix[FILE_PATH_MAX], artifact[FILE_PATH_MAX],
		seeds[FILE_PATH_MAX];
	struct child_args args = { .n = 0 };
	static struct child c;
	int status;

	cli_root_path(program, sizeof(program), "out/fuzz/canary");
	if (!canary_path(prefix, s, "-exact_artifact_path=", why) ||
	    !canary_path(artifact, s, "", why) || !file_join(seeds, s->state->folder, "seeds", why))
		return false;
	child_arg(&args, program);
	child_arg(&args, "-max_total_time=15");
	child_arg(&args, "-seed=1");
	child_arg(&args, prefix);
	child_arg(&args, seeds);
	status = child_run(&c, &args, NULL, CANARY_SECONDS, why);
	if (status == CHILD_NOT_STARTED)
		return false;
	if (status == WORKER_CRASHED && file_exists(artifact)) {
		unlink(artifact);
		return true;
	}
	snprintf(why, FILE_WHY,
		 "the canary, a target with a planted bug, was not found (status %d): engines "
		 "do not work here, and no result would mean anything",
		 status);
	return false;
}

bool
search_leave_afl(struct search *s, const char *why)
{
	if (!s->engine[ENGINE_LIBFUZZER])
		return false;
	s->engine[ENGINE_AFL] = false;
	snprintf(s->afl_why, sizeof(s->afl_why), "%s", why);
	cli_say("without AFL++: %s", why);
	return true;
}

bool
search_canary(struct search *s, char *why)
{
	if (s->engine[ENGINE_LIBFUZZER] && !libfuzzer_canary(s, why))
		return false;
	if (!s->engine[ENGINE_AFL] || afl_canary(s->root, s->state->folder, why))
		return true;
	return search_leave_afl(s, why);
}
