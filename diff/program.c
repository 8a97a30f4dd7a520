/*
 * program: the byte form of programs, and what makes a program normal.
 *
 * Freestanding: no libc, no state.
 */
#include "arch/xen_abi.h"
#include "diff/program_internal.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "operations are looked at as words");
_Static_assert(OP_KINDS <= 64 && DOM_CODES <= 16, "kinds and domains fit their bits");
_Static_assert(sizeof(struct program_header) == PROGRAM_FIELDS,
	       "a header is its fields and nothing else");

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

/* Keep an answer as *p's next operation; drop it where it is out of place. */
static inline void
keep_expect(struct cursor *c, struct program *p, struct op o)
{
	if (c->told)
		return;
	expect_reduce(&o, c->last);
	c->told = true;
	p->ops[c->n++] = o;
}

/* Keep o, whose fields are in range and which is no mark, as *p's next operation. */
static inline void
keep(struct cursor *c, struct program *p, struct op o)
{
	bool join;

	if (o.kind == OP_EXPECT) {
		keep_expect(c, p, o);
		return;
	}
	join = cursor_joins(c, &o);
	if (c->last != NULL && !join && (c->last->flags & OP_JOIN))
		c->last->flags &= (uint8_t)~OP_JOIN;
	c->batch = join ? c->batch + 1 : 1;
	c->last = &p->ops[c->n];
	c->told = false;
	p->ops[c->n++] = o;
}

/* The same of any operation; c->race counts. */
static void
keep_any(struct cursor *c, struct program *p, struct op o)
{
	if (op_is_mark(o.kind)) {
		program_keep_mark(c, p, &o);
		return;
	}
	if (c->race.open && o.kind != OP_EXPECT)
		program_fit_race(c, p, &o);
	keep(c, p, o);
}

static inline void
finish(struct cursor *c, struct program *p)
{
	if (c->last != NULL)
		c->last->flags &= (uint8_t)~OP_JOIN;
	p->n_ops = (uint16_t)c->n;
}

/* From operation i on, which is a mark of a race.  A function of its own: see program_decode. */
static __attribute__((noinline)) void
normalize_rest(struct cursor c, struct program *p, unsigned int i)
{
	for (; i < p->n_ops; i++)
		keep_any(&c, p, op_reduced(p->ops[i], p->header.domains));
	program_end_race(&c, p);
	finish(&c, p);
}

void
program_normalize(struct program *p)
{
	struct cursor c = { .told = true };

	header_reduce(&p->header);
	for (unsigned int i = 0; i < p->n_ops; i++) {
		struct op o = op_reduced(p->ops[i], p->header.domains);

		if (op_is_mark(o.kind)) {
			normalize_rest(c, p, i);
			return;
		}
		keep(&c, p, o);
	}
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

/* Whether the n_left bytes at b begin with a whole operation, and another or none follows. */
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
 * The bytes of the operation that begins at b, all OP_BYTES: themselves, or a copy in `whole` with
 * 0 for what is missing.  *n_used: from b to the next one.
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

/* From the byte at `at' on, where a mark of a race begins. */
static __attribute__((noinline)) void
decode_rest(struct cursor c, struct program *p, const uint8_t *bytes, size_t at, size_t n_bytes)
{
	uint8_t whole[OP_BYTES];
	size_t n;

	for (; at < n_bytes && c.n < PROGRAM_OPS_MAX; at += n) {
		const uint8_t *b = op_bytes(bytes + at, n_bytes - at, whole, &n);

		keep_any(&c, p, op_reduced(op_decode(b), p->header.domains));
	}
	program_end_race(&c, p);
	finish(&c, p);
}

/*
 * Without races, the rule, the cursor's address is known to nobody and it stays in registers: with
 * the first mark a copy goes on elsewhere.
 */
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
		struct op o = op_reduced(op_decode(b), p->header.domains);

		if (op_is_mark(o.kind)) {
			decode_rest(c, p, bytes, at, n_bytes);
			return;
		}
		keep(&c, p, o);
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
