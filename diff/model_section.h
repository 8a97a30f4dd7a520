/*
 * model_section: how the model's operations are cut for races (spec.md 12xx): what they call where
 * others may go on, at locks, and when a CPU stores.  Outside a race none of it does anything but
 * store.  A part of model_internal.h.
 */
#ifndef MODEL_SECTION_H
#define MODEL_SECTION_H

/* Mappings' names, windows and chains that are an earlier branch's, a bit each. */
struct model_claimed {
	uint8_t maps, windows, chains;
};

/* What a CPU stores: to an entry, with flags after all before them; two bytes; a lock, likewise. */
enum store_to {
	STORE_FRAME, STORE_DOMID, STORE_FLAGS_PLAIN, STORE_FLAGS, STORE_BYTES, STORE_UNLOCK,
};

struct model_store {
	enum store_to to;
	uint8_t page, id;		/* STORE_BYTES; place among those that wait */
	uint16_t off, value;
	struct ref *e;
	bool *lock;
};

/* What a race holds for an operation until it is over: the page that was parked, what arrived. */
struct model_held {
	uint16_t at;
	uint16_t what;			/* page + 1, or a frame's name; 0 none */
};

/* What the running branch may not name; nothing outside a race. */
struct model_claimed branch_claimed(const struct model *m);

/* What a race holds for w's operation, or NULL. */
struct model_held *branch_held(const struct now *w);

/* What the functions below are while a race is on. */
void section_cut(struct model *m, const void *object, bool looks);
void section_lock(struct model *m, bool *lock, const void *object);
bool section_wait(struct model *m, const struct ref *e);
bool section_is_restless(const struct model *m);
void section_flush(struct model *m, const uint8_t *accesses);
unsigned int section_choose(struct model *m, unsigned int n);
void section_store(struct model *m, const struct model_store *s);
void section_fence(struct model *m);

/* The branch's later loads are later than now. */
void section_acquire(struct model *m);

/* Two bytes of a page, as a load of the running branch may find them (R1216). */
uint16_t section_load(struct model *m, unsigned int page, unsigned int off);

/* Note that bytes of a page are being stored; off WRITTEN_ALL: many. */
void section_wrote(struct model *m, unsigned int branch, unsigned int page, unsigned int off);

/* Let a store take place. */
void store_apply(struct model *m, const struct model_store *s);

static inline void
entry_store(struct ref *e, enum store_to to, uint16_t value)
{
	if (to == STORE_FRAME)
		e->frame = value;
	else if (to == STORE_DOMID)
		e->domid = value;
	else
		e->flags = value;
}

/*
 * A cut: others may go on here (spec.md 12xx).  What comes next, to the next cut, is one step to
 * them; it changes, or only looks at, no more than `object' and what a lock protects that is held.
 * NULL is everything.  Nothing outside a race.
 */
static inline void
model_cut(struct model *m, const void *object)
{
	if (__builtin_expect(m->racing, 0))
		section_cut(m, object, false);
}

static inline void
model_look(struct model *m, const void *object)
{
	if (__builtin_expect(m->racing, 0))
		section_cut(m, object, true);
}

/* The same, and in a race take a lock of `object', which others then have to wait for. */
static inline void
model_lock(struct model *m, bool *lock, const void *object)
{
	if (__builtin_expect(m->racing, 0))
		section_lock(m, lock, object);
}

/* Go on when none of so many accesses is under way any more: no CPU reaches what was unmapped. */
static inline void
model_flush(struct model *m, const uint8_t *accesses)
{
	if (__builtin_expect(m->racing, 0))
		section_flush(m, accesses);
}

static inline void
model_acquire(struct model *m)
{
	if (__builtin_expect(m->racing, 0))
		section_acquire(m);
}

/* One of n outcomes, below n, where the hypervisor may do either; 0 outside a race. */
static inline unsigned int
model_choose(struct model *m, unsigned int n)
{
	return m->racing && n > 1 ? section_choose(m, n) : 0;
}

/* A cut that matters only if others change an entry again and again (R1205). */
static inline void
model_cut_if_restless(struct model *m, const void *object)
{
	if (__builtin_expect(m->racing, 0) && section_is_restless(m))
		section_cut(m, object, false);
}

/*
 * Wait until the flags of e are others, which it then goes on with at once.  False: nobody will
 * change them.
 */
static inline bool
model_wait(struct model *m, const struct ref *e)
{
	return m->racing && section_wait(m, e);
}

static inline void
model_unlock(struct model *m, bool *lock)
{
	if (__builtin_expect(m->racing, 0))
		section_store(m, &(struct model_store){ .to = STORE_UNLOCK, .lock = lock });
	else
		*lock = false;
}

/*
 * A CPU stores into an entry: a section, or in a race something that others see later (R1213).
 * Release: after all it stored before.
 */
static inline void
model_store(struct model *m, enum store_to to, struct ref *e, uint16_t value)
{
	if (__builtin_expect(m->racing, 0))
		section_store(m, &(struct model_store){ .to = to, .e = e, .value = value });
	else
		entry_store(e, to, value);
}

/* What this CPU has stored is seen by all. */
static inline void
model_fence(struct model *m)
{
	if (__builtin_expect(m->racing, 0))
		section_fence(m);
}

/* A function of the domain's core begins, ends: in a race they exclude each other (R1202). */
static inline void
core_lock(const struct now *w)
{
	model_lock(w->m, &w->d->locked, &w->d->locked);
}

static inline void
core_unlock(const struct now *w)
{
	model_unlock(w->m, &w->d->locked);
}

/* What follows, to the next cut, is all that a function of the domain's core does. */
static inline void
core_section(const struct now *w)
{
	core_lock(w);
	core_unlock(w);
}

#endif
