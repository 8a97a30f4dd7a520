#include "diff/qemu_line.h"

#include <stdarg.h>
#include <stdio.h>

#include "arch/arch.h"

enum { GUEST_BYTES_MAX = 16 << 20 };	/* what comes behind one in memory is this far away */

/* One more argument. */
static void
add_args(struct qemu_line *l, const char *format, va_list args)
{
	char *to = l->text + l->n_text;
	size_t room = sizeof(l->text) - l->n_text;
	int n = vsnprintf(to, room, format, args);

	ARCH_ASSERT(n >= 0 && (size_t)n < room && l->n < QEMU_LINE_MAX);
	l->n_text += (size_t)n + 1;
	l->argv[l->n++] = to;
	l->argv[l->n] = NULL;
}

static void __attribute__((format(printf, 2, 3)))
add(struct qemu_line *l, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_args(l, format, args);
	va_end(args);
}

/* An option and what it is given. */
static void __attribute__((format(printf, 3, 4)))
option(struct qemu_line *l, const char *name, const char *format, ...)
{
	va_list args;

	add(l, "%s", name);
	va_start(args, format);
	add_args(l, format, args);
	va_end(args);
}

/* What both lines have. */
static void
add_machine(struct qemu_line *l, const struct qemu_machine *m)
{
	*l = (struct qemu_line){ .n = 0 };
	add(l, "%s", m->emulator);
	add(l, "-nodefaults");
	add(l, "-no-user-config");
	option(l, "-display", "none");
	option(l, "-cpu", "%s", m->cpu);
	option(l, "-smp", "%u", m->cpus);
	option(l, "-m", "%uM", m->memory_mib);
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
	option(l, "-device", "loader,file=%s,addr=0x%llx,force-raw=on", file,
	       (unsigned long long)at);
}

/* The guest, its options, and its program if it has one. */
static void
add_modules(struct qemu_line *l, const struct qemu_machine *m, int program)
{
	if (m->program_bytes > 0)
		option(l, "-initrd", "%s %s,/proc/self/fd/%d", m->guest, m->guest_options, program);
	else
		option(l, "-initrd", "%s %s", m->guest, m->guest_options);
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
	option(l, "-dtb", "/proc/self/fd/%d", f->tree);
}

/* ------------------------------------------------------------------ the lines */

void
qemu_line_boot(struct qemu_line *l, const struct qemu_machine *m, const struct qemu_files *f)
{
	add_machine(l, m);
	add(l, "-no-reboot");
	option(l, "-monitor", "none");
	option(l, "-serial", "stdio");
	option(l, "-accel", "tcg,thread=%s", m->threads ? "multi" : "single");
	option(l, "-object",
	       "memory-backend-file,id=ram,share=on,size=%uM,mem-path=/proc/self/fd/%d",
	       m->memory_mib, f->memory);
	option(l, "-machine", "%s,memory-backend=ram", m->type);
	option(l, "-kernel", "%s", m->xen);
	option(l, "-append", "%s", m->xen_options);
	if (m->guest_at == 0)
		add_modules(l, m, f->program);
	else
		add_files(l, m, f);
	if (m->device != NULL)
		option(l, "-device", "%s", m->device);
	if (m->exact) {
		option(l, "-icount", "shift=5,sleep=off");
		option(l, "-rtc", "base=2026-01-01T00:00:00,clock=vm");
	}
}

void
qemu_line_tree(struct qemu_line *l, const struct qemu_machine *m, const char *file)
{
	add_machine(l, m);
	option(l, "-machine", "%s,dumpdtb=%s", m->type, file);
}
