#include "diff/qemu_line.h"

#include <stdarg.h>
#include <stdio.h>

#include "arch/arch.h"

enum { GUEST_BYTES_MAX = 16 << 20 };	/* what comes behind one in memory is this far away */

/* One more argument. */
static void __attribute__((format(printf, 2, 3)))
add(struct qemu_line *l, const char *format, ...)
{
	char *to = l->text + l->n_text;
	size_t room = sizeof(l->text) - l->n_text;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(to, room, format, args);
	va_end(args);
	ARCH_ASSERT(n >= 0 && (size_t)n < room && l->n < QEMU_LINE_MAX);
	l->n_text += (size_t)n + 1;
	l->argv[l->n++] = to;
	l->argv[l->n] = NULL;
}

/* What both lines have. */
static void
add_machine(struct qemu_line *l, const struct qemu_machine *m)
{
	*l = (struct qemu_line){ .n = 0 };
	add(l, "%s", m->emulator);
	add(l, "-nodefaults");
	add(l, "-no-user-config");
	add(l, "-display");
	add(l, "none");
	add(l, "-cpu");
	add(l, "%s", m->cpu);
	add(l, "-smp");
	add(l, "%u", m->cpus);
	add(l, "-m");
	add(l, "%uM", m->memory_mib);
}

/* ------------------------------------------------------------------ what is booted */

uint64_t
qemu_line_guest_at(const struct qemu_machine *m, unsigned int d)
{
	return m->guest_at + (uint64_t)d * GUEST_BYTES_MAX;
}

uint64_t
qemu_line_program_at(const struct qemu_machine *m)
{
	return qemu_line_guest_at(m, m->guests);
}

static void
add_file(struct qemu_line *l, const char *file, uint64_t at)
{
	add(l, "-device");
	add(l, "loader,file=%s,addr=0x%llx,force-raw=on", file, (unsigned long long)at);
}

/* The guest, its options, and its program if it has one. */
static void
add_modules(struct qemu_line *l, const struct qemu_machine *m, int program)
{
	add(l, "-initrd");
	if (m->program_bytes > 0)
		add(l, "%s %s,/proc/self/fd/%d", m->guest, m->guest_options, program);
	else
		add(l, "%s %s", m->guest, m->guest_options);
}

/* Where there are no modules files are put into memory, and the tree tells Xen of them. */
static void
add_files(struct qemu_line *l, const struct qemu_machine *m, const struct qemu_files *f)
{
	char program[32];

	for (unsigned int d = 0; d < m->guests; d++)
		add_file(l, m->guest, qemu_line_guest_at(m, d));
	if (m->program_bytes > 0) {
		snprintf(program, sizeof(program), "/proc/self/fd/%d", f->program);
		add_file(l, program, qemu_line_program_at(m));
	}
	add(l, "-dtb");
	add(l, "/proc/self/fd/%d", f->tree);
}

/* ------------------------------------------------------------------ the lines */

void
qemu_line_boot(struct qemu_line *l, const struct qemu_machine *m, const struct qemu_files *f)
{
	add_machine(l, m);
	add(l, "-no-reboot");
	add(l, "-monitor");
	add(l, "none");
	add(l, "-serial");
	add(l, "stdio");
	add(l, "-accel");
	add(l, "tcg,thread=%s", m->threads ? "multi" : "single");
	add(l, "-object");
	add(l, "memory-backend-file,id=ram,share=on,size=%uM,mem-path=/proc/self/fd/%d",
	    m->memory_mib, f->memory);
	add(l, "-machine");
	add(l, "%s,memory-backend=ram", m->type);
	add(l, "-kernel");
	add(l, "%s", m->xen);
	add(l, "-append");
	add(l, "%s", m->xen_options);
	if (m->guest_at == 0)
		add_modules(l, m, f->program);
	else
		add_files(l, m, f);
	if (m->device != NULL) {
		add(l, "-device");
		add(l, "%s", m->device);
	}
	if (m->exact) {
		add(l, "-icount");
		add(l, "shift=5,sleep=off");
		add(l, "-rtc");
		add(l, "base=2026-01-01T00:00:00,clock=vm");
	}
}

void
qemu_line_tree(struct qemu_line *l, const struct qemu_machine *m, const char *file)
{
	add_machine(l, m);
	add(l, "-machine");
	add(l, "%s,dumpdtb=%s", m->type, file);
}
