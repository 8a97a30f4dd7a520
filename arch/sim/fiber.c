/*
 * fiber: see fiber.h.
 *
 * AddressSanitizer is told of every switch.  To MemorySanitizer a switch is a call of a function
 * that it does not see, without result; an entry has no arguments, so it knows all that is used.
 *
 * On x86-64 a switch pushes the registers that a function call preserves, exchanges stack pointers
 * and pops them: signal masks and floating-point modes are the same in all fibers.  Elsewhere
 * ucontext does it.
 */
#define _DEFAULT_SOURCE

#include "arch/sim/fiber.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "arch/arch.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define FIBER_ASAN
#endif

#ifdef FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#ifndef __x86_64__
#include <ucontext.h>
#endif

enum {
	STACK_SIZE = 256 * 1024,	/* -O0 with sanitizers, and a check on top */
	GUARD_SIZE = 64 * 1024,		/* a multiple of any page size */
};

struct fiber {
#ifdef __x86_64__
	void *sp;			/* while it does not run */
#else
	ucontext_t context;
#endif
	void (*run)(void *ctx);
	void *ctx;
	void *fake_stack;		/* AddressSanitizer's, while it does not run */
	const void *stack;		/* lowest byte; of fiber 0 known from the first switch on */
	size_t size;
};

struct fibers {
	struct fiber fiber[FIBERS_MAX];
	unsigned int running, from;	/* from: who switched last */
	uint8_t *memory;
};

/* The set of which a fiber is just being entered: an entry has no arguments. */
static _Thread_local struct fibers *entering;

struct fibers *
fibers_new(void)
{
	struct fibers *f = calloc(1, sizeof *f);
	size_t each = GUARD_SIZE + STACK_SIZE;

	if (!f)
		return NULL;
	f->memory = mmap(NULL, (FIBERS_MAX - 1) * each, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (f->memory == MAP_FAILED) {
		free(f);
		return NULL;
	}
	for (unsigned int i = 1; i < FIBERS_MAX; i++) {
		uint8_t *guard = f->memory + (i - 1) * each;

		/* Without a guard an overflow is only less clear. */
		(void)mprotect(guard, GUARD_SIZE, PROT_NONE);
		f->fiber[i].stack = guard + GUARD_SIZE;
		f->fiber[i].size = STACK_SIZE;
	}
	return f;
}

void
fibers_free(struct fibers *f)
{
	if (!f)
		return;
	ARCH_ASSERT(f->running == 0);
#ifdef FIBER_ASAN
	for (unsigned int i = 1; i < FIBERS_MAX; i++)
		ASAN_UNPOISON_MEMORY_REGION(f->fiber[i].stack, STACK_SIZE);
#endif
	munmap(f->memory, (FIBERS_MAX - 1) * (size_t)(GUARD_SIZE + STACK_SIZE));
	free(f);
}

/* ------------------------------------------------------------------ what sanitizers are told */

static void
leave(struct fibers *f, unsigned int to)
{
	const struct fiber *target = &f->fiber[to];

	f->from = f->running;
	f->running = to;
#ifdef FIBER_ASAN
	__sanitizer_start_switch_fiber(&f->fiber[f->from].fake_stack, target->stack, target->size);
#endif
	(void)target;
}

/* Runs on the stack that was switched to.  It learns where the other stack is. */
static void
arrive(struct fibers *f, void *fake_stack)
{
	const void *stack = f->fiber[f->from].stack;
	size_t size = f->fiber[f->from].size;

#ifdef FIBER_ASAN
	__sanitizer_finish_switch_fiber(fake_stack, &stack, &size);
#endif
	(void)fake_stack;
	f->fiber[f->from].stack = stack;
	f->fiber[f->from].size = size;
}

/* Frames that an earlier run did not leave: all are above the stack pointer that it has saved. */
static void
unpoison(const struct fiber *me)
{
#ifdef FIBER_ASAN
	const uint8_t *from = me->stack;

#ifdef __x86_64__
	from = me->sp;
#endif
	if (from)
		ASAN_UNPOISON_MEMORY_REGION(from, (const uint8_t *)me->stack + me->size - from);
#endif
	(void)me;
}

/* ------------------------------------------------------------------ the switch */

/* glibc's makecontext for i386 does not keep what a function may expect of its stack. */
#ifdef __i386__
#define ALIGNS_ITS_STACK , force_align_arg_pointer
#else
#define ALIGNS_ITS_STACK
#endif

static void __attribute__((used, noreturn ALIGNS_ITS_STACK))
fiber_entry(void)
{
	struct fibers *f = entering;
	struct fiber *me = &f->fiber[f->running];

	arrive(f, me->fake_stack);
#ifdef FIBER_ASAN
	/* Frames on the fake stack that an earlier run did not leave can be had again. */
	if (me->fake_stack)
		__asan_handle_no_return();
#endif
	me->run(me->ctx);
	arch_panic(__FILE__, __LINE__, "a fiber ends by a switch");
}

#ifdef __x86_64__

/* Save this stack pointer at *save, go on at the other. */
void fiber_jump(void **save, void *sp);

__asm__(".text\n"
	".hidden fiber_jump\n"
	".globl fiber_jump\n"
	".type fiber_jump, @function\n"
	"fiber_jump:\n"
	"	push %rbp\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	push %r13\n"
	"	push %r14\n"
	"	push %r15\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rsi, %rsp\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	ret\n"
	".size fiber_jump, . - fiber_jump\n");

/*
 * A stack as fiber_jump leaves one: six registers, where to go, and nobody to return to, where a
 * function finds its caller: 8 bytes below a multiple of 16.
 */
static void
prepare(struct fiber *me)
{
	uintptr_t *top = (uintptr_t *)((uintptr_t)me->stack + me->size);

	*--top = 0;
	*--top = (uintptr_t)fiber_entry;
	for (unsigned int i = 0; i < 6; i++)
		*--top = 0;
	me->sp = top;
}

static void
jump(struct fiber *from, struct fiber *to)
{
	fiber_jump(&from->sp, to->sp);
}

#else

static void
prepare(struct fiber *me)
{
	ARCH_ASSERT(getcontext(&me->context) == 0);
	me->context.uc_stack.ss_sp = (void *)(uintptr_t)me->stack;
	me->context.uc_stack.ss_size = me->size;
	me->context.uc_link = NULL;
	makecontext(&me->context, fiber_entry, 0);
}

static void
jump(struct fiber *from, struct fiber *to)
{
	ARCH_ASSERT(swapcontext(&from->context, &to->context) == 0);
}

#endif

void
fiber_start(struct fibers *f, unsigned int i, void (*run)(void *ctx), void *ctx)
{
	struct fiber *me = &f->fiber[i];

	ARCH_ASSERT(i > 0 && i < FIBERS_MAX && i != f->running);
	me->run = run;
	me->ctx = ctx;
	unpoison(me);
	prepare(me);
}

void
fiber_switch(struct fibers *f, unsigned int to)
{
	unsigned int me = f->running;

	ARCH_ASSERT(to < FIBERS_MAX && to != me);
	entering = f;
	leave(f, to);
	jump(&f->fiber[me], &f->fiber[to]);
	arrive(f, f->fiber[me].fake_stack);
}

void
fiber_end(struct fibers *f, unsigned int to)
{
	fiber_switch(f, to);
	arch_panic(__FILE__, __LINE__, "a fiber that has ended stays so");
}
