/*
 * exchange: what an AFL++ instance leaves in its folder, brought to where libFuzzer and we look.
 *
 * Inputs that it made go to DIR/TARGET, which a running libFuzzer reads again and again; those
 * that it had from others are left.  Crashes and hangs move to DIR/findings.  Names are made of
 * contents, so that doing it again, after a kill say, changes nothing.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

struct exchange {
	uint64_t seen;   /* inputs of the instance that need not be looked at again */
	uint64_t inputs; /* that it has */
	uint64_t runs;   /* at least; AFL++ tells the number at each find */
};

/*
 * Bring home what is new in `instance' (its folder).  Returns how many crashes and hangs there
 * were; *given grows by the inputs that libFuzzer did not have.  What cannot be read or written
 * now is left for the next time.
 */
unsigned int exchange_take(struct exchange *x, uint64_t *given, const char *instance,
			   const char *campaign_folder, const char *target);

/* Inputs in DIR/TARGET that came from AFL++, and those of AFL++'s that came from there. */
uint64_t exchange_given(const char *campaign_folder, const char *target);
uint64_t exchange_taken(const char *campaign_folder, const char *target);

#endif
