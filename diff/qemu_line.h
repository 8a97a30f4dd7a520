/* qemu_line: the command line of a machine. */
#ifndef QEMU_LINE_H
#define QEMU_LINE_H

#include "diff/qemu.h"

enum { QEMU_LINE_TEXT = 16384, QEMU_LINE_MAX = 64 };

struct qemu_line {
	char text[QEMU_LINE_TEXT];
	size_t n_text;
	char *argv[QEMU_LINE_MAX + 1];		/* ends with NULL */
	unsigned int n;
};

/* What the machine's process finds open: its memory, its program, and its device tree. */
struct qemu_files {
	int memory, program, tree;
};

/* The line that boots it. */
void qemu_line_boot(struct qemu_line *l, const struct qemu_machine *m, const struct qemu_files *f);

/* The line that has its device tree written to a file, and ends. */
void qemu_line_tree(struct qemu_line *l, const struct qemu_machine *m, const char *file);

/*
 * Where the guest of domain d is put, and what is to be beside dom0's, in a machine that takes no
 * modules.
 */
uint64_t qemu_line_guest_at(const struct qemu_machine *m, unsigned int d);
uint64_t qemu_line_program_at(const struct qemu_machine *m);

#endif
