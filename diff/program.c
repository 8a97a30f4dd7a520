/*
 * program: the byte form of programs, and what makes a program normal.
 *
 * program_op_max says of each kind which fields it uses and how far they go, as op_table.syntax
 * does in words: decoding is in the fuzzers' innermost loop and cannot read the words each time.  A
 * test (diff/test_text.c) holds the two tables together.
 *
 * Freestanding: no libc, no state.
 */
#include "arch/xen_abi.h"
#include "diff/program.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "operations are looked at as words");
_Static_assert(OP_KINDS <= 64, "a kind over MARK is a byte");
_Static_assert(DOM_CODES <= 16, "a domain has four bits of its byte");
_Static_assert(sizeof(struct program_header) == PROGRAM_FIELDS,
	       "a header is its fields and nothing else");

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
};

/* v by remainder in [0, max]; values in range, by far the most, cost no division. */
static inline unsigned int
reduce(unsigned int v, unsigned int max)
{
	return v <= max ? v : v % (max + 1);
}

static inline struct side
side_reduced(struct side s, struct side max)
{
	return (struct side){
		.dom = (uint8_t)reduce(s.dom, max.dom),
		.idx = (uint8_t)reduce(s.idx, max.idx),
		.off = (uint16_t)reduce(s.off, max.off),
	};
}

/* By value: sanitizers then check one load and one store, not one a field. */
static inline struct op
op_reduced(struct op o, unsigned int domains)
{
	struct op max;

	o.kind = (uint8_t)reduce(o.kind, OP_KINDS - 1);
	max = program_op_max[o.kind];
	return (struct op){
		.kind = o.kind,
		.actor = (uint8_t)reduce(o.actor, domains - 1),
		.flags = o.flags & max.flags,
		.a = side_reduced(o.a, max.a),
		.b = side_reduced(o.b, max.b),
		.len = (uint16_t)reduce(o.len, max.len),
	};
}

static void
expect_set_value(struct op *o, int32_t value)
{
	o->a.off = (uint16_t)((uint32_t)value & 0xffff);
	o->b.off = (uint16_t)((uint32_t)value >> 16);
}

/* Make e something that the operation `of` could answer, as far as its kind tells. */
static void
expect_reduce(struct op *e, const struct op *of)
{
	bool status = op_table[of->kind].result == 's';
	int32_t v = expect_value(e);

	e->actor = of->actor;
	if (e->a.idx == (status ? RESULT_VALUE : RESULT_STATUS))
		e->a.idx = status ? RESULT_STATUS : RESULT_VALUE;
	switch (e->a.idx) {
	case RESULT_STATUS:
		if (v > 0 || v < GNTST_no_space)
			v = -(int32_t)((uint32_t)v % (1 - GNTST_no_space));
		break;
	case RESULT_ERRNO:
		if (v >= 0 || v < -EXPECT_ERRNO_MAX)
			v = -1 - (int32_t)((uint32_t)v % EXPECT_ERRNO_MAX);
		break;
	case RESULT_SKIP:
		v = 0;
		break;
	}
	expect_set_value(e, v);
}

static void
header_reduce(struct program_header *h)
{
	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++) {
		const struct program_field *f = &program_fields[i];
		uint8_t *v = program_field(h, i);

		if (*v < f->low || *v > f->high)
			*v = (uint8_t)(f->low + *v % (f->high - f->low + 1));
	}
	if (h->frames > h->max_frames)
		h->frames = (uint8_t)(1 + (h->frames - 1) % h->max_frames);
}

/* Normalizing goes through a program once and remembers this much. */
struct cursor {
	struct op *last;	/* the last operation that is no OP_EXPECT */
	unsigned int batch;	/* members up to and with `last` of its batch */
	bool told;		/* `last` has its OP_EXPECT, or there is no `last` */
	unsigned int n;		/* operations kept */
};

static inline bool
joined(const struct cursor *c, const struct op *o)
{
	const struct op *last = c->last;

	return last != NULL && (last->flags & OP_JOIN) && last->kind == o->kind &&
	       last->actor == o->actor && c->batch < OP_BATCH_MAX;
}

/* Keep o, whose fields are in range, as *p's next operation; drop an OP_EXPECT out of place. */
static inline void
keep(struct cursor *c, struct program *p, struct op o)
{
	struct op *at = &p->ops[c->n];

	if (o.kind == OP_EXPECT) {
		if (c->told)
			return;
		expect_reduce(&o, c->last);
		c->told = true;
	} else {
		bool join = joined(c, &o);

		if (c->last != NULL && !join && (c->last->flags & OP_JOIN))
			c->last->flags &= (uint8_t)~OP_JOIN;
		c->batch = join ? c->batch + 1 : 1;
		c->last = at;
		c->told = false;
	}
	*at = o;
	c->n++;
}

static inline void
finish(struct cursor *c, struct program *p)
{
	if (c->last != NULL)
		c->last->flags &= (uint8_t)~OP_JOIN;
	p->n_ops = (uint16_t)c->n;
}

void
program_normalize(struct program *p)
{
	struct cursor c = { .told = true };

	header_reduce(&p->header);
	for (unsigned int i = 0; i < p->n_ops; i++)
		keep(&c, p, op_reduced(p->ops[i], p->header.domains));
	finish(&c, p);
}

/*
 * An operation's bytes: its kind, over MARK, begins it; what follows is below MARK, so that where
 * operations begin shows, whatever is put in or taken out before them.
 */
enum { MARK = 0xc0, DIGIT = MARK, DIGITS = DIGIT * DIGIT };

