/*
 * frame: the machine's memory, a page each: contents, owner, and how often it is in use.
 *
 * Machine numbers are scattered over a range by an odd multiplier, so that neighbours in a program
 * are no neighbours in the machine; the multiplier's inverse finds the frame of a number.
 * A frame that differs from its start is in sim.touched; only those are reset.
 */
#include <string.h>

#include "arch/sim/machine.h"

enum {
	SCATTER = 45,			/* odd, so it has an inverse modulo 2^32 */
	SCATTER_OFFSET = 11,
};
#define SCATTER_INVERSE 0xa4fa4fa5u

_Static_assert((uint32_t)(SCATTER * SCATTER_INVERSE) == 1, "the inverse of SCATTER");

static uint64_t
mfn_of_place(const struct sim *s, uint32_t place)
{
	return MFN_0 + ((place * SCATTER + SCATTER_OFFSET) & s->mfn_mask);
}

/*
 * What a frame is when a program starts, but for its contents.  A slot that a program leaves empty
 * has a page all the same, which nobody can name.
 */
static void
frame_home(struct sim *s, uint32_t place)
{
	struct frame *f = &s->frames[place];

	*f = (struct frame){
		.bytes = s->memory + (size_t)place * XEN_PAGE_SIZE,
		.mfn = mfn_of_place(s, place),
		.owner = NOBODY,
		.slot = NOBODY,
	};
	if (place < FRAME_L1_0) {
		f->owner = f->pattern_dom = (uint8_t)(place / DATA_FRAMES);
		f->pattern_slot = (uint8_t)(place % DATA_FRAMES);
		f->slot = f->pattern_slot < SLOTS ? f->pattern_slot : NOBODY;
	} else if (place < FRAME_UNOWNED) {
		f->owner = (uint8_t)((place - FRAME_L1_0) % DOMAINS);
		f->kind = FRAME_PAGE_TABLE;
	} else if (place >= FRAME_TABLE_0) {
		f->kind = FRAME_TABLE;
	}
}

static void
pristine_fill(uint8_t *bytes, unsigned int dom, unsigned int slot)
{
	for (unsigned int off = 0; off < XEN_PAGE_SIZE; off++)
		bytes[off] = guest_page_pattern(dom, slot, off);
}

void
frames_init(struct sim *s)
{
	for (uint32_t place = 0; place < s->n_frames; place++)
		frame_home(s, place);
	for (uint32_t place = 0; place < FRAME_L1_0; place++)
		pristine_fill(s->pristine + (size_t)place * XEN_PAGE_SIZE, place / DATA_FRAMES,
			      place % DATA_FRAMES);
	memcpy(s->memory, s->pristine, (size_t)FRAME_L1_0 * XEN_PAGE_SIZE);
}

/* Tables are cleared by table_reset; FRAME_LOW is filled whole when it is used. */
static void
contents_reset(struct sim *s, uint32_t place)
{
	struct frame *f = &s->frames[place];

	if (place < FRAME_L1_0 && f->lo < f->hi)
		memcpy(f->bytes + f->lo, s->pristine + (size_t)place * XEN_PAGE_SIZE + f->lo,
		       (size_t)(f->hi - f->lo));
}

void
frames_reset(struct sim *s)
{
	while (s->n_touched > 0) {
		uint16_t place = s->touched[--s->n_touched];

		contents_reset(s, place);
		frame_home(s, place);
	}
}

struct frame *
frame_by_mfn(const struct sim *s, uint64_t mfn)
{
	uint64_t low = mfn & ~MFN_WIDE;
	uint32_t place;
	struct frame *f;

	if (low < MFN_0 || low > MFN_0 + s->mfn_mask)
		return NULL;
	place = (((uint32_t)(low - MFN_0) - SCATTER_OFFSET) * SCATTER_INVERSE) & s->mfn_mask;
	f = place < s->n_frames ? &s->frames[place] : &s->frames[FRAME_UNOWNED];
	return f->mfn == mfn ? f : &s->frames[FRAME_UNOWNED];
}

