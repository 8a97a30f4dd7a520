/*
 * program_table: which fields a header and each kind of operation have, and how far they go.
 *
 * program_op_max says what op_table.syntax does in words: decoding is in the fuzzers' innermost
 * loop and cannot read the words each time.  A test (diff/test_text.c) holds the two together.
 *
 * Freestanding: no libc, no state.
 */
#include "arch/xen_abi.h"
#include "diff/race.h"

const struct program_field program_fields[PROGRAM_FIELDS] = {
	[FIELD_DOMAINS] = { "domains", 1, DOMAINS_MAX, 2 },
	[FIELD_PAGES] = { "pages", 1, PAGE_SLOTS, 4 },
	[FIELD_FRAMES] = { "frames", 1, 8, 1 },
	[FIELD_MAX_FRAMES] = { "max_frames", 1, 8, 4 },
	[FIELD_MAPTRACK] = { "maptrack", 0, 2, 1 },
	[FIELD_HVM] = { "hvm", 0, 7, 0 },
	[FIELD_SILO] = { "silo", 0, 1, 0 },
	[FIELD_NO_TRANSFER] = { "no_transfer", 0, 1, 0 },
	[FIELD_ROOM] = { "room", 0, 15, 8 },
	[FIELD_ARM] = { "arm", 0, 1, 0 },
};

const struct program_header program_header_default = {
	.domains = 2, .pages = 4, .frames = 1, .max_frames = 4, .maptrack = 1, .room = 8,
};

enum {
	DOM = DOM_CODES - 1,
	REF = REF_CODES - 1,
	FRAME = FRAME_CODES - 1,
	COPY_SIDE = SIDE_CODES - 1,
	WHERE = AT_CODES - 1,
	HANDLE = HANDLE_CODES - 1,
	MAPPING = MAP_SLOTS - 1,
	PAGE = PAGE_SLOTS - 1,
	CHAIN = CHAIN_SLOTS - 1,
	CALLBACK = CALLBACK_SLOTS - 1,
	CALL = CALL_CODES - 1,
	OFFSET = XEN_PAGE_SIZE - 1,
	COPY_OFFSET = 2 * XEN_PAGE_SIZE - 1,
	TURN = RACE_DIGIT - 1, TURN_PAIR = RACE_DIGIT * RACE_DIGIT - 1,
	FLAGS_1 = 1 << 1, FLAGS_2 = 3 << 1, FLAGS_3 = 7 << 1, FLAGS_4 = 15 << 1, FLAGS_5 = 31 << 1,
};

const struct op program_op_max[OP_KINDS] = {
	[OP_GRANT] = { .a.idx = REF, .b.dom = DOM, .b.idx = FRAME, .flags = FLAGS_1 },
	[OP_GRANT_REF] = { .a.idx = REF, .b.dom = DOM, .b.idx = FRAME, .flags = FLAGS_1 },
	[OP_QUERY] = { .a.idx = REF },
	[OP_END_REF] = { .a.idx = REF },
	[OP_END] = { .a.idx = REF, .b.idx = PAGE, .flags = FLAGS_1 },
	[OP_TRY_END] = { .a.idx = REF },
	[OP_ACCEPT] = { .a.idx = REF, .b.dom = DOM, .b.idx = PAGE },
	[OP_ACCEPT_REF] = { .a.idx = REF, .b.dom = DOM, .b.idx = PAGE },
	[OP_END_TRANSFER_REF] = { .a.idx = REF },
	[OP_END_TRANSFER] = { .a.idx = REF },
	[OP_ALLOC] = { .a.idx = CHAIN, .len = 5000 },
	[OP_EMPTY] = { .a.idx = CHAIN },
	[OP_CLAIM] = { .a.idx = REF, .b.idx = CHAIN },
	[OP_RELEASE] = { .a.idx = REF, .b.idx = CHAIN },
	[OP_FREE] = { .a.idx = REF },
	[OP_FREE_CHAIN] = { .a.idx = CHAIN },
	[OP_CALLBACK] = { .a.idx = CALLBACK, .len = 5000 },
	[OP_CANCEL] = { .a.idx = CALLBACK },
	[OP_VERSION] = { .len = 3 },
	[OP_FOREACH] = { .a.idx = PAGE, .a.off = OFFSET, .len = 20000 },
	[OP_XLAT_SETUP] = { .len = 2 },

	[OP_MAP] = { .a.idx = MAPPING, .a.dom = WHERE, .b.dom = DOM, .b.idx = REF,
		     .flags = FLAGS_5 | OP_JOIN },
	[OP_PIN] = { .b.dom = DOM, .b.idx = REF, .len = PINS_MAX, .flags = FLAGS_1 },
	[OP_UNMAP] = { .a.idx = HANDLE, .b.idx = WHERE, .flags = FLAGS_3 | OP_JOIN },
	[OP_REPLACE] = { .a.idx = HANDLE, .b.idx = MAPPING, .flags = OP_JOIN },
	[OP_COPY] = { .a = { DOM, COPY_SIDE, COPY_OFFSET }, .b = { DOM, COPY_SIDE, COPY_OFFSET },
		      .len = 8191, .flags = OP_JOIN },
	[OP_TRANSFER] = { .a.idx = FRAME, .b.dom = DOM, .b.idx = REF, .flags = FLAGS_1 | OP_JOIN },

	[OP_ENTRY] = { .a.idx = REF, .len = 511, .b.dom = DOM, .b.idx = FRAME },
	[OP_FLAGS] = { .a.idx = REF, .len = 511 },
	[OP_SWAP] = { .a.idx = REF, .b.idx = REF, .flags = OP_JOIN },
	[OP_SETUP_TABLE] = { .a.dom = DOM, .len = 12, .flags = FLAGS_2 },
	[OP_QUERY_SIZE] = { .a.dom = DOM },
	[OP_SET_VERSION] = { .len = 3 },
	[OP_GET_VERSION] = { .a.dom = DOM },
	[OP_GET_STATUS] = { .a.dom = DOM, .len = 4, .flags = FLAGS_2 },
	[OP_CACHE_FLUSH] = { .a.idx = FRAME, .a.off = OFFSET, .len = 8191,
			     .flags = FLAGS_4 | OP_JOIN },
	[OP_DUMP_TABLE] = { .a.dom = DOM },
	[OP_ADD_TO_PHYSMAP] = { .len = 12, .flags = FLAGS_1 },
	[OP_HYPERCALL] = { .len = 31, .a.idx = CALL },

	[OP_WRITE] = { .a.idx = PAGE, .a.off = OFFSET, .len = 65535 },
	[OP_READ] = { .a.idx = PAGE, .a.off = OFFSET },
	[OP_WRITE_MAP] = { .a.idx = MAPPING, .a.off = OFFSET, .len = 65535 },
	[OP_READ_MAP] = { .a.idx = MAPPING, .a.off = OFFSET },
	[OP_FILL] = { .a.idx = PAGE },

	[OP_FAIL_ALLOC] = { .len = 8 },
	[OP_FAIL_HYPERCALL] = { .len = 8 },
	[OP_PAGE_OUT] = { .a.idx = PAGE, .len = 300 },
	[OP_WIDEN] = { .a.idx = PAGE },

	[OP_EXPECT] = { .a.idx = RESULT_CLASSES - 1, .a.off = 0xffff, .b.off = 0xffff },
	[OP_TURNS] = { .a = { RACE_TURNS_PER_OP, TURN, TURN_PAIR },
		       .b = { 0, TURN, TURN_PAIR }, .len = TURN_PAIR },
};
