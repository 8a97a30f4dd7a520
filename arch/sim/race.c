/* race: see race.h.  Branches go one after the other; no race is ever on. */
#include <stdlib.h>

#include "arch/sim/machine.h"
#include "arch/sim/race.h"

struct race *sim_racing;

void
guest_at_once(struct arch *const actor[], unsigned int n, void (*run)(void *ctx, unsigned int i),
	      void *ctx, const struct guest_turns *turns)
{
	(void)actor;
	(void)turns;
	for (unsigned int i = 0; i < n; i++)
		run(ctx, i);
}

uint32_t race_load(const void *p, unsigned int size, enum sim_order order) { (void)p; (void)size; (void)order; abort(); }
void race_store(void *p, unsigned int size, uint32_t v, enum sim_order order) { (void)p; (void)size; (void)v; (void)order; abort(); }
uint32_t race_cmpxchg(void *p, unsigned int size, uint32_t want, uint32_t v) { (void)p; (void)size; (void)want; (void)v; abort(); }
uint32_t race_and(void *p, unsigned int size, uint32_t mask) { (void)p; (void)size; (void)mask; abort(); }
void race_relax(void) { abort(); }
void race_fence(void) { abort(); }
void race_wrote(const void *p, unsigned int size) { (void)p; (void)size; abort(); }
void race_step(const void *object, enum sim_access access) { (void)object; (void)access; abort(); }
void race_lock(struct sim_lock *l, bool shared) { (void)l; (void)shared; abort(); }
void race_unlock(struct sim_lock *l, bool shared) { (void)l; (void)shared; abort(); }
void sim_race_set(struct sim *s, const struct race_control *c) { (void)s; (void)c; }
const struct race_result *sim_race_result(const struct sim *s) { (void)s; return NULL; }
