/*
 * test_model_rules: a program for each rule of spec.md, its last operation decided by that rule.
 */
#include "diff/test_model.h"

#define RULE(number, program) { .rule = number, .text = program }
#define SHOWS(number, program, ...) \
	{ .rule = number, .text = program, .entry = { __VA_ARGS__ }, .looks = true }

#define EARLY_ARM64(number, program) { .rule = number, .text = program, .early = true }
#define ARM64(number, program) { .rule = number, .text = program, .arm64 = true }

/* A translated domain alone. */
#define ALONE "hvm 1 domains 1\nd0 grant g0 to d0 page p0 = 8\n"

const struct rule_case rule_cases[] = {
	/* references */
	RULE(104, "max_frames 1\nd0 alloc c0 504 = 0\nd0 grant g0 to d1 page p0 = -ENOSPC"),
	RULE(104, "d0 fail_alloc 1\nd0 alloc c0 505 = -ENOSPC"),	/* the frame list */
	RULE(107, "d0 fail_alloc 2\nd0 alloc c0 505 = 0"),	/* only one page */
	RULE(104, "d0 fail_alloc 1\nd0 alloc c0 1100 = -ENOSPC\nd0 fail_alloc 2\n"
	     "d0 alloc c0 1100 = -ENOSPC"),
	/* no list when translated */
	RULE(107, "hvm 1\nd0 fail_alloc 1\nd0 alloc c0 505 = 0"),
	RULE(104, "d0 fail_hypercall 2\nd0 alloc c0 505 = -ENOSPC"),
	RULE(104, "max_frames 6\nd0 fail_hypercall 1\nd0 alloc c0 2100 = -ENOSPC"),
	RULE(105, "d0 free g0 = -EINVAL"),
	RULE(105, "d0 free ref=7 = -EINVAL"),
	RULE(105, GRANTED "d0 free g0 = -EINVAL"),
	RULE(106, "d0 suspend = 0\nd0 grant g0 to d1 page p0 = -ENODEV"),
	RULE(107, "d0 alloc c0 3 = 0"),
	RULE(108, "d0 alloc c0 0 = 0\nd0 empty c0 = 1\nd0 alloc c0 0"),
	RULE(109, "d0 alloc c0 3 = 0\nd0 claim g0 from c0 = 8\nd0 claim g1 from c0 = 9"),
	RULE(110, "d0 claim g0 from c0 = -ENOSPC"),
	RULE(109, "d0 alloc c0 2\nd0 claim g0 from c0 = 8\nd0 claim g1 from c0 = 9\n"
	     "d0 release g0 to c0 = 0\nd0 release g1 to c0 = 0\nd0 claim g0 from c0 = 9\n"
	     "d0 claim g1 from c0 = 8"),
	RULE(111, "d0 alloc c0 1\nd0 claim g0 from c0 = 8\nd0 release g0 to c1 = 0"),
	RULE(112, "d0 alloc c0 1\nd0 claim g0 from c0 = 8\nd0 free g0 = 0"),
	RULE(113, "d0 alloc c0 3\nd0 free_chain c0 = 0"),
	RULE(201, "d0 alloc c0 2\nd0 grant g0 to d1 page p0 = 10\nd0 try_end g0 = ended\n"
	     "d0 free_chain c0\nd0 grant g1 to d1 page p0 = 8\nd0 grant g2 to d1 page p0 = 9\n"
	     "d0 grant g3 to d1 page p0 = 10\nd0 grant g4 to d1 page p0 = 11"),
	RULE(114, "d0 callback k0 at 504 = 0"),
	RULE(115, "d0 callback k0 at 505\nd0 cancel k0 = 0"),
	RULE(117, "d0 alloc c0 1\nd0 empty c0 = 0"),
	RULE(118, "d0 version 1 = 1\nd0 version 2 = -ENOSYS"),
	RULE(119, "max_frames 6\nd0 max_frames = 6\nd0 fail_hypercall 1\nd0 max_frames = 4"),
	RULE(120, "d0 foreach p0 +4000 len 100 = 2"),
	RULE(121, "hvm 1\nd1 xlat_setup 1 = -EINVAL\nd0 xlat_setup 1 = -EINVAL"),
	RULE(122, "hvm 1\nd1 xlat_free = 0\nd0 xlat_free = -EBUSY"),

	RULE(113, "d0 free_chain c0 = 0"),
	RULE(107, "d0 alloc c0 4\nd0 free_chain c0\nd0 alloc c0 2 = 0\nd0 alloc c1 3 = 0\n"
	     "d0 claim g0 from c1 = 10\nd0 claim g1 from c1 = 11\nd0 claim g2 from c1 = 12\n"
	     "d0 free_chain c0\nd0 alloc c0 2"),
	RULE(1001, "d0 alloc c0 1\nd0 alloc c0 1 = skip"),
	RULE(1001, "d0 alloc c0 1\nd0 claim ref=511 from c0 = skip"),
	RULE(106, "d0 alloc c0 2\nd0 claim g0 from c0\nd0 suspend\nd0 alloc c1 1 = -ENODEV\n"
	     "d0 claim g1 from c0 = -ENODEV\nd0 free_chain c0 = -ENODEV\nd0 free g0 = -ENODEV"),
	RULE(115, "d0 callback k0 at 505\nd0 callback k1 at 506\nd0 cancel k0 = 0"),

	/* access */
	SHOWS(201, "d0 grant g0 to d1 page p2 ro = 8", 5, DOM_D1, 2),
	RULE(202, "d0 widen p0 = 0\nd0 grant g0 to d1 page p0 = -ERANGE"),
	RULE(203, "d0 flags ref=0 1\nd0 flags g0 1\nd0 grant g1 to d1 page p0 = -EBUSY"),
	RULE(204, MAPPED "d0 query g0 = 24"),
	SHOWS(205, GRANTED "d0 end_ref g0 = ended", 0, DOM_D1, 0),
	SHOWS(205, GRANTED "d0 flags g0 3\nd0 end_ref g0 = ended", 0, DOM_D1, 0),
	SHOWS(206, MAPPED "d0 end_ref g0 = busy", 0x19, DOM_D1, 0),
	SHOWS(206, GRANTED "d0 flags g0 9\nd0 try_end g0 = busy", 9, DOM_D1, 0),
	RULE(207, GRANTED "d0 end g0 p1 page = ended\nd0 grant g0 to d1 page p0 = 8\n"
	     "d0 end g0 p0 = ended"),
	RULE(208, MAPPED "d0 end g0 p1 page = deferred"),
	RULE(209, MAPPED "d0 fail_alloc 1\nd0 end g0 p1 page = -ENOMEM"),
	RULE(208, MAPPED "d0 end g0 p1\nd0 fail_alloc 1\nd0 grant g1 to d1 page p0\n"
	     "d0 flags g1 9\nd0 end g1 p0 = deferred"),
	RULE(210, MAPPED "d0 end g0 p1 page = deferred\nd0 tick = 0\nd1 unmap m0 = okay\n"
	     "d0 tick = 1"),

	SHOWS(201, "d0 alloc c0 1\nd0 claim g0 from c0 = 8\n"
	      "d0 grant_ref g0 to io page p1 ro = 0", 5, DOM_IO, 1),
	SHOWS(201, "d0 alloc c0 1\nd0 claim g0 from c0\n"
	      "d0 grant_ref g0 to cow page p1 = 0", 1, DOM_COW, 1),
	RULE(105, "d0 grant_ref ref=1 to d1 page p0 = -EINVAL"),
	RULE(106, "d0 suspend\nd0 grant_ref g0 to d1 page p0 = -ENODEV"),
	RULE(202, "d0 alloc c0 1\nd0 claim g0 from c0\nd0 widen p0\n"
	     "d0 grant_ref g0 to d1 page p0 = -ERANGE"),
	RULE(203, "d0 alloc c0 1\nd0 claim g0 from c0\nd0 flags g0 1\n"
	     "d0 grant_ref g0 to d1 page p0 = -EBUSY"),
	RULE(1001, "d0 grant ref=511 to d1 page p0 = skip\nd0 grant g0 to d1 page p7 = skip"),
	RULE(1001, GRANTED "d0 grant g0 to d1 page p0 = skip"),
	RULE(1001, GRANTED "d0 accept g0 from d1 slot p0 = skip"),
	RULE(106, MAPPED "d0 suspend\nd0 query g0 = -ENODEV\nd0 end g0 p1 page = -ENODEV\n"
	     "d0 read p1 +0 = skip\nd0 tick = -ENODEV"),
	RULE(1001, GRANTED "d0 end g0 p7 page = skip"),

	/* receiving a page */
	SHOWS(301, "d1 alloc c0 1\nd1 claim g0 from c0\n"
	      "d1 accept_ref g0 from d0 slot p1 = 0", 2, DOM_D0, VIEW_FRAME_OTHER),
	SHOWS(304, "d1 alloc c0 1\nd1 claim g0 from c0\n"
	      "d1 accept_ref g0 from d0 slot p1\nd0 transfer p0 to d1 g0\n"
	      "d1 end_transfer_ref g0 = p1", 0, DOM_D0, 1),
	SHOWS(304, "hvm 2\nd1 accept g0 from d0 slot p3\n"
	      "d1 entry g0 flags 2 domid d0 frame p1\n"
	      "d0 transfer p0 to d1 g0 = okay\n"
	      "d1 read p1 +0 = skip\nd1 end_transfer g0 = p3", 0, DOM_D0, VIEW_FRAME_OTHER),
	RULE(304, ACCEPTED "d1 flags g0 14\nd1 end_transfer g0"),
	SHOWS(301, "d1 accept g0 from d0 slot p3 = 8", 2, DOM_D0, VIEW_FRAME_OTHER),
	SHOWS(302, ACCEPTED "d1 end_transfer_ref g0 = nothing", 0, DOM_D0, VIEW_FRAME_OTHER),
	SHOWS(303, ACCEPTED "d1 flags g0 6\n"
	      "d1 end_transfer g0 = -EAGAIN", 6, DOM_D0, VIEW_FRAME_OTHER),
	SHOWS(304, ACCEPTED "d0 transfer p2 to d1 g0 = okay\n"
	      "d1 end_transfer g0 = p3", 0, DOM_D0, 3),
	RULE(305, ACCEPTED "d1 swap g0 ref=7\nd1 flags g0 14\nd1 end_transfer g0 = -EIO"),

	/* suspend */
	RULE(401, "d0 suspend = 0"),
	RULE(402, "d0 resume = 0"),
	RULE(403, "d0 suspend = 0\nd0 resume = 0"),
	RULE(404, "max_frames 6\nd0 alloc c0 2100 = 0\nd0 suspend\nd0 fail_hypercall 1\n"
	     "d0 resume = -ENOSYS"),
	RULE(405, "d0 suspend\nd0 fail_alloc 1\nd0 resume = -ENOMEM"),
	RULE(406, "d0 suspend\nd0 fail_hypercall 2\nd0 resume = -ENODEV"),
	RULE(406, "hvm 1\nd0 suspend\nd0 grant g0 to d1 page p0 = 8\nd0 fail_hypercall 2\n"
	     "d0 resume = -ENODEV"),

	/* map */
	RULE(1001, "hvm 1\nd0 grant g0 to d0 page p0 = 8\nd0 map m0 from d0 g0 at zero = skip"),
	RULE(1001, ALONE "d0 map m0 from d0 g0 = okay\nd0 read p0 +0 = skip"),
	RULE(1003, ALONE "d0 write p0 +0 7\nd0 write p0 +2 0\nd0 map m0 from d0 g0 ro\n"
	     "d0 read_map m0 +0 = 7"),
	RULE(510, ALONE "d0 map m0 from d0 g0\nd0 unmap m0 = okay\n"
	     "d0 map m0 from d0 g0 = bad_page"),
	RULE(512, ALONE "d0 map m0 from d0 g0 at hole = general_error"),
	RULE(510, ALONE "d0 map m0 from d0 g0 at hole\nd0 map m0 from d0 g0 = bad_page"),
	RULE(516, ALONE "d0 map m0 from d0 g0\nd0 map m1 from d0 g0 = okay"),
	RULE(813, ALONE "d0 map m0 from d0 g0\nd0 copy d0:g0+0 -> p1+0 len 8 = okay"),
	RULE(808, ALONE "d0 map m0 from d0 g0\nd0 copy p0+0 -> p1+0 len 8 = bad_page"),
	RULE(1002, ALONE "d0 map m0 from d0 g0\nd0 end g0 p0 page\nd0 fill p0 = 0\n"
	     "d0 write p0 +4 9\nd0 write p0 +6 0\nd0 read p0 +4 = 9"),
	RULE(501, "d1 map m0 from none ref=end nohost = bad_gntref"),
	RULE(502, "hvm 2\nd1 map m0 from none ref=end dev = general_error"),
	RULE(503, GRANTED "d0 map m0 from self g0 = bad_domain"),
	RULE(504, "domains 3 silo 1 maptrack 0\nd1 map m0 from d2 g0 = permission_denied"),
	RULE(505, "maptrack 0\nd1 map m0 from d0 ref=end = no_space"),
	RULE(506, "d1 map m0 from d0 ref=512 = bad_gntref"),
	RULE(508, "frames 2\nd1 map m0 from d0 ref=512 = general_error"),
	SHOWS(507, MAPPED "d0 map m0 from d0 g0 = general_error", 0x19, DOM_D1, 0),
	SHOWS(507, GRANTED "d1 pin d0 g0 times 129 ro = general_error", 9, DOM_D1, 0),
	RULE(507, GRANTED "d1 pin d0 g0 times 128 = okay\n"
	     "d1 map m0 from d0 g0 dev = general_error"),
	SHOWS(515, GRANTED "d1 pin d0 g0 times 128 = okay", 0x19, DOM_D1, 0),
	RULE(513, GRANTED "d1 pin d0 g0 times 128 ro = okay\nd1 map m0 from d0 g0 = okay"),
	RULE(505, GRANTED "d1 pin d0 g0 times 128 = okay\nd1 pin d0 g0 times 127 ro = okay\n"
	     "d1 map m0 from d0 g0 = no_space"),
	RULE(515, "d1 pin none ref=end times 0 = okay"),
	SHOWS(508, GRANTED "d0 map m0 from d0 g0 = general_error", 1, DOM_D1, 0),
	SHOWS(508, "d0 grant g0 to d1 page p0 ro\n"
	      "d1 map m0 from d0 g0 = general_error", 5, DOM_D1, 0),
	RULE(508, GRANTED "d0 flags g0 257\nd1 map m0 from d0 g0 = general_error"),
	RULE(508, GRANTED "d1 map m0 from d0 g0 ro = okay\nd0 flags g0 13\n"
	     "d1 map m1 from d0 g0 = general_error"),
	SHOWS(513, GRANTED "d1 map m0 from d0 g0 ro = okay\nd0 flags g0 10\n"
	      "d1 map m1 from d0 g0 = okay", 26, DOM_D1, 0),
	SHOWS(509, "hvm 1\n" GRANTED "d0 page_out p0 9\nd1 fail_hypercall 2\n"
	      "d1 map m0 from d0 g0 = -EFAULT", 1, DOM_D1, 0),
	SHOWS(510, "d0 grant g0 to d1 page missing = 8\n"
	      "d1 map m0 from d0 g0 = bad_page", 1, DOM_D1, VIEW_FRAME_OTHER),
	RULE(510, "d0 grant g0 to d1 page other.p1\nd1 map m0 from d0 g0 = bad_page"),
	SHOWS(511, "d0 grant g0 to d1 page pagetable\n"
	      "d1 map m0 from d0 g0 ro = okay\n"
	      "d1 map m1 from d0 g0 = general_error", 9, DOM_D1, VIEW_FRAME_OTHER),
	SHOWS(512, GRANTED "d1 map m0 from d0 g0 at hole = general_error", 1, DOM_D1, 0),
	RULE(512, GRANTED "d1 map m0 from d0 g0 pte = general_error"),
	SHOWS(513, GRANTED "d1 map m0 from d0 g0 = okay", 0x19, DOM_D1, 0),
	SHOWS(513, GRANTED "d1 map m0 from d0 g0 ro dev nohost = okay", 9, DOM_D1, 0),
	SHOWS(514, "hvm 1\n" GRANTED "d0 page_out p0 256\n"
	      "d1 map m0 from d0 g0 = bad_page", 1, DOM_D1, 0),
	RULE(513, "hvm 1\n" GRANTED "d0 page_out p0 255\nd1 map m0 from d0 g0 = okay"),

	RULE(1001, MAPPED "d1 map m0 from d0 g0 nohost dev = skip"),
	RULE(1001, MAPPED
	     "d1 batch map { m1 from d0 g0 at m0 = skip ; m2 from d0 g0 = okay ;\n"
	     "m3 from d0 g0 at m2 = skip }"),

	/* unmap, replace */
	SHOWS(604, GRANTED "d1 map m0 from d0 g0 dev\n"
	      "d1 unmap m0 at zero dev = okay\nd1 unmap m0 = okay", 1, DOM_D1, 0),
	RULE(601, "d1 unmap m0 dev = bad_handle"),
	RULE(1001, "d1 unmap m0 stale = skip"),
	SHOWS(601, MAPPED "d1 unmap m0\nd1 unmap m0 stale = bad_handle", 1, DOM_D1, 0),
	RULE(601, MAPPED "d1 batch unmap { m0 = okay ; m0 = bad_handle }"),
	RULE(602, GRANTED "d1 map m0 from d0 g0 dev\nd1 unmap m0 wrongdev = bad_dev_addr"),
	SHOWS(604, MAPPED "d1 unmap m0 wrongdev = okay", 1, DOM_D1, 0),
	SHOWS(603, MAPPED "d1 unmap m0 at m1 = general_error", 0x19, DOM_D1, 0),
	RULE(603, MAPPED "d1 map m1 from d0 g0 ro\nd1 unmap m0 at m1 = general_error"),
	SHOWS(604, MAPPED "d1 map m1 from d0 g0 ro\nd1 unmap m0 = okay", 9, DOM_D1, 0),
	SHOWS(604, MAPPED "d1 map m1 from d0 g0\nd1 unmap m0 at m1 = okay\n"
	      "d1 unmap m1 at m0 = okay", 1, DOM_D1, 0),
	SHOWS(605, MAPPED "d1 unmap m0 at zero = okay", 0x19, DOM_D1, 0),
	RULE(947, "hvm 2\n" MAPPED "d1 replace m0 by m1 = -ENOSYS"),
	ARM64(609, "hvm 1\n" MAPPED "d1 replace m0 by m1 = general_error"),
	SHOWS(607, MAPPED "d1 replace m0 by m0 = general_error", 0x19, DOM_D1, 0),
	RULE(1001, MAPPED "d1 replace m0 by m0\nd1 read_map m0 +0 = skip"),
	SHOWS(608, MAPPED "d0 grant g1 to d1 page p1\nd1 map m1 from d0 g1\n"
	      "d1 replace m0 by m1 = okay", 1, DOM_D1, 0),
	RULE(1003, MAPPED "d0 grant g1 to d1 page p1\nd1 map m1 from d0 g1\nd0 write p1 +0 7\n"
	     "d0 write p1 +2 0\nd1 replace m0 by m1\nd1 read_map m0 +0 = 7"),

	/* transfer */
	RULE(947, "hvm 1\nd0 transfer other.p0 to d1 g0 = -ENOSYS"),
	RULE(1001, "d0 transfer p7 to d1 g0 = skip"),
	RULE(1001, ACCEPTED "d0 batch transfer { p0 to d1 g0 = okay ; p0 to d1 g0 = skip }"),
	RULE(1012, "d0 fail_hypercall 1\nd0 transfer p0 to d1 g0 = -EFAULT"),
	RULE(701, "no_transfer 1\nd0 transfer p0 to d1 g0 = -EOPNOTSUPP"),
	RULE(701, "no_transfer 1\nd0 hypercall 4 count0 = -EOPNOTSUPP"),
	RULE(702, "d0 transfer missing to none g0 = bad_page"),
	RULE(947, "hvm 1 no_transfer 1\nd0 transfer p0 to none g0 = -ENOSYS"),
	RULE(947, "hvm 1\nd0 transfer p0 to d1 g0\nd0 read p0 +0\n"
	     "d0 transfer p0 to d1 g0 = -ENOSYS"),
	EARLY_ARM64(703, "hvm 1\nd0 transfer p0 to none g0 = general_error"),
	RULE(704, "d0 transfer p0 to none g0 mapped = bad_page\n"
	     "d0 transfer table to d1 g0 = bad_page"),
	RULE(704, MAPPED "d0 transfer p0 to d1 g0 = bad_page"),
	RULE(705, "d0 transfer p0 to self g0 = bad_domain"),
	RULE(1001, "d0 transfer p0 to self g0\nd0 read p0 +0 = skip"),
	RULE(706, "domains 3 silo 1\nd1 transfer p0 to d2 g0 = permission_denied"),
	SHOWS(707, "d0 widen p0\nd0 widen p1\n"
	      "d1 accept g0 from d0 slot p0\n"
	      "d1 accept g1 from d0 slot p1\n"
	      "d0 transfer p0 to d1 g0 = okay\n"
	      "d0 transfer p1 to d1 g1 = address_too_big", 2, DOM_D0, VIEW_FRAME_OTHER),
	SHOWS(708, "room 0\n" ACCEPTED
	      "d0 transfer p0 to d1 g0 = general_error", 2, DOM_D0, VIEW_FRAME_OTHER),
	SHOWS(710, "room 0\nd0 accept g0 from d0 slot p3\n"
	      "d0 transfer p0 to d0 g0 = okay", 14, DOM_D0, VIEW_FRAME_OTHER),
	RULE(709, "d0 transfer p0 to d1 ref=end = general_error"),
	RULE(709, ACCEPTED "d1 flags g0 258\nd0 transfer p0 to d1 g0 = general_error"),
	RULE(709, "d1 accept g0 from d1 slot p3\nd0 transfer p0 to d1 g0 = general_error"),
	SHOWS(710, ACCEPTED "d0 transfer p0 to d1 g0 = okay", 14, DOM_D0, VIEW_FRAME_OTHER),
	RULE(1001, "hvm 2\n" ACCEPTED "d1 grant g1 to d1 page p3\nd1 map m0 from d1 g1 = okay\n"
	     "d0 transfer p0 to d1 g0 = okay\nd1 read p3 +0 = skip"),
	SHOWS(711, "hvm 2\n" ACCEPTED
	      "d0 transfer p0 to d1 g0 = okay", 14, DOM_D0, VIEW_FRAME_OTHER),
	SHOWS(304, "hvm 2\n" ACCEPTED "d0 transfer p0 to d1 g0 = okay\n"
	      "d1 end_transfer_ref g0 = p3", 0, DOM_D0, 3),
	SHOWS(712, "hvm 2\n"
	      "d1 entry g0 flags 2 domid d0 frame missing\n"
	      "d0 transfer p0 to d1 g0 = general_error", 14, DOM_D0, VIEW_FRAME_OTHER),

	/* copy */
	RULE(801, "d0 copy page d0 p0+0 -> d1:ref=end+0 len 8000 = permission_denied"),
	RULE(802, "d0 copy page d1 p0+0 -> none:g0+0 len 1 = bad_domain"),
	RULE(803, "domains 3 silo 1\nd1 copy d2:ref=end+0 -> p0+0 len 1 = permission_denied"),
	RULE(804, "d1 copy d0:ref=end+0 -> page self missing+0 len 8000 = bad_gntref"),
	SHOWS(805, MAPPED "d0 copy d0:g0+0 -> p0+0 len 1 = general_error", 0x19, DOM_D1, 0),
	SHOWS(806, GRANTED "d0 copy self:g0+0 -> p0+0 len 1 = general_error", 1, DOM_D1, 0),
	RULE(806, "d0 grant g0 to d1 page p0 ro\nd1 copy p0+0 -> d0:g0+0 len 1 = general_error"),
	SHOWS(813, GRANTED "d0 flags g0 257\nd1 copy d0:g0+0 -> p0+0 len 1 = okay", 257, DOM_D1, 0),
	SHOWS(807, "hvm 1\n" GRANTED "d0 page_out p0 9\nd1 fail_hypercall 2\n"
	      "d1 copy d0:g0+0 -> p0+0 len 1 = -EFAULT", 1, DOM_D1, 0),
	RULE(808, "d0 copy missing+0 -> p0+0 len 1 = bad_page"),
	RULE(808, "d0 grant g0 to d1 page missing\nd1 copy d0:g0+0 -> p0+0 len 1 = bad_page"),
	SHOWS(809, GRANTED "d1 map m0 from d0 g0 ro\n"
	      "d0 entry g0 flags 9 domid d1 frame p1\n"
	      "d1 copy p0+0 -> d0:g0+0 len 1 = general_error", 9, DOM_D1, 1),
	SHOWS(810, GRANTED "d1 map m0 from d0 g0\n"
	      "d1 replace m0 by m0\n"
	      "d0 transfer p0 to none g0 = bad_domain\n"
	      "d1 copy d0:g0+0 -> p0+0 len 1 = bad_domain", 0x19, DOM_D1, VIEW_FRAME_OTHER),
	RULE(511, GRANTED "d1 map m0 from d0 g0\nd1 replace m0 by m0\n"
	     "d0 transfer p0 to none g0 = bad_domain\nd1 map m1 from d0 g0 = general_error"),
	RULE(811, "d0 copy p0+0 -> pagetable+0 len 8000 = general_error"),
	RULE(812, "d0 copy p0+1 -> p1+0 len 4096 = bad_copy_arg"),
	RULE(812, "d0 copy p0+0 -> p1+4097 len 0 = bad_copy_arg"),
	SHOWS(813, GRANTED "d1 copy d0:g0+0 -> p0+0 len 4096 = okay", 1, DOM_D1, 0),
	SHOWS(813, GRANTED "d0 flags g0 25\nd1 copy d0:g0+0 -> p0+0 len 0 = okay", 17, DOM_D1, 0),
	RULE(813, GRANTED "d1 map m0 from d0 g0 ro\nd1 copy p0+0 -> d0:g0+0 len 8 = okay"),
	RULE(814, "hvm 1\nd0 page_out p0 256\nd0 copy p0+0 -> p1+0 len 1 = bad_page"),

	RULE(808, "d0 copy other.p0+0 -> p0+0 len 1 = bad_page"),
	RULE(808, "domains 1\nd0 copy other.p0+0 -> p0+0 len 1 = bad_page"),
	RULE(813, "d0 copy pagetable+0 -> p0+0 len 8 = okay"),
	RULE(1001, "d0 batch copy { p0+0 -> p1+0 len 1 = okay ; p7+0 -> p1+0 len 1 = skip }"),
	RULE(1012, "d0 fail_hypercall 1\nd0 copy p0+0 -> p1+0 len 1 = -EFAULT"),

	/* other hypercalls */
	SHOWS(1012, GRANTED "d0 fail_hypercall 1\nd0 swap g0 g1 = -EFAULT", 1, DOM_D1, 0),
	RULE(1012, "d0 fail_hypercall 1\nd0 query_size self = -EFAULT"),
	RULE(1012, "d0 fail_hypercall 1\nd0 cache_flush p0 +0 len 1 clean = -EFAULT"),
	RULE(1001, "d0 batch cache_flush { p0 +0 len 1 clean = 0 ; p7 +0 len 1 clean = skip }"),
	RULE(947, "hvm 1\nd0 cache_flush p0 +0 len 0 clean = -ENOSYS"),
	RULE(701, "no_transfer 1\nd0 hypercall 4 wild = -EFAULT\n"
	     "d0 hypercall 4 hole = -EOPNOTSUPP"),
	RULE(910, "hvm 1 frames 3\nd0 setup_table self 3 = okay"),
	RULE(901, "d0 swap g0 ref=512 = bad_gntref"),
	RULE(902, MAPPED "d0 swap g0 g0 = okay"),
	SHOWS(903, MAPPED "d0 swap g1 g0 = eagain", 0, DOM_D0, VIEW_FRAME_ZERO),
	SHOWS(904, GRANTED "d0 swap g0 g1 = okay", 0, DOM_D0, VIEW_FRAME_ZERO),
	RULE(905, "d0 setup_table none 0 wild = -EFAULT"),
	RULE(909, "hvm 1\nd0 setup_table self 2 wild = bad_virt_addr"),
	RULE(906, "d0 setup_table none 1 = bad_domain"),
	RULE(907, "d1 setup_table d0 12 = permission_denied"),
	RULE(908, "d0 setup_table d1 5 hole = general_error"),
	RULE(909, "d0 setup_table self 2 hole = bad_virt_addr\n"
	     "d0 swap ref=512 ref=512 = okay\nd0 setup_table self 2 hole"),
	RULE(910, "d0 setup_table d1 4 = okay"),
	RULE(911, "d0 query_size invalid = bad_domain"),
	RULE(912, "d1 query_size d0 = permission_denied"),
	RULE(913, "d0 query_size d1 = okay"),
	RULE(914, "d0 set_version 3 = -EINVAL"),
	RULE(915, "d0 set_version 2 = -ENOSYS"),
	RULE(916, MAPPED "d0 set_version 1 = 0"),
	RULE(917, "d0 get_version d2 = -ESRCH"),
	RULE(918, "d1 get_version d0 = -EPERM"),
	RULE(919, "d0 get_version d1 = 1"),
	RULE(921, "d0 get_status last 0 = bad_domain"),
	RULE(922, "d1 get_status d0 1 = permission_denied"),
	RULE(925, "d0 get_status none 0 wild = -EFAULT"),
	RULE(923, "d0 get_status self 1 hole = general_error"),
	RULE(947, "hvm 1\nd0 get_status none 1 wild = -ENOSYS"),
	RULE(924, "d0 get_status self 0 hole = okay"),
	RULE(926, "d0 cache_flush p0 +4000 len 97 clean = -EINVAL\n"
	     "d0 cache_flush p0 +0 len 1 gref = -EINVAL"),
	RULE(927, "d0 cache_flush missing +0 len 0 clean = 0"),
	RULE(928, "d0 cache_flush missing +0 len 1 clean = -EINVAL"),
	RULE(929, "d0 cache_flush unowned +0 len 1 clean = -EPERM"),
	RULE(930, "d0 cache_flush other.p0 +0 len 1 clean = -EINVAL"),
	RULE(932, MAPPED "d1 cache_flush other.p0 +0 len 1 clean = 0"),
	RULE(931, "d0 cache_flush p0 +0 len 1 inval = -EOPNOTSUPP"),
	RULE(931, MAPPED "d1 cache_flush other.p0 +0 len 1 inval = -EOPNOTSUPP"),
	RULE(932, GRANTED "d1 map m0 from d0 g0 ro = okay\n"
	     "d1 cache_flush other.p0 +0 len 1 inval = 0"),
	RULE(932, "d0 cache_flush p0 +0 len 1 clean inval = 0"),
	RULE(933, "d0 dump_table self = -ENOSYS"),
	RULE(934, "d0 add_to_physmap 0 = -EACCES"),
	RULE(935, "hvm 1\nd0 add_to_physmap 4 = -EINVAL\nd0 add_to_physmap 0 status = -EINVAL"),
	RULE(936, "hvm 1\nd0 add_to_physmap 3 = 0"),
	ARM64(928, "domains 2  hvm 3\nd1 cache_flush table +0 len 8 clean = -EINVAL"),
	ARM64(929, "hvm 1\nd0 cache_flush table +0 len 8 clean = -EPERM"),
	ARM64(937, "hvm 1\nd0 add_to_physmap 3 = 0\nd0 add_to_physmap 3 = -EBUSY"),
	RULE(947, "hvm 1\nd0 hypercall 4 count0 = -ENOSYS\nd0 hypercall 31 negative = -ENOSYS"),
	RULE(947, "hvm 1\nd0 hypercall 0 continued = -ENOSYS"),
	RULE(940, "hvm 1\nd0 hypercall 0 negative = -EINVAL"),
	RULE(940, "d0 hypercall 31 negative = -EINVAL"),
	RULE(941, "d0 hypercall 31 continued = -EINVAL"),
	RULE(944, "d0 hypercall 12 continued = 0"),
	RULE(942, "d0 hypercall 13 wild = -ENOSYS"),
	RULE(943, "d0 hypercall 0 hole = -EFAULT"),
	RULE(944, "d0 hypercall 0 count0 = 0"),
	RULE(945, "d0 hypercall 6 count0 = -EINVAL"),
	RULE(946, "d0 hypercall 8 count0 = -EINVAL\nd0 hypercall 10 count0 = 0\n"
	     "d1 hypercall 10 count0 = -EPERM"),

	/* machine */
	RULE(1001, "d0 fill p0 = skip"),
	RULE(1002, "d0 write p0 +5 7\nd0 write p0 +6 1\nd0 read p0 +5 = 65543"),
	RULE(1003, MAPPED "d1 write_map m0 +4 7\nd1 write_map m0 +6 0\nd0 read p0 +4 = 7\n"
	     "d1 read_map m0 +4 = 7"),
	RULE(1004, "pages 1\nd0 fill p7 = 0"),
	RULE(1005, "pages 1\nd0 fill p1\nd0 fill p2\nd0 fill p3\nd0 fill p4\nd0 fill p5\n"
	     "d0 fill p6\nd0 fill p7\nd0 transfer p1 to none g0\nd0 fill p1 = 0\n"
	     "d0 transfer p1 to none g0\nd0 fill p1 = -ENOMEM"),
	RULE(1004, "hvm 1\npages 1\nd0 fill p7 = 0"),
	RULE(1001, "hvm 1\nd0 page_out p7 1 = skip\nd0 widen p0 = skip\n"
	     "d1 page_out p0 1 = skip\nd1 widen p7 = skip"),
	RULE(1001, "d0 entry ref=end flags 1 domid d1 frame p0 = skip\n"
	     "d0 entry g0 flags 1 domid d1 frame p7 = skip"),
	SHOWS(1011, "d0 entry ref=511 flags 1 domid max frame p0", 1, DOM_MAX, 0),
	SHOWS(1011, "d0 entry ref=0 flags 1 domid invalid frame p0", 1, DOM_INVALID, 0),
	SHOWS(1011, "d0 entry ref=1 flags 1 domid idle frame p0", 1, DOM_IDLE, 0),
	SHOWS(1011, "d0 entry ref=7 flags 1 domid last frame p0", 1, DOM_LAST, 0),
	SHOWS(1011, "max_frames 1\nd0 entry ref=last flags 1 domid none frame p0", 1, DOM_NONE, 0),
	RULE(1001, "d0 flags ref=max 1 = skip"),
	RULE(1006, "d0 fail_alloc 1 = 0"),
	RULE(1007, "hvm 1\nd0 page_out p0 1 = 0"),
	RULE(1008, "d0 widen p0 = 0"),
	RULE(1009, MAPPED "d0 widen p0 = -EBUSY"),
	RULE(1010, "d0 widen p0 = 0\nd0 widen p0 = -EINVAL"),
	RULE(510, GRANTED "d0 widen p0 = 0\nd1 map m0 from d0 g0 = bad_page"),
	SHOWS(1011, "d0 entry g0 flags 511 domid xen frame p2", 511, DOM_XEN, 2),
	RULE(1012, "d0 fail_hypercall 1\nd0 set_version 1 = -EFAULT"),
	SHOWS(1012, GRANTED "d1 fail_hypercall 1\nd1 map m0 from d0 g0 = -EFAULT", 1, DOM_D1, 0),
	RULE(1001, "d0 grant g0 to d1 page table = skip\nd0 copy table+0 -> p0+0 len 64 = skip"),
};

const unsigned int n_rule_cases = sizeof rule_cases / sizeof *rule_cases;
