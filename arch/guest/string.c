/*
 * string: the four functions that compilers call behind our back in a freestanding program.
 *
 * Eight bytes at a time: under emulation a byte costs as much as a word.
 */
#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

/* Keeps a compiler from recognising the loop around it and calling the very function it is in. */
#define OPAQUE(p) __asm__ volatile("" : "+r"(p))

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	for (; n >= 32; n -= 32, d += 32, s += 32) {
		OPAQUE(d);
		((word *)d)[0] = ((const word *)s)[0];
		((word *)d)[1] = ((const word *)s)[1];
		((word *)d)[2] = ((const word *)s)[2];
		((word *)d)[3] = ((const word *)s)[3];
	}
	for (; n > 0; n--) {
		OPAQUE(d);
		*d++ = *s++;
	}
	return to;
}

void *
memmove(void *to, const void *from, size_t n)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	if (d <= s || d >= s + n) {
		for (; n > 0; n--) {
			OPAQUE(d);
			*d++ = *s++;
		}
	} else {
		for (; n > 0; n--) {
			OPAQUE(d);
			d[n - 1] = s[n - 1];
		}
	}
	return to;
}

void *
memset(void *to, int byte, size_t n)
{
	uint8_t *d = to;
	uint64_t w = (uint8_t)byte * 0x0101010101010101u;

	for (; n >= 64; n -= 64, d += 64) {
		OPAQUE(d);
		((word *)d)[0] = w;
		((word *)d)[1] = w;
		((word *)d)[2] = w;
		((word *)d)[3] = w;
		((word *)d)[4] = w;
		((word *)d)[5] = w;
		((word *)d)[6] = w;
		((word *)d)[7] = w;
	}
	for (; n > 0; n--) {
		OPAQUE(d);
		*d++ = (uint8_t)byte;
	}
	return to;
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n > 0; n--, x++, y++) {
		OPAQUE(x);
		if (*x != *y)
			return *x < *y ? -1 : 1;
	}
	return 0;
}