struct frame *
frame_of_guest(const struct arch *d, uint64_t number)
{
	return d->translated ? hvm_frame(d, number) : frame_by_mfn(d->sim, number);
}

static void
hold(struct sim *s, struct frame *f)
{
	frame_touch(s, f);
	f->held++;
}

/* R509 and R510, R807 and R808.  Only ordinary pages are ever paged out. */
int16_t
frame_lookup(struct arch *d, uint64_t number, struct frame **out)
{
	struct frame *f;

	sim_step(d->sim, PAGES(d->sim), SIM_WRITE);
	f = frame_of_guest(d, number);
	if (!f || f->owner != d->index)
		return GNTST_bad_page;
	if (f->eagain > 0) {
		f->eagain--;
		return GNTST_eagain;
	}
	hold(d->sim, f);
	*out = f;
	return GNTST_okay;
}

bool
frame_hold(const struct arch *owner, struct frame *f)
{
	sim_step(owner->sim, PAGES(owner->sim), SIM_WRITE);
	if (f->owner != owner->index)
		return false;
	hold(owner->sim, f);
	return true;
}

bool
frame_hold_any(struct sim *s, struct frame *f)
{
	sim_step(s, PAGES(s), SIM_WRITE);
	if (f->owner == NOBODY)
		return false;
	hold(s, f);
	return true;
}

void
frame_release(struct sim *s, struct frame *f)
{
	sim_step(s, PAGES(s), SIM_WRITE);
	ARCH_ASSERT(f->held > 0);
	f->held--;
}

/*
 * Whether a writable mapping counts for the page's type.  It does not for a PV guest's mapping of a
 * translated guest's page, whose type nobody relies on.
 */
static bool
counts_type(const struct arch *mapper, const struct frame *f)
{
	return f->owner == mapper->index || !mapper->sim->domain[f->owner].translated;
}

void
frame_get(const struct arch *mapper, struct frame *f, bool writable)
{
	frame_touch(mapper->sim, f);
	mapper->sim->changes++;
	f->refs++;
	f->writers += writable && counts_type(mapper, f);
}

/* A page that is in use keeps its owner, so the type is given back as it was taken. */
void
frame_put(const struct arch *mapper, struct frame *f, bool writable)
{
	ARCH_ASSERT(f->refs > 0);
	mapper->sim->changes++;
	f->refs--;
	if (writable && counts_type(mapper, f)) {
		ARCH_ASSERT(f->writers > 0);
		f->writers--;
	}
}

/* Somebody wrote [off, end) of a frame of a table, without being its owner's core. */
static void
table_scribble(struct sim *s, const struct frame *f, unsigned int off, unsigned int end)
{
	unsigned int nr = frame_place(s, f) - FRAME_TABLE_0, max = s->table_frames_max;

	for (unsigned int e = off / sizeof(struct grant_entry_v1);
	     e * sizeof(struct grant_entry_v1) < end; e++)
		guest_scribbled(&s->domain[nr / max], nr % max * GNTTAB_ENTRIES_PER_FRAME + e);
}

void
frame_written(struct sim *s, struct frame *f, unsigned int off, unsigned int len)
{
	ARCH_ASSERT(off + len <= XEN_PAGE_SIZE);
	frame_touch(s, f);
	if (f->lo == f->hi) {
		f->lo = (uint16_t)off;
		f->hi = (uint16_t)(off + len);
	} else {
		f->lo = off < f->lo ? (uint16_t)off : f->lo;
		f->hi = off + len > f->hi ? (uint16_t)(off + len) : f->hi;
	}
	if (f->kind == FRAME_TABLE)
		table_scribble(s, f, off, off + len);
}

void
frame_write(struct sim *s, struct frame *f, unsigned int off, const void *bytes, unsigned int len)
{
	if (len == 0)
		return;
	/* Source and destination may be one page: the result is then undefined, but not the act. */
	frame_written(s, f, off, len);
	memmove(f->bytes + off, bytes, len);
}
