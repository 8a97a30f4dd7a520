#define _GNU_SOURCE
#include "diff/lane_raw.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff/host_box.h"
#include "diff/host_rule.h"
#include "diff/root.h"
#include "diff/text.h"
#include "diff/witness.h"

#define AGENT "out/agent/host-agent"

enum { TABLE_FRAMES = 4, SILENT_MS = 20000, CLEANS_MS = 20000, PATH_BYTES = 4096 };

struct raw_lane {
	struct lane lane;
	int lock;		/* of host_place; -1: the lane only says what it would do */
	int memory, line;	/* as in host_box.h, our ends */
	pid_t agent;		/* 0: none */
	struct host_box *box;
};

/* ------------------------------------------------------------------ the agent */

/* In the child: give it the files that it expects, above where those may be now. */
static _Noreturn void
become_agent(const struct raw_lane *l, int its_line, const char *path)
{
	enum { ABOVE = 16 };
	const int files[] = { l->memory, its_line, l->lock };

	for (int i = 0; i < 3; i++)
		if (fcntl(files[i], F_DUPFD_CLOEXEC, ABOVE + i) < 0)
			_exit(127);
	for (int i = 0; i < 3; i++)
		if (dup2(ABOVE + i, HOST_BOX_MEMORY + i) < 0)
			_exit(127);
	execl(path, path, (char *)NULL);
	_exit(127);
}

/* Wait for a byte: that one, 0 at the end of the line, -1 if none comes. */
static int
hear(const struct raw_lane *l, int ms)
{
	struct pollfd p = { l->line, POLLIN, 0 };
	char byte;
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return -1;
	return read(l->line, &byte, 1) == 1 ? byte : 0;
}

/*
 * End the agent, which has all cleaned up when the line ends; how it died, as of waitpid.  False:
 * it did not clean up in time.
 */
static bool
end_agent(struct raw_lane *l, bool kill_it, int *how)
{
	bool clean;

	*how = 0;
	if (l->agent == 0)
		return true;
	if (kill_it)
		kill(l->agent, SIGKILL);
	else
		shutdown(l->line, SHUT_WR);
	clean = hear(l, CLEANS_MS) == 0;
	if (!clean)
		kill(l->agent, SIGKILL);
	waitpid(l->agent, how, 0);
	close(l->line);
	l->line = -1;
	l->agent = 0;
	return clean;
}

/* What the agent said first, or that it said nothing. */
static enum verdict
meet(struct raw_lane *l, char *why, size_t why_bytes)
{
	int how, byte = hear(l, SILENT_MS);

	if (byte == HOST_BOX_READY)
		return VERDICT_SUCCESS;
	end_agent(l, byte != HOST_BOX_REFUSED, &how);
	if (byte == HOST_BOX_REFUSED) {
		snprintf(why, why_bytes, "%s", l->box->why);
		return VERDICT_SKIP;
	}
	snprintf(why, why_bytes, WIFEXITED(how) && WEXITSTATUS(how) == 127 ?
		 "no " AGENT "; ninja build-agent" : "the agent " AGENT " does not begin");
	return VERDICT_ERROR;
}

static enum verdict
start_agent(struct raw_lane *l, char *why, size_t why_bytes)
{
	char path[PATH_BYTES];
	int line[2];

	snprintf(why, why_bytes, "cannot start " AGENT);
	if (!root_path(path, sizeof(path), AGENT) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0)
		return VERDICT_ERROR;
	l->line = line[0];
	l->agent = fork();
	if (l->agent == 0)
		become_agent(l, line[1], path);
	close(line[1]);
	if (l->agent > 0)
		return meet(l, why, why_bytes);
	close(l->line);
	l->line = -1;
	l->agent = 0;
	return VERDICT_ERROR;
}

/* ------------------------------------------------------------------ the lane */

static void
raw_close(struct lane *lane)
{
	struct raw_lane *l = (struct raw_lane *)lane;
	int how;

	end_agent(l, false, &how);
	if (l->box != NULL)
		munmap(l->box, sizeof(*l->box));
	if (l->memory >= 0)
		close(l->memory);
	if (l->lock >= 0)
		close(l->lock);
	free(l);
}

static bool
make_box(struct raw_lane *l)
{
	void *box;

	l->memory = memfd_create("gntfuzz-host-box", MFD_CLOEXEC);
	if (l->memory < 0 || ftruncate(l->memory, sizeof(*l->box)) != 0)
		return false;
	box = mmap(NULL, sizeof(*l->box), PROT_READ | PROT_WRITE, MAP_SHARED, l->memory, 0);
	if (box == MAP_FAILED)
		return false;
	l->box = box;
	l->box->bytes = sizeof(*l->box);
	return true;
}

static struct raw_lane *
new_lane(int lock, char *why, size_t why_bytes, bool *broken)
{
	struct raw_lane *l = calloc(1, sizeof(*l));

	*broken = l == NULL;
	snprintf(why, why_bytes, "out of memory");
	if (l == NULL)
		return NULL;
	l->lane.kind = &lane_raw;
	l->lock = lock;
	l->memory = l->line = -1;
	return l;
}

