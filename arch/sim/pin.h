/*
 * pin: an entry's pin counters, and what raises and lowers them.
 *
 * Four counters, a byte each, count host and device mappings, to write and to read; a copy counts
 * as a host mapping.  An entry is pinned while one of them is not 0.
 */
#ifndef PIN_H
#define PIN_H

#include "arch/arch.h"

struct arch;
struct frame;

/* Four pin counters in one word, a byte each; at most 128 in each. */
enum {
	PIN_HOST_WRITE = 1 << 0,
	PIN_HOST_READ = 1 << 8,
	PIN_DEV_WRITE = 1 << 16,
	PIN_DEV_READ = 1 << 24,
	PIN_WRITERS = 0x00ff00ff,
	PIN_FULL_SHIFT = 7,		/* from a counter's unit to its top bit */
};

/* The counters that a mapping of these GNTMAP_* raises, one each. */
static inline uint32_t
pin_units(uint32_t flags)
{
	bool readonly = flags & GNTMAP_readonly;
	uint32_t units = 0;

	if (flags & GNTMAP_host_map)
		units |= readonly ? PIN_HOST_READ : PIN_HOST_WRITE;
	if (flags & GNTMAP_device_map)
		units |= readonly ? (uint32_t)PIN_DEV_READ : PIN_DEV_WRITE;
	return units;
}

/* Whether a unit taken from each counter in `less` leaves none of `units` below 0. */
static inline bool
pins_cover(uint32_t units, uint32_t less)
{
	for (unsigned int shift = 0; shift < 32; shift += 8)
		if ((units >> shift & 0xff) < (less >> shift & 0xff))
			return false;
	return true;
}

/* The lock of an entry that the table has. */
void entry_lock(struct arch *rd, grant_ref_t ref);
void entry_unlock(struct arch *rd, grant_ref_t ref);

/* What a pin is for; the two differ in what they look at again (R508, R806 to R809). */
enum pin_use { PIN_MAP, PIN_COPY };

/*
 * Pin entry ref of rd for ld, adding `units` (PIN_*) to its counters.
 * Returns okay, and *out is the frame, latched and held (frame_release); or the status, and nothing
 * is changed, and *out is void.
 */
int16_t entry_pin(struct arch *rd, struct arch *ld, grant_ref_t ref, uint32_t units,
		  enum pin_use use, struct frame **out);

/* Take units back, and from the shared flags what the rest does not justify (R604, R813). */
void entry_unpin(struct arch *rd, grant_ref_t ref, uint32_t units, bool wrote);

/* How often an entry that changes meanwhile is tried again: five attempts in all. */
enum { CLAIM_TRIES = 5 };

/* Flags and domid of an entry, which the hypervisor handles as one word. */
static inline uint16_t
word_flags(uint32_t word)
{
	return (uint16_t)word;
}

static inline domid_t
word_domid(uint32_t word)
{
	return (domid_t)(word >> 16);
}

#endif
