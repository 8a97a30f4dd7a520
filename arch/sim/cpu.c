/* cpu: see cpu.h. */
#include <string.h>

#include "arch/sim/cpu.h"

void
memory_start(struct memory *m, bool arm)
{
	m->arm = arm;
	m->now = 0;
}

void
cpu_start(struct cpu *c, struct memory *m)
{
	c->memory = m;
	c->n_stores = c->n_seen = 0;
	c->floor = 0;
}

static bool
overlap(const void *p, uint32_t size, const void *q, uint32_t size_q)
{
	return (uintptr_t)p < (uintptr_t)q + size_q && (uintptr_t)q < (uintptr_t)p + size;
}

/* ------------------------------------------------------------------ writes */

static struct write *
write_at(const struct memory *m, uint32_t time)
{
	return (struct write *)&m->history[(time - 1) % HISTORY_MAX];
}

/* The oldest write that is still known; 1 if there was none. */
static uint32_t
oldest(const struct memory *m)
{
	return m->now > HISTORY_MAX ? m->now - HISTORY_MAX + 1 : 1;
}

void
memory_wrote(struct memory *m, const void *p, uint32_t size)
{
	struct write *w = write_at(m, ++m->now);

	w->p = p;
	w->size = size;
	if (size <= sizeof w->old)
		memcpy(w->old, p, size);
}

/* The last of the first `time` writes that overlaps; if none does, the one before those known. */
static uint32_t
last_write(const struct memory *m, const void *p, unsigned int size, uint32_t time)
{
	uint32_t first = oldest(m);

	for (uint32_t t = time; t >= first; t--)
		if (overlap(write_at(m, t)->p, write_at(m, t)->size, p, size))
			return t;
	return first - 1;
}

bool
memory_changed(const struct memory *m, const void *p, unsigned int size, uint32_t time)
{
	return last_write(m, p, size, m->now) > time || time + HISTORY_MAX < m->now;
}

/* ------------------------------------------------------------------ what a CPU has seen */

static uint32_t
seen_there(const struct cpu *c, const void *p, unsigned int size)
{
	uint32_t time = c->floor;

	for (unsigned int i = 0; i < c->n_seen; i++)
		if (c->seen[i].time > time && c->seen[i].p - (uintptr_t)p < size)
			time = c->seen[i].time;
	return time;
}

/* Without room it has seen all: that only makes it see more than it must. */
static void
note_seen(struct cpu *c, const void *p, unsigned int size, uint32_t time)
{
	if (!c->memory->arm)
		return;
	for (unsigned int at = 0; at < size; at += 2) {
		unsigned int i = 0;

		while (i < c->n_seen && c->seen[i].p != (uintptr_t)p + at)
			i++;
		if (i == SEEN_MAX) {
			cpu_fence(c);
			return;
		}
		if (i == c->n_seen)
			c->seen[c->n_seen++] = (struct seen){.p = (uintptr_t)p + at};
		if (time > c->seen[i].time)
			c->seen[i].time = time;
	}
}

void
cpu_catch_up(struct cpu *c, const void *p, unsigned int size)
{
	note_seen(c, p, size, c->memory->now);
}

void
cpu_fence(struct cpu *c)
{
	c->floor = c->memory->now;
	c->n_seen = 0;
}

/* ------------------------------------------------------------------ loads */

static bool
forwards(const struct cpu *c, const void *p, unsigned int size)
{
	for (unsigned int i = 0; i < c->n_stores; i++)
		if (overlap(c->store[i].p, c->store[i].size, p, size))
			return true;
	return false;
}

unsigned int
cpu_stale_max(const struct cpu *c, const void *p, unsigned int size)
{
	const struct memory *m = c->memory;
	uint32_t at_least;
	unsigned int n = 0;

	if (!m->arm || m->now == c->floor || forwards(c, p, size))
		return 0;
	at_least = seen_there(c, p, size);
	if (at_least < oldest(m) - 1)
		at_least = oldest(m) - 1;
	for (uint32_t t = m->now; t > at_least && n < TURN_STALE_MAX; t--) {
		const struct write *w = write_at(m, t);

		if (!overlap(w->p, w->size, p, size))
			continue;
		if (w->size > sizeof w->old)
			break;
		n++;
	}
	return n;
}

/* Put the bytes that a write or a store gives into what is loaded. */
static void
overlay(uint8_t *v, const void *p, unsigned int size, const uint8_t *from, const void *q,
	unsigned int size_q)
{
	for (unsigned int i = 0; i < size; i++) {
		uintptr_t at = (uintptr_t)p + i - (uintptr_t)q;

		if (at < size_q)
			v[i] = from[at];
	}
}

