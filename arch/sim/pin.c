/*
 * pin: what holds a grant entry in use: its counters, and the flags that the hypervisor sets in the
 * shared entry for them (R506 to R510, R604, R804 to R813).
 *
 * The owner's CPUs store into the entry at any moment and ask nobody.  So flags and domid are read
 * and changed as one word, by compare-and-exchange, and the frame is read after them.  An entry
 * that is not pinned is read anew at its next use; a pinned one has latched its grantee and frame.
 * The flags are set before the first pin counts, and cleared after the last one is gone.
 *
 * All of it happens under the entry's own lock, which keeps the hypervisor's CPUs apart.
 */
#include "arch/sim/machine.h"

void
entry_lock(struct arch *rd, grant_ref_t ref)
{
	sim_lock(rd->sim, &rd->table.active[ref].lock);
}

void
entry_unlock(struct arch *rd, grant_ref_t ref)
{
	sim_unlock(rd->sim, &rd->table.active[ref].lock);
}

static struct grant_entry_v1 *
shared_entry(const struct arch *d, grant_ref_t ref)
{
	return &d->table.shared[ref];
}

/*
 * R508, R806: set the flags that the use needs, if entry and grantee permit it.
 * Of an entry that is pinned already only readonly is looked at.
 * An owner that keeps changing the word is given up on.
 */
static int16_t
flags_claim(struct arch *rd, const struct arch *ld, grant_ref_t ref, bool write, enum pin_use use)
{
	struct grant_entry_v1 *e = shared_entry(rd, ref);
	uint16_t mask = use == PIN_MAP ? GTF_type_mask | GTF_sub_page : GTF_type_mask;
	uint16_t set = GTF_reading | (write ? GTF_writing : 0);
	uint32_t word = sim_load32(&e->flags);

	for (unsigned int i = 0; i < CLAIM_TRIES; i++) {
		uint16_t flags = word_flags(word);
		uint32_t was;

		if (rd->table.active[ref].pins == 0 &&
		    ((flags & mask) != GTF_permit_access || word_domid(word) != guest_domid(ld)))
			return GNTST_general_error;
		if (write && (flags & GTF_readonly))
			return GNTST_general_error;
		was = sim_cmpxchg32(&e->flags, word, word | set);
		if (was == word)
			return GNTST_okay;
		word = was;
	}
	return GNTST_general_error;
}

/* R604, R813: clear what the pins that are left do not justify. */
static void
flags_settle(struct arch *rd, grant_ref_t ref, bool wrote)
{
	uint32_t pins = rd->table.active[ref].pins;
	uint16_t clear = 0;

	if (wrote && !(pins & PIN_WRITERS))
		clear |= GTF_writing;
	if (pins == 0)
		clear |= GTF_reading;
	if (clear)
		sim_and16(&shared_entry(rd, ref)->flags, (uint16_t)~clear);
}

static void
latch(struct arch *rd, struct arch *ld, struct active *act, struct frame *f, uint32_t number)
{
	frame_touch(rd->sim, f);
	f->latched++;
	act->number = number;
	act->frame = (uint16_t)frame_place(rd->sim, f);
	act->grantee = ld->index;
}

/*
 * The entry's frame: at the first pin, and for a copy also when it starts to write.  In that second
 * case the entry must still name the frame that is latched (R809, XSA-500).
 * *out is the frame, held; or NULL, where it was not looked up.
 */
static int16_t
frame_claim(struct arch *rd, struct arch *ld, grant_ref_t ref, enum pin_use use,
	    struct frame **out)
{
	struct active *act = &rd->table.active[ref];
	struct frame *f;
	uint32_t number;
	int16_t status;

	if (act->pins != 0 && use == PIN_MAP)
		return GNTST_okay;
	number = arch_load32(&shared_entry(rd, ref)->frame);
	status = frame_lookup(rd, number, &f);
	if (status != GNTST_okay)
		return status;
	if (act->pins == 0) {
		latch(rd, ld, act, f, number);
	} else if (act->frame != frame_place(rd->sim, f)) {
		frame_release(rd->sim, f);
		return GNTST_general_error;
	}
	*out = f;
	return GNTST_okay;
}

/* Under the entry's lock: whatever the next pin needs of entry and frame. */
static int16_t
entry_claim(struct arch *rd, struct arch *ld, grant_ref_t ref, uint32_t units, enum pin_use use,
	    struct frame **out)
{
	struct active *act = &rd->table.active[ref];
	bool write = units & PIN_WRITERS;
	int16_t status;

	if (act->pins != 0 &&
	    (act->grantee != ld->index || (act->pins & units << PIN_FULL_SHIFT)))
		return GNTST_general_error;
	if (act->pins == 0 || (write && !(act->pins & PIN_WRITERS))) {
		status = flags_claim(rd, ld, ref, write, use);
		if (status != GNTST_okay)
			return status;
		status = frame_claim(rd, ld, ref, use, out);
		if (status != GNTST_okay)
			flags_settle(rd, ref, write);
		return status;
	}
	if (use == PIN_MAP)
		return GNTST_okay;
	*out = frame_at(rd->sim, act->frame);
	return frame_hold(rd, *out) ? GNTST_okay : GNTST_bad_domain;
}

/*
 * R506 to R510, R804 to R810.  A page that was pinned before is held only after the lock is open
 * again, and may have changed its owner by then.
 */
int16_t
entry_pin(struct arch *rd, struct arch *ld, grant_ref_t ref, uint32_t units, enum pin_use use,
	  struct frame **out)
{
	struct active *act;
	int16_t status;

	*out = NULL;
	if (!table_has(rd, ref))
		return GNTST_bad_gntref;
	act = &rd->table.active[ref];
	entry_lock(rd, ref);
	status = entry_claim(rd, ld, ref, units, use, out);
	if (status == GNTST_okay) {
		act->pins += units;
		rd->sim->changes++;
		table_list(&rd->table, ref);
	}
	entry_unlock(rd, ref);
	if (status != GNTST_okay || *out)
		return status;
	*out = frame_at(rd->sim, act->frame);
	if (frame_hold(rd, *out))
		return GNTST_okay;
	entry_unpin(rd, ref, units, units & PIN_WRITERS);
	return GNTST_general_error;
}

void
entry_unpin(struct arch *rd, grant_ref_t ref, uint32_t units, bool wrote)
{
	struct active *act = &rd->table.active[ref];

	entry_lock(rd, ref);
	ARCH_ASSERT(act->pins != 0);
	act->pins -= units;
	rd->sim->changes++;
	if (act->pins == 0)
		frame_at(rd->sim, act->frame)->latched--;
	flags_settle(rd, ref, wrote);
	entry_unlock(rd, ref);
}
