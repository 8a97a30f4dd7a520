/*
 * corpus_cover: what programs cover, by the engine's target, and which few cover it.
 */
#ifndef CORPUS_COVER_H
#define CORPUS_COVER_H

#include "fuzz/corpus_list.h"

/* What a run of the target covered; a feature is an edge of the code or a cell. */
struct covered {
	unsigned long edges, features;
};

/*
 * Add to `chosen', which is empty, programs of `more' that with those of `have' cover all that both
 * lists do; in order.  *before and *after are what is covered with all and with the chosen.  Exits
 * if the target fails, or stop_asked.  Pre: no program makes it abort.
 */
void cover_choose(struct list *chosen, const struct list *have, const struct list *more,
		  struct covered *before, struct covered *after);

#endif
