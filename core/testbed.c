/*
 * testbed: see testbed.h.
 */
#define _POSIX_C_SOURCE 200809L

#include "core/testbed.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ------------------------------------------------------------------ what happened */

void
testbed_note(struct testbed *b, const char *what, unsigned long n)
{
	size_t room = sizeof b->log - b->log_bytes;
	int bytes = snprintf(b->log + b->log_bytes, room, "%s%lu ", what, n);

	/* Long runs may fill the log; a test that looks at it keeps it short. */
	if (bytes > 0 && (size_t)bytes < room)
		b->log_bytes += (size_t)bytes;
	else
		b->log[b->log_bytes] = '\0';
}

void
testbed_expect(struct testbed *b, const char *want)
{
	assert_string_equal(b->log, want);
	b->log_bytes = 0;
	b->log[0] = '\0';
}

static void
note_put(struct arch *a, uintptr_t page)
{
	testbed_note(a->ctx, "put:", page);
}

static void
note_arm(struct arch *a)
{
	testbed_note(a->ctx, "arm:", a->n_arms);
}

static void
note_sleep(struct arch *a, unsigned int ms)
{
	struct testbed *b = a->ctx;

	b->slept_ms += ms;
	testbed_note(b, "sleep:", ms);
}

/* ------------------------------------------------------------------ the hypervisor */

static bool
fails_now(unsigned int *countdown)
{
	return *countdown != 0 && --*countdown == 0;
}

static void
query_size(struct testbed *b, struct gnttab_query_size *op)
{
	testbed_note(b, "query:", b->frames_max);
	assert_int_equal(op->dom, DOMID_SELF);
	op->max_nr_frames = b->frames_max;
	op->status = fails_now(&b->fail_status) ? GNTST_general_error : GNTST_okay;
}

static void
setup_table(struct testbed *b, struct gnttab_setup_table *op)
{
	testbed_note(b, "setup:", op->nr_frames);
	assert_int_equal(op->dom, DOMID_SELF);
	assert_false(b->arch.translated);
	op->status = fails_now(&b->fail_status) || op->nr_frames > b->frames_max ?
		     GNTST_general_error : GNTST_okay;
	for (uint32_t i = 0; op->status == GNTST_okay && i < op->nr_frames; i++)
		op->frame_list.p[i] = TESTBED_MFN + i;
}

static int16_t
answer(struct testbed *b)
{
	if (b->n_eagain == 0)
		return b->status;
	b->n_eagain--;
	return GNTST_eagain;
}

static void
map_or_copy(struct testbed *b, unsigned int cmd, void *uop, unsigned int count)
{
	struct gnttab_map_grant_ref *maps = uop;
	struct gnttab_unmap_grant_ref *unmaps = uop;
	struct gnttab_copy *copies = uop;

	testbed_note(b, cmd == GNTTABOP_map_grant_ref ? "map:" :
		cmd == GNTTABOP_copy ? "copy:" : "unmap:", count);
	for (unsigned int i = 0; i < count; i++) {
		if (cmd == GNTTABOP_map_grant_ref)
			maps[i].status = answer(b);
		else if (cmd == GNTTABOP_copy)
			copies[i].status = answer(b);
		else
			unmaps[i].status = answer(b);
	}
}

static int
grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	struct testbed *b = a->ctx;

	if (fails_now(&b->fail_call))
		return -XEN_EFAULT;
	assert_true(count > 0);
	if (cmd == GNTTABOP_query_size)
		query_size(b, uop);
	else if (cmd == GNTTABOP_setup_table)
		setup_table(b, uop);
	else
		map_or_copy(b, cmd, uop, count);
	return 0;
}

static int
memory_op(struct arch *a, unsigned int cmd, void *arg)
{
	struct testbed *b = a->ctx;
	struct xen_add_to_physmap *op = arg;

	if (fails_now(&b->fail_call))
		return -XEN_EFAULT;
	assert_int_equal(cmd, XENMEM_add_to_physmap);
	assert_int_equal(op->domid, DOMID_SELF);
	assert_int_equal(op->space, XENMAPSPACE_grant_table);
	assert_int_equal(op->gpfn, TESTBED_GFN + op->idx);
	testbed_note(b, "physmap:", op->idx);
	return op->idx < b->frames_max ? 0 : -XEN_EINVAL;
}

