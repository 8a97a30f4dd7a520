/*
 * abort_one: aborts in the frames of a class, and shows the stack as it is.
 *
 *	abort_one CLASS
 *
 * Prints the return addresses as offsets in this program, the innermost first, for a symbolizer.
 * test_classes looks at them in builds of several compilers.
 */
#define _GNU_SOURCE
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "fuzz/abort_class.h"

static void
show_stack(int signal_number)
{
	void *address[64];
	int n = backtrace(address, 64);

	(void)signal_number;
	backtrace_symbols_fd(address, n, STDOUT_FILENO);
	_exit(0);
}

int
main(int argc, char **argv)
{
	struct class_words words;
	void *load_it_now[1];

	if (argc != 2 || !class_read(&words, argv[1])) {
		fprintf(stderr, "abort_one: one argument, a class's id\n");
		return 2;
	}
	backtrace(load_it_now, 1);
	signal(SIGABRT, show_stack);
	abort_class(&words);
}
