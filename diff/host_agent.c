/*
 * host_agent: the agent of a lane `host:0+raw': runs the programs that its lane puts into the box
 * (host_box.h), on our core, as a process of dom0.
 *
 * Before each program the process's part of the table, its pages, and what Xen knows of both, are
 * as at its start.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "diff/host_box.h"
#include "diff/host_guard.h"

static struct interp interp;

static void
tell(char byte)
{
	if (write(HOST_BOX_LINE, &byte, 1) != 1)
		fprintf(stderr, "host-agent: nobody listens\n");
}

static void
run_program(struct arch *a, struct host_box *box)
{
	struct arch *guests[DOMAINS_MAX] = { a, a, a };
	const struct program *p = &box->program;

	pv_supply_stock();
	pv_begin(a, p->header.pages);
	interp_begin(&interp, p, guests, &box->trace);
	for (unsigned int at = 0; at < p->n_ops;) {
		box->at = at;
		if (host_guard_allows(&interp, a, at))
			at += interp_step(&interp, at);
		else
			at += interp_leave_out(&interp, at);
	}
	box->at = HOST_BOX_NO_OP;
	interp_end(&interp);
	box->trace.kind = TRACE_PARTIAL;
	pv_reset(a, 0);
	pv_unmap_all(a);
}

/* What is typed at the terminal is for the lane, which ends us when it likes. */
static void
leave_signals_alone(void)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

int
main(void)
{
	struct host_box *box = mmap(NULL, sizeof(*box), PROT_READ | PROT_WRITE, MAP_SHARED,
				    HOST_BOX_MEMORY, 0);
	struct arch *a = pv_domain(0);
	char byte;

	if (box == MAP_FAILED || box->bytes != sizeof(*box)) {
		fprintf(stderr, "host-agent: not started by a lane host:0+raw of the same build\n");
		return 3;
	}
	leave_signals_alone();
	if (!process_begin(a, box->why, sizeof(box->why))) {
		tell(HOST_BOX_REFUSED);
		return 0;
	}
	box->xen_version = guest_xen_version();
	tell(HOST_BOX_READY);
	while (read(HOST_BOX_LINE, &byte, 1) == 1) {
		run_program(a, box);
		tell(HOST_BOX_DONE);
	}
	process_end(a);
	return 0;
}
