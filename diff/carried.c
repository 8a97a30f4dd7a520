/* carried: the place in the guest's image.  It links into no host program. */
#include "diff/carried.h"

__attribute__((section(".carried"), used)) static const struct carried place = {
	.mark = { 'g', 'n', 't', 'f', 'u', 'z', 'z', ' ', 'c', 'a', 'r', 'r', 'i', 'e', 's', ':' },
};

const struct carried *
carried(void)
{
	const struct carried *c = &place;

	/* What the compiler sees there is not what a copy of the image has. */
	__asm__ volatile("" : "+r"(c));
	return c->full ? c : NULL;
}
