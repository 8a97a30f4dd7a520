/*
 * table: a domain's grant table as the hypervisor sees it: size, pins, and the flags that it sets
 * in the shared entries (R506 to R513, R604, R804 to R813).
 *
 * An entry that is not pinned is read anew at its next use; a pinned one has latched its grantee
 * and frame.  Nothing happens between two accesses of one operation, so the retries of a real
 * hypervisor ("unstable" after five) cannot be seen.
 */
#include "arch/sim/machine.h"

void
table_list(struct table *t, grant_ref_t ref)
{
	if (!t->active[ref].listed) {
		t->active[ref].listed = true;
		t->listed[t->n_listed++] = ref;
	}
}

/* New frames are zero: every frame beyond nr_frames is. */
void
table_grow(struct arch *d, uint32_t nr_frames)
{
	struct table *t = &d->table;

	ARCH_ASSERT(nr_frames <= t->max_frames);
	while (t->nr_frames < nr_frames) {
		frame_table(d, t->nr_frames)->owner = d->index;
		t->gfn[t->nr_frames] = GFN_NONE;
		t->nr_frames++;
	}
}

static struct grant_entry_v1 *
shared_entry(const struct arch *d, grant_ref_t ref)
{
	return &d->table.shared[ref];
}

/*
 * R508, R806: set the flags that the use needs, if entry and grantee permit it.
 * Of an entry that is pinned already only readonly is looked at.
 */
static int16_t
flags_claim(struct arch *rd, const struct arch *ld, grant_ref_t ref, bool write, enum pin_use use)
{
	struct grant_entry_v1 *e = shared_entry(rd, ref);
	uint16_t mask = use == PIN_MAP ? GTF_type_mask | GTF_sub_page : GTF_type_mask;
	uint16_t flags = arch_load16(&e->flags);

	if (rd->table.active[ref].pins == 0 &&
	    ((flags & mask) != GTF_permit_access || e->domid != guest_domid(ld)))
		return GNTST_general_error;
	if (write && (flags & GTF_readonly))
		return GNTST_general_error;
	flags |= GTF_reading | (write ? GTF_writing : 0);
	arch_store16(&e->flags, flags);
	return GNTST_okay;
}

/* R604, R813: clear what the pins that are left do not justify. */
static void
flags_settle(struct arch *rd, grant_ref_t ref, bool wrote)
{
	struct grant_entry_v1 *e = shared_entry(rd, ref);
	uint32_t pins = rd->table.active[ref].pins;
	uint16_t clear = 0;

	if (wrote && !(pins & PIN_WRITERS))
		clear |= GTF_writing;
	if (pins == 0)
		clear |= GTF_reading;
	if (clear)
		arch_store16(&e->flags, arch_load16(&e->flags) & (uint16_t)~clear);
}

static void
latch(struct arch *rd, struct arch *ld, struct active *act, struct frame *f)
{
	frame_touch(rd->sim, f);
	f->latched++;
	act->frame = (uint16_t)frame_place(rd->sim, f);
	act->grantee = ld->index;
}

/*
 * The entry's frame: at the first pin, and for a copy also when it starts to write.  In that second
 * case the entry must still name the frame that is latched (R809, XSA-500).
 */
static int16_t
frame_claim(struct arch *rd, struct arch *ld, grant_ref_t ref, enum pin_use use)
{
	struct active *act = &rd->table.active[ref];
	struct frame *f;
	int16_t status;

	if (act->pins != 0 && use == PIN_MAP)
		return GNTST_okay;
	status = frame_lookup(rd, arch_load32(&shared_entry(rd, ref)->frame), &f);
	if (status != GNTST_okay)
		return status;
	if (act->pins == 0)
		latch(rd, ld, act, f);
	else if (act->frame != frame_place(rd->sim, f))
		return GNTST_general_error;
	return GNTST_okay;
}

/* R506 to R510, R804 to R810. */
int16_t
table_pin(struct arch *rd, struct arch *ld, grant_ref_t ref, uint32_t units, enum pin_use use)
{
	bool write = units & PIN_WRITERS;
	int16_t status = GNTST_okay;
	struct active *act;

	if (ref >= table_entries(&rd->table))
		return GNTST_bad_gntref;
	act = &rd->table.active[ref];
	if (act->pins != 0 &&
	    (act->grantee != ld->index || (act->pins & units << PIN_FULL_SHIFT)))
		return GNTST_general_error;
	if (act->pins == 0 || (write && !(act->pins & PIN_WRITERS))) {
		status = flags_claim(rd, ld, ref, write, use);
		if (status != GNTST_okay)
			return status;
		status = frame_claim(rd, ld, ref, use);
		if (status != GNTST_okay) {
			flags_settle(rd, ref, write);
			return status;
		}
	} else if (use == PIN_COPY && frame_at(rd->sim, act->frame)->owner != rd->index) {
		return GNTST_bad_domain;
	}
	act->pins += units;
	rd->sim->changes++;
	table_list(&rd->table, ref);
	return GNTST_okay;
}

void
table_unpin(struct arch *rd, grant_ref_t ref, uint32_t units, bool wrote)
{
	struct active *act = &rd->table.active[ref];

	ARCH_ASSERT(act->pins != 0);
	act->pins -= units;
	rd->sim->changes++;
	if (act->pins == 0)
		frame_at(rd->sim, act->frame)->latched--;
	flags_settle(rd, ref, wrote);
}

void
guest_scribbled(struct arch *a, grant_ref_t ref)
{
	struct table *t = &a->table;

	if (ref >= table_entries(t))
		return;
	table_list(t, ref);
	t->active[ref].scribbled = true;
	if (t->nr_dirty <= ref / GNTTAB_ENTRIES_PER_FRAME)
		t->nr_dirty = ref / GNTTAB_ENTRIES_PER_FRAME + 1;
}