/* Undo the last `stale` writes there.  Returns how many writes the value is after. */
static uint32_t
look_back(const struct memory *m, uint8_t *v, const void *p, unsigned int size,
	  unsigned int stale)
{
	uint32_t t = m->now;

	for (; stale > 0; t--) {
		const struct write *w = write_at(m, t);

		if (!overlap(w->p, w->size, p, size))
			continue;
		overlay(v, p, size, w->old, w->p, w->size);
		stale--;
	}
	return t;
}

static uint32_t
value_of(const uint8_t *v, unsigned int size)
{
	uint16_t half;
	uint32_t word;

	if (size == sizeof half) {
		memcpy(&half, v, sizeof half);
		return half;
	}
	memcpy(&word, v, sizeof word);
	return word;
}

static void
value_put(uint8_t *to, unsigned int size, uint32_t v)
{
	uint16_t half = (uint16_t)v;

	memcpy(to, size == sizeof half ? (const void *)&half : &v, size);
}

uint32_t
cpu_load(struct cpu *c, const void *p, unsigned int size, bool acquire, unsigned int stale)
{
	uint8_t v[4], waiting[4];
	uint32_t time;

	memcpy(v, p, size);
	if (c->memory->arm) {
		time = look_back(c->memory, v, p, size, stale);
		time = last_write(c->memory, p, size, time);
		note_seen(c, p, size, time);
		if (acquire && time > c->floor)
			c->floor = time;
	}
	for (unsigned int i = 0; i < c->n_stores; i++) {
		value_put(waiting, c->store[i].size, c->store[i].v);
		overlay(v, p, size, waiting, c->store[i].p, c->store[i].size);
	}
	return value_of(v, size);
}

/* ------------------------------------------------------------------ stores */

static bool
is_unlock(const struct store *s)
{
	return s->kind == STORE_UNLOCK || s->kind == STORE_UNLOCK_SHARED;
}

static void
unlock(const struct store *s)
{
	struct sim_lock *l = s->p;

	if (s->kind == STORE_UNLOCK)
		l->writer = 0;
	else
		l->readers--;
}

static void
remove_at(struct cpu *c, unsigned int i)
{
	c->n_stores--;
	memmove(&c->store[i], &c->store[i + 1], (c->n_stores - i) * sizeof c->store[0]);
}

/*
 * That a lock is free later than it could be only keeps others from what they could do later as
 * well: so an unlock that waits for no other store waits for no turn.
 */
static void
unlock_oldest(struct cpu *c)
{
	while (c->n_stores > 0 && is_unlock(&c->store[0])) {
		unlock(&c->store[0]);
		remove_at(c, 0);
	}
}

void
cpu_store(struct cpu *c, struct store s)
{
	ARCH_ASSERT(c->n_stores < TURN_STORES_MAX + (is_unlock(&s) ? UNLOCKS_MAX : 0u));
	c->store[c->n_stores++] = s;
	unlock_oldest(c);
}

bool
cpu_can_drain(const struct cpu *c, unsigned int i)
{
	const struct store *s = &c->store[i];

	if (i == 0)
		return c->n_stores > 0;
	if (i >= c->n_stores || !c->memory->arm || s->kind != STORE_PLAIN)
		return false;
	for (unsigned int k = 0; k < i; k++)
		if (overlap(c->store[k].p, c->store[k].size, s->p, s->size))
			return false;
	return true;
}

void
cpu_drain(struct cpu *c, unsigned int i)
{
	struct store s = c->store[i];

	ARCH_ASSERT(cpu_can_drain(c, i));
	remove_at(c, i);
	memory_wrote(c->memory, s.p, s.size);
	value_put(s.p, s.size, s.v);
	note_seen(c, s.p, s.size, c->memory->now);
	unlock_oldest(c);
}

void
cpu_give_up(struct cpu *c)
{
	for (unsigned int i = 0; i < c->n_stores; i++)
		if (is_unlock(&c->store[i]))
			unlock(&c->store[i]);
	c->n_stores = 0;
}

uint32_t
cpu_exchange(struct cpu *c, void *p, unsigned int size, uint32_t v)
{
	uint32_t was = value_of(p, size);

	ARCH_ASSERT(c->n_stores == 0);
	if (v != was) {
		memory_wrote(c->memory, p, size);
		value_put(p, size, v);
	}
	cpu_fence(c);
	return was;
}
