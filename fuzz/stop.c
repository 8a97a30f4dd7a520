#define _GNU_SOURCE
#include "fuzz/stop.h"

#include <unistd.h>

#include "fuzz/cli.h"

volatile sig_atomic_t stop_asked;

static void
on_signal(int number)
{
	(void)number;
	if (stop_asked)
		_exit(EXIT_RIG);
	stop_asked = 1;
}

void
stop_on_signals(void)
{
	struct sigaction a = { .sa_handler = on_signal };

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGHUP, &a, NULL);
}
