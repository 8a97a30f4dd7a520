#define _GNU_SOURCE
#include "fuzz/evidence.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff/race.h"
#include "fuzz/child.h"
#include "fuzz/cli.h"
#include "fuzz/environment.h"
#include "fuzz/file.h"
#include "fuzz/judge.h"
#include "reports/evidence.h"
#include "reports/race_told.h"

enum { SECONDS = 10, LOOK_US = 2000, CONSOLE_MAX = 64 << 10 };

/* ------------------------------------------------------------------ sim */

/*
 * A race answers as a whole, or did not come to its end; either way it is told beside the order of
 * the model's that is nearest.
 */
static void
take_race(struct evidence_run *run, struct duel *duel, const struct program *p,
	  const struct difference *d, unsigned int n)
{
	struct race_place r;

	if (!run->story.began || d->at < run->story.at || !race_at(&r, p, run->story.at) ||
	    d->at >= r.to)
		return;
	if (d->field == FIELD_INVARIANT)
		snprintf(run->broken, sizeof(run->broken), "%s", d->invariant);
	if (run->story.ended)
		run->n_got = n;
	if (duel_judge_story(duel, p, &run->got))
		run->expected = *duel_expected(duel);
}

/* A longer and longer beginning of the program, until it differs, dies, or is all there is. */
static void
run_steps(struct evidence_run *run, const struct program *p)
{
	static struct program part;
	struct duel *duel = duel_new();
	struct difference d;

	if (duel != NULL)
		duel_set_story(duel, &run->story);
	for (unsigned int n = 0; duel != NULL && n < p->n_ops && !run->shown;) {
		run->at = n;
		n += program_batch(p, n);
		part = *p;
		part.n_ops = (uint16_t)n;
		/* Before it is over, too: it may not come to an end. */
		duel_run_model(duel, &part);
		run->expected = *duel_expected(duel);
		run->n_expected = n;
		run->story.began = false;
		run->shown = !duel_run(duel, &part, false, &d);
		/* What only the end of the run shows is no part's. */
		if (run->shown && d.at >= n && n < p->n_ops)
			run->shown = false;
		run->got = *duel_got(duel);
		run->n_got = run->shown && d.at < n ? d.at + 1u : n;
		if (run->shown) {
			run->at = d.at;
			take_race(run, duel, &part, &d, n);
		}
	}
	if (!run->shown)
		run->at = p->n_ops;
}

static _Noreturn void
run_in_child(struct evidence_run *run, const struct program *p)
{
	const struct rlimit none = { 0, 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &none);
	if (freopen("/dev/null", "w", stderr) == NULL)
		_exit(EXIT_RIG);
	run_steps(run, p);
	_exit(EXIT_OK);
}

/* Whether it ended by itself; one that takes too long is killed. */
static bool
wait_for(pid_t pid)
{
	double end = child_clock() + SECONDS;
	int how = 0;

	while (waitpid(pid, &how, WNOHANG) == 0) {
		if (child_clock() > end) {
			kill(pid, SIGKILL);
			waitpid(pid, &how, 0);
			return false;
		}
		usleep(LOOK_US);
	}
	return WIFEXITED(how) && WEXITSTATUS(how) == EXIT_OK;
}

static void
run_on_sim(struct evidence_run *run, const struct program *p)
{
	struct evidence_run *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (shared == MAP_FAILED)
		return;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_in_child(shared, p);
	/* It died, or was killed: then the step that it was at is the one. */
	if (pid > 0 && !wait_for(pid)) {
		shared->shown = true;
		snprintf(shared->broken, sizeof(shared->broken), "the run ended in this turn");
	}
	if (pid > 0)
		*run = *shared;
	munmap(shared, sizeof(*shared));
}

/* ------------------------------------------------------------------ other lanes */

/* Of the race that differs, or else the first, no more is known than its answers. */
static void
take_race_of_machine(struct evidence_run *run, const struct program *p,
		     const struct profile *profile)
{
	unsigned int at = run->at < p->n_ops && p->ops[run->at].kind == OP_RACE ? run->at :
										  race_first(p);
	struct duel *duel = race_any(p) ? duel_new() : NULL;

	if (duel == NULL)
		return;
	race_story_begin(&run->story, p, at);
	run->story.ended = true;
	duel_set_profile(duel, profile);
	duel_set_story(duel, &run->story);
	if (duel_judge_story(duel, p, &run->got) && run->at == at)
		run->expected = *duel_expected(duel);
	duel_free(duel);
}

/* What was to be answered, by the lane that is believed. */
static void
run_expected(struct evidence_run *run, const struct program *p, const char *lane)
{
	char why[FILE_WHY];
	struct lane *l;
	bool broken;

	if (strncmp(lane, "model", strlen("model")) != 0)
		return;
	l = lane_open(lane, why, sizeof(why), &broken);
	if (l != NULL && lane_run(l, p, &run->expected, why, sizeof(why)) == VERDICT_SUCCESS)
		run->n_expected = p->n_ops;
	lane_close(l);
}