/* A number: two digits, low first, and one bit elsewhere, as two digits fall short of 16 bits. */
static inline uint16_t
number_decode(const uint8_t *b, unsigned int more)
{
	return (uint16_t)(b[0] + DIGIT * b[1] + DIGITS * more);
}

static inline unsigned int
number_encode(uint8_t *b, uint16_t v)
{
	b[0] = (uint8_t)(v % DIGIT);
	b[1] = (uint8_t)(v / DIGIT % DIGIT);
	return v / DIGITS;
}

static inline struct op
op_decode(const uint8_t *b)
{
	return (struct op){
		.kind = (uint8_t)(b[0] - MARK), .actor = b[1] >> 6, .flags = b[1] & 63,
		.a = { b[2] & 15, b[3], number_decode(b + 4, b[2] >> 4 & 1) },
		.b = { b[6] & 15, b[7], number_decode(b + 8, b[6] >> 4 & 1) },
		.len = number_decode(b + 10, b[6] >> 5 & 1),
	};
}

static inline void
op_encode(struct op o, uint8_t *b)
{
	b[0] = (uint8_t)(MARK + o.kind);
	b[1] = (uint8_t)(o.actor << 6 | o.flags);
	b[2] = (uint8_t)(o.a.dom | number_encode(b + 4, o.a.off) << 4);
	b[3] = o.a.idx;
	b[6] = (uint8_t)(o.b.dom | number_encode(b + 8, o.b.off) << 4 |
			 number_encode(b + 10, o.len) << 5);
	b[7] = o.b.idx;
}

/* Whether n_left bytes at b begin with one whole operation, and another or nothing follows. */
static inline bool
op_is_whole(const uint8_t *b, size_t n_left)
{
	uint64_t lo;
	uint32_t hi;

	if (n_left < OP_BYTES || (n_left > OP_BYTES && b[OP_BYTES] < MARK))
		return false;
	__builtin_memcpy(&lo, b, sizeof lo);
	__builtin_memcpy(&hi, b + sizeof lo, sizeof hi);
	/* MARK is the two high bits. */
	return (lo & lo << 1 & 0x8080808080808000) == 0 && (hi & hi << 1 & 0x80808080) == 0;
}

/*
 * The bytes of the operation that begins at b, which is MARK or over: themselves if they are all
 * there, else a copy in `whole`, with 0 for what is missing.  *n_used: from b to the next one.
 */
static inline const uint8_t *
op_bytes(const uint8_t *b, size_t n_left, uint8_t whole[OP_BYTES], size_t *n_used)
{
	size_t n = op_is_whole(b, n_left) ? OP_BYTES : 1;

	while (n < n_left && b[n] < MARK)
		n++;
	*n_used = n;
	if (n >= OP_BYTES)
		return b;
	for (size_t i = 0; i < OP_BYTES; i++)
		whole[i] = i < n ? b[i] : 0;
	return whole;
}

static void
header_decode(struct program_header *h, const uint8_t *bytes, size_t n_bytes)
{
	uint8_t b[PROGRAM_FIELDS];

	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++)
		b[i] = i < n_bytes ? bytes[i] : 0;
	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++) {
		const struct program_field *f = &program_fields[i];

		*program_field(h, i) = (uint8_t)(f->low + b[i] % (f->high - f->low + 1));
	}
	h->frames = (uint8_t)(1 + b[FIELD_FRAMES] % h->max_frames);
}

void
program_decode(struct program *p, const uint8_t *bytes, size_t n_bytes)
{
	struct cursor c = { .told = true };
	size_t at = PROGRAM_HEADER_BYTES, n;
	uint8_t whole[OP_BYTES];

	header_decode(&p->header, bytes, n_bytes);
	while (at < n_bytes && bytes[at] < MARK)
		at++;
	for (; at < n_bytes && c.n < PROGRAM_OPS_MAX; at += n) {
		const uint8_t *b = op_bytes(bytes + at, n_bytes - at, whole, &n);

		keep(&c, p, op_reduced(op_decode(b), p->header.domains));
	}
	finish(&c, p);
}

size_t
program_encode(const struct program *p, uint8_t *bytes)
{
	struct program_header h = p->header;

	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++)
		bytes[i] = (uint8_t)(*program_field(&h, i) - program_fields[i].low);
	for (unsigned int i = PROGRAM_FIELDS; i < PROGRAM_HEADER_BYTES; i++)
		bytes[i] = 0;
	for (unsigned int i = 0; i < p->n_ops; i++)
		op_encode(p->ops[i], bytes + PROGRAM_HEADER_BYTES + i * OP_BYTES);
	return PROGRAM_HEADER_BYTES + (size_t)p->n_ops * OP_BYTES;
}

static bool
side_same(const struct side *a, const struct side *b)
{
	return a->dom == b->dom && a->idx == b->idx && a->off == b->off;
}

static bool
op_same(const struct op *a, const struct op *b)
{
	return a->kind == b->kind && a->actor == b->actor && a->flags == b->flags &&
	       a->len == b->len && side_same(&a->a, &b->a) && side_same(&a->b, &b->b);
}

bool
program_same(const struct program *a, const struct program *b)
{
	struct program_header ha = a->header, hb = b->header;

	if (a->n_ops != b->n_ops)
		return false;
	for (unsigned int i = 0; i < PROGRAM_FIELDS; i++)
		if (*program_field(&ha, i) != *program_field(&hb, i))
			return false;
	for (unsigned int i = 0; i < a->n_ops; i++)
		if (!op_same(&a->ops[i], &b->ops[i]))
			return false;
	return true;
}