struct lane *
lane_raw_open_plan(char *why, size_t why_bytes, bool *broken)
{
	return (struct lane *)new_lane(-1, why, why_bytes, broken);
}

struct lane *
lane_raw_open(const struct host_found *found, char *why, size_t why_bytes, bool *broken)
{
	struct raw_lane *l = new_lane(found->lock, why, why_bytes, broken);
	enum verdict v = VERDICT_ERROR;

	if (l == NULL) {
		close(found->lock);
		return NULL;
	}
	if (make_box(l))
		v = start_agent(l, why, why_bytes);
	if (v == VERDICT_SUCCESS)
		return &l->lane;
	*broken = v == VERDICT_ERROR;
	raw_close(&l->lane);
	return NULL;
}

/* One domain, a part of the table that is all there from the start, and handles as there are. */
static void
raw_adapt(struct lane *lane, struct program_header *h)
{
	(void)lane;
	h->domains = 1;
	h->frames = h->max_frames = TABLE_FRAMES;
	h->maptrack = program_fields[FIELD_MAPTRACK].high;
	h->room = program_fields[FIELD_ROOM].high;
	h->hvm = h->silo = h->no_transfer = h->arm = 0;
}

/* The agent is gone, or has to go: what that says of the program. */
static enum verdict
lose_agent(struct raw_lane *l, const struct program *p, char *why, size_t why_bytes)
{
	unsigned int at = l->box->at;
	bool clean;
	int how;

	clean = end_agent(l, true, &how);
	l->lane.n_begun = at < p->n_ops ? at + program_batch(p, at) : 0;
	if (!clean)
		snprintf(why, why_bytes, "the agent died, and nobody cleaned up after it; boot the "
			 "host anew");
	else if (WIFSIGNALED(how) && WTERMSIG(how) != SIGKILL)
		snprintf(why, why_bytes, "the agent died: %s", strsignal(WTERMSIG(how)));
	else
		snprintf(why, why_bytes, "the agent was killed, or hung");
	return VERDICT_FAILURE;
}

/* What a run would do. */
static void
write_plan(const struct program *p, FILE *out)
{
	char text[256];

	fprintf(out, "take   pages from Xen that Linux does not know "
		"(XENMEM_increase_reservation)\n"
		"take   the last %d frames of dom0's grant table, grown to its limit "
		"(GNTTABOP_setup_table)\n"
		"start  a watcher, which gives all of it back if the agent is killed\n",
		TABLE_FRAMES);
	for (unsigned int i = 0; i < p->n_ops; i++) {
		const char *reason = host_rule_forbids(&p->ops[i]);

		if (!op_is_done(p->ops[i].kind))
			continue;
		text_print_op(&p->ops[i], text, sizeof(text));
		fprintf(out, "%u  %s\n", i + 1, text);
		if (reason != NULL)
			fprintf(out, "    left out: %s\n", reason);
		else if (host_rule_domains(&p->ops[i]) != 0)
			fputs("    left out if it names a domain that is there and is not this "
			      "one\n", out);
	}
	fputs("undo   each mapping; clear the frames of the table; give the pages back to Xen "
	      "(XENMEM_decrease_reservation)\n", out);
}

static enum verdict
raw_run(struct lane *lane, const struct program *p, struct trace *t, char *why, size_t why_bytes)
{
	struct raw_lane *l = (struct raw_lane *)lane;
	struct program_header h = p->header;
	const char run = HOST_BOX_RUN;
	enum verdict v;

	raw_adapt(lane, &h);
	if (memcmp(&h, &p->header, sizeof(h)) != 0) {
		snprintf(why, why_bytes, "this lane has one PV domain, with %d grant-table frames; "
			 "the header wants another", TABLE_FRAMES);
		return VERDICT_SKIP;
	}
	if (l->lock < 0) {
		write_plan(p, stdout);
		return VERDICT_SUCCESS;
	}
	if (l->agent == 0) {
		v = start_agent(l, why, why_bytes);
		if (v != VERDICT_SUCCESS)
			return VERDICT_ERROR;
	}
	l->box->program = *p;
	l->box->at = HOST_BOX_NO_OP;
	if (send(l->line, &run, 1, MSG_NOSIGNAL) != 1 || hear(l, SILENT_MS) != HOST_BOX_DONE)
		return lose_agent(l, p, why, why_bytes);
	*t = l->box->trace;
	return VERDICT_SUCCESS;
}

static enum verdict
raw_profile(struct lane *lane, struct profile *profile, char *why, size_t why_bytes)
{
	const struct raw_lane *l = (struct raw_lane *)lane;

	*profile = profile_for(l->lock < 0 ? PROFILE_REFERENCE : l->box->xen_version);
	if (l->lock < 0)
		return VERDICT_SUCCESS;
	profile->timers_fire = true;
	return witness_fixes(lane, profile, why, why_bytes);
}

const struct lane_kind lane_raw = {
	"host:0+raw", NULL, raw_adapt, raw_run, raw_profile, raw_close
};