static void
run_on_machine(struct evidence_run *run, const struct program *p, const char *lane,
	       char xen[PROFILE_NAME])
{
	struct profile profile;
	struct judge *j = calloc(1, sizeof(*j));
	struct program copy = *p;
	struct difference d;
	struct finding f;
	char why[FILE_WHY];
	bool broken;

	if (j != NULL && judge_open(j, "model", lane, why, &broken)) {
		enum verdict v = judge_run(j, &copy, &f, why);

		profile = profile_for(PROFILE_REFERENCE);
		if (lane_profile(j->got, &profile, why, sizeof(why)) == VERDICT_SUCCESS)
			profile_print(&profile, xen);

		if (v == VERDICT_FAILURE)
			lane_forget_console(j->got);
		/* A trace of as many records as the program has operations is one of this run. */
		if (!j->adapted && j->got_trace.n_records == p->n_ops &&
		    j->expected_trace.n_records == p->n_ops) {
			run->expected = j->expected_trace;
			run->got = j->got_trace;
			run->n_expected = run->n_got = p->n_ops;
			run->shown = !lane_compare(&d, j->expected, p, &run->expected,
						   &run->got);
			run->at = run->shown ? d.at : p->n_ops;
			take_race_of_machine(run, p, &profile);
		}
		judge_close(j);
	}
	free(j);
}

/* ------------------------------------------------------------------ all of it */

/* The operation that the finding's line names, or n_ops. */
static unsigned int
operation_of(const struct finding *f, const struct program *p)
{
	const char *at = strstr(f->where, "operation ");
	unsigned int n;

	return at != NULL && sscanf(at, "operation %u", &n) == 1 && n >= 1 && n <= p->n_ops ?
		       n - 1 : p->n_ops;
}

/* It has run, with races, and what it answered is at hand. */
static void
take_run(struct evidence_run *run, const struct program *p, const struct evidence_source *s)
{
	struct duel *duel = duel_new();
	struct difference d;

	if (duel == NULL)
		return;
	duel_set_profile(duel, s->profile);
	run->got = *s->got;
	run->shown = !duel_model_allows(duel, p, s->got, &d);
	run->expected = *duel_expected(duel);
	run->n_expected = run->n_got = p->n_ops;
	run->at = run->shown ? d.at : p->n_ops;
	take_race_of_machine(run, p, s->profile);
	duel_free(duel);
}

static void
run_again(struct evidence_run *run, const struct program *p, const struct finding *f,
	  const struct evidence_source *s, char xen[PROFILE_NAME])
{
	memset(run, 0, sizeof(*run));
	run->at = p->n_ops;
	if (strcmp(f->lane_got, "sim") == 0)
		run_on_sim(run, p);
	else if (s->got != NULL && !finding_is_failure(f))
		take_run(run, p, s);
	else if (!finding_is_failure(f) && s->machine)
		run_on_machine(run, p, f->lane_got, xen);
	if (run->n_expected == 0)
		run_expected(run, p, f->lane_expected);
	if (run->n_got == 0)
		run->at = operation_of(f, p);
}

static void
drop(char *text, char c)
{
	char *to = text;

	for (; *text != 0; text++)
		if (*text != c)
			*to++ = *text;
	*to = 0;
}

/* What the machine said; of much, the end. */
static void
add_console(cJSON *j, const char *path)
{
	char why[FILE_WHY], *text;
	struct file_bytes f;
	size_t n;

	if (path == NULL || !file_read(&f, path, why))
		return;
	n = f.n < CONSOLE_MAX ? f.n : CONSOLE_MAX;
	text = strndup((char *)f.bytes + (f.n - n), n);
	if (text != NULL) {
		drop(text, '\r');
		cJSON_AddStringToObject(j, "console", text);
	}
	free(text);
	free(f.bytes);
}

cJSON *
evidence_race(const struct program *p, const struct finding *f)
{
	struct evidence_run *run;
	cJSON *race = NULL;

	if (!race_any(p) || strcmp(f->lane_got, "sim") != 0)
		return NULL;
	run = calloc(1, sizeof *run);
	if (run == NULL)
		cli_die(EXIT_RIG, "out of memory for a finding");
	run_on_sim(run, p);
	if (run->shown)
		race = race_told_json(&run->story, p, run);
	free(run);
	return race;
}

void
evidence_keep(const char *path, const struct program *p, const struct finding *f,
	      const struct evidence_source *s)
{
	struct evidence_run *run = malloc(sizeof(*run));
	char why[FILE_WHY], xen[PROFILE_NAME] = "", seed[16], *text;
	cJSON *j, *environment = environment_json();

	if (run == NULL)
		cli_die(EXIT_RIG, "out of memory for a finding");
	run_again(run, p, f, s, xen);
	if (s->got != NULL) {
		snprintf(seed, sizeof(seed), "%u", (unsigned int)s->seed);
		cJSON_AddStringToObject(environment, "seed of the delays", seed);
		profile_print(s->profile, xen);
	}
	if (xen[0] != 0)
		cJSON_AddStringToObject(environment, "xen", xen);
	j = evidence_json(f, p, s->original, run);
	cJSON_AddStringToObject(j, "how", s->how);
	cJSON_AddStringToObject(j, "repro", s->repro);
	cJSON_AddItemToObject(j, "environment", environment);
	add_console(j, s->console);
	text = cJSON_Print(j);
	if (text == NULL || !file_write(path, text, strlen(text), why))
		cli_die(EXIT_RIG, "%s", text ? why : "out of memory for a finding");
	free(text);
	cJSON_Delete(j);
	free(run);
}
