/* mutate_header: the world that a random program starts in: mostly the usual one. */
#include "fuzz/mutate.h"

/* One header in that many has any value there, the rest the usual one. */
static const uint8_t any_one_in[PROGRAM_FIELDS] = {
	[FIELD_PAGES] = 4, [FIELD_FRAMES] = 6, [FIELD_MAX_FRAMES] = 2, [FIELD_MAPTRACK] = 6,
	[FIELD_HVM] = 2, [FIELD_SILO] = 4, [FIELD_NO_TRANSFER] = 16, [FIELD_ROOM] = 4,
};

void
mutate_header(struct rng *r, struct program_header *h)
{
	*h = program_header_default;
	h->domains = (uint8_t)(rng_below(r, 8) == 0 ? 1 : 2 + rng_below(r, 2));
	for (unsigned int i = FIELD_PAGES; i < FIELD_ARM; i++) {
		unsigned int low = program_fields[i].low, high = program_fields[i].high;

		if (rng_below(r, any_one_in[i]) == 0)
			*program_field(h, i) = (uint8_t)(low + rng_below(r, high - low + 1));
	}
	if (h->frames > h->max_frames)
		h->frames = h->max_frames;
}
