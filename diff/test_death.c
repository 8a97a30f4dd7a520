/*
 * test_death: guests that die on purpose, and that each death is noticed, told, and in time.
 *
 * The guest is a copy of ours in which one function begins with other bytes.  All domains are made
 * of that copy; the program that is run lets d1 come there first.  Without QEMU, guest or Xen the
 * tests are skipped.
 */
#define _POSIX_C_SOURCE 200809L
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#undef expect_value	/* cmocka's; ours is meant */

#include "diff/qemu.h"
#include "diff/text.h"
#include "diff/xen_setup.h"

#define SUITE "bookworm-security"

enum {
	GUEST_BYTES_MAX = 4 << 20,
	MS_MAX = 10 * 1000,	/* however slow this machine is; on its own, 2 s */
};

static uint8_t guest[GUEST_BYTES_MAX];
static size_t guest_bytes;
static bool ready;
static char patched[] = "/tmp/gntfuzz-death-XXXXXX", why[256];
static struct xen_setup setup;

static int
find_all(void **state)
{
	bool broken = false;
	FILE *f;
	int fd;

	(void)state;
	ready = xen_setup_find(&setup, SUITE, why, sizeof(why), &broken);
	if (!ready) {
		print_message("%s: %s\n", broken ? "broken" : "skipped", why);
		return broken ? -1 : 0;
	}
	f = fopen(setup.machine.guest, "rb");
	if (f == NULL)
		return -1;
	guest_bytes = fread(guest, 1, sizeof(guest), f);
	fclose(f);
	fd = mkstemp(patched);
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : -1;
}

static int
remove_patched(void **state)
{
	(void)state;
	unlink(patched);
	return 0;
}

/* Where in the file the function of that name begins. */
static uint8_t *
find_function(const char *name)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)guest;
	const Elf64_Shdr *s = (const Elf64_Shdr *)(guest + e->e_shoff);

	for (unsigned int i = 0; i < e->e_shnum; i++) {
		const Elf64_Sym *sym = (const Elf64_Sym *)(guest + s[i].sh_offset);
		const char *names;

		if (s[i].sh_type != SHT_SYMTAB)
			continue;
		names = (const char *)(guest + s[s[i].sh_link].sh_offset);
		for (size_t k = 0; k < s[i].sh_size / sizeof(*sym); k++)
			if (strcmp(names + sym[k].st_name, name) == 0)
				return guest + s[sym[k].st_shndx].sh_offset +
				       (sym[k].st_value - s[sym[k].st_shndx].sh_addr);
	}
	fail_msg("no function %s", name);
	return NULL;
}

/* Write the guest with that function changed, and leave ours as it is. */
static void
write_patched(const char *name, const char *bytes, size_t n)
{
	uint8_t *at = find_function(name), before[8];
	FILE *f = fopen(patched, "wb");

	assert_non_null(f);
	assert_true(n <= sizeof(before));
	memcpy(before, at, n);
	memcpy(at, bytes, n);
	assert_int_equal(fwrite(guest, 1, guest_bytes, f), guest_bytes);
	assert_int_equal(fclose(f), 0);
	memcpy(at, before, n);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
put(struct qemu *q, const char *text)
{
	struct mailbox *m = qemu_mailbox(q);
	struct text_error e;

	assert_true(text_parse(&m->slot[0].program, &e, text, strlen(text)));
	__atomic_store_n(&m->asked, 1, __ATOMIC_RELEASE);
}

/*
 * Boot the guest with `bytes` where the steps of the interpreter begin, let it run the program, and
 * return how that ended.
 */
static enum qemu_state
run_to_death(const char *bytes, size_t n, const char *program)
{
	struct qemu_machine m = setup.machine;
	enum qemu_state state;
	struct qemu *q;
	int64_t start;

	write_patched("interp_step", bytes, n);
	m.guest = patched;
	q = qemu_start(&m, &state, why, sizeof(why));
	assert_non_null(q);
	assert_int_equal(state, QEMU_RUNS);
	put(q, program);
	start = now_ms();
	state = qemu_wait(q, 0, why, sizeof(why));
	assert_true(now_ms() - start < MS_MAX);
	qemu_stop(q);
	return state;
}

/* ------------------------------------------------------------------ tests */

#define D0_FIRST "gnt 1\ndomains 3\nd0 tick\n"
#define D1_FIRST "gnt 1\ndomains 3\nd1 tick\n"
#define D2_FIRST "gnt 1\ndomains 3\nd2 tick\n"

#define TRAP "\x0f\x0b"			/* ud2 */
#define TRAP_WITHOUT_STACK "\x48\x31\xe4\x0f\x0b"	/* xor %rsp, %rsp; ud2: Xen gives up */
#define FOR_EVER "\xeb\xfe"		/* jmp to itself */
#define WITH(bytes) bytes, sizeof(bytes) - 1

static void
need_all(void)
{
	if (!ready)
		skip();
}

static void
test_trap(void **state)
{
	(void)state;
	need_all();
	assert_int_equal(run_to_death(WITH(TRAP), D0_FIRST), QEMU_DIED);
	assert_non_null(strstr(why, "panic: d0: trap 0x6"));
	assert_int_equal(run_to_death(WITH(TRAP), D1_FIRST), QEMU_DIED);
	assert_non_null(strstr(why, "panic: d1: trap 0x6"));
	assert_int_equal(run_to_death(WITH(TRAP), D2_FIRST), QEMU_DIED);
	assert_non_null(strstr(why, "panic: d2: trap 0x6"));
}

static void
test_ended_by_xen(void **state)
{
	(void)state;
	need_all();
	assert_int_equal(run_to_death(WITH(TRAP_WITHOUT_STACK), D0_FIRST), QEMU_DIED);
	assert_non_null(strstr(why, "Hardware Dom0 crashed"));
	assert_int_equal(run_to_death(WITH(TRAP_WITHOUT_STACK), D2_FIRST), QEMU_DIED);
	assert_non_null(strstr(why, "panic: d2: Xen has ended the domain"));
}

static void
test_hang(void **state)
{
	(void)state;
	need_all();
	assert_int_equal(run_to_death(WITH(FOR_EVER), D0_FIRST), QEMU_SILENT);
	assert_non_null(strstr(why, "the guest is silent"));
	assert_int_equal(run_to_death(WITH(FOR_EVER), D1_FIRST), QEMU_SILENT);
	assert_non_null(strstr(why, "the guest is silent"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trap),
		cmocka_unit_test(test_ended_by_xen),
		cmocka_unit_test(test_hang),
	};

	return cmocka_run_group_tests_name("death", tests, find_all, remove_patched);
}