/* The frames are all listed, in order, whatever kind of guest it is. */
static void
check_frames(struct arch *a, const xen_pfn_t *frames, uint32_t nr_frames)
{
	xen_pfn_t first = a->translated ? TESTBED_GFN : TESTBED_MFN;

	for (uint32_t i = 0; i < nr_frames; i++)
		assert_int_equal(frames[i], first + i);
}

/* ------------------------------------------------------------------ life */

struct testbed *
testbed_new(uint32_t frames_max, bool translated)
{
	struct testbed *b = calloc(1, sizeof *b);
	uint32_t room = frames_max < GNTTAB_FRAMES_LIMIT ? frames_max : GNTTAB_FRAMES_LIMIT;

	assert_non_null(b);
	cc_init(&b->arch);
	b->arch.ctx = b;
	b->arch.translated = translated;
	b->arch.grant_table_op = grant_table_op;
	b->arch.memory_op = memory_op;
	b->arch.page_put = note_put;
	b->arch.defer_arm = note_arm;
	b->arch.sleep_ms = note_sleep;
	b->arch.mapped = check_frames;
	b->arch.table_frames = room;
	b->arch.table = calloc(room + 1, XEN_PAGE_SIZE);
	assert_non_null(b->arch.table);
	b->frames_max = frames_max;
	return b;
}

struct testbed *
testbed_up(uint32_t frames_max, bool translated)
{
	struct testbed *b = testbed_new(frames_max, translated);
	uint64_t place = (uint64_t)TESTBED_GFN << XEN_PAGE_SHIFT;

	if (translated)
		assert_int_equal(gnttab_setup_auto_xlat_frames(&b->gt, &b->arch, place), 0);
	assert_int_equal(gnttab_init(&b->gt, &b->arch), 0);
	testbed_check(b);
	b->log_bytes = 0;
	b->log[0] = '\0';
	return b;
}

void
testbed_free(struct testbed *b)
{
	if (b->gt.arch != NULL)
		testbed_check(b);
	gnttab_fini(&b->gt);
	assert_int_equal(b->arch.n_pages, 0);
	assert_int_equal(b->arch.mapped_frames, 0);
	cc_fini(&b->arch);
	free(b->arch.table);
	free(b);
}

/* ------------------------------------------------------------------ looking */

struct grant_entry_v1 *
testbed_entry(struct testbed *b, grant_ref_t ref)
{
	assert_true(ref < b->gt.nr_frames * GNTTAB_ENTRIES_PER_FRAME);
	return &b->arch.table[ref];
}

void
testbed_check(const struct testbed *b)
{
	const struct gnttab *gt = &b->gt;
	uint32_t n_states[REF_LEAKED + 1] = { 0 }, n_listed = 0;

	for (grant_ref_t ref = 0; ref < ref_count(gt); ref++) {
		uint32_t word = *ref_word(gt, ref);

		n_states[word >> REF_STATE_SHIFT]++;
		if (ref >= gt->fresh)
			assert_int_equal(word, 0);
		assert_int_equal(ref_is(gt, ref, REF_RESERVED), ref < GNTTAB_NR_RESERVED_ENTRIES);
	}
	for (grant_ref_t ref = gt->free_head; ref != INVALID_GRANT_REF && gt->nr_frames != 0;
	     ref = ref_next(gt, ref)) {
		assert_true(ref < gt->fresh);
		assert_true(ref_is(gt, ref, REF_FREE));
		assert_true(++n_listed <= gt->free_count);
	}
	assert_int_equal(n_states[REF_FREE], gt->free_count);
	assert_int_equal(n_listed + ref_count(gt) - gt->fresh, gt->free_count);
	assert_int_equal(n_states[REF_DEFERRED], gt->deferred_count);
	assert_int_equal(n_states[REF_LEAKED], gt->leaked_count);
}

void
testbed_panics(struct testbed *b, void (*fn)(struct testbed *b))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		if (freopen("/dev/null", "w", stderr) != NULL)
			fn(b);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}
