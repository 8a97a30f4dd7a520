/*
 * text: the part of C's library that prints, for a guest that tells people something.
 *
 * Letters are those of ASCII.  snprintf knows %s %c %d %i %u %x and %%, with flags `-' and `0', a
 * width, a precision of strings, and sizes l, ll, z.  Anything else stops the guest.
 */
#define _POSIX_C_SOURCE 200809L
#define __NO_CTYPE	/* no tables: functions */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"

enum { DIGITS_MAX = 20 };

/* What is printed, and one conversion of it. */
struct printing {
	char *out;
	size_t room, n;
};

struct conversion {
	bool left, zero;
	unsigned int width, longs;
	size_t precision;
};

static void
put(struct printing *p, char c)
{
	if (p->n + 1 < p->room)
		p->out[p->n] = c;
	p->n++;
}

static void
put_padded(struct printing *p, const struct conversion *c, const char *s, size_t n)
{
	size_t gap = c->width > n ? c->width - n : 0;

	for (; gap > 0 && !c->left; gap--)
		put(p, c->zero ? '0' : ' ');
	for (size_t i = 0; i < n; i++)
		put(p, s[i]);
	for (; gap > 0; gap--)
		put(p, ' ');
}

static void
put_number(struct printing *p, const struct conversion *c, uint64_t v, unsigned int base,
	   bool negative)
{
	char digits[DIGITS_MAX + 1], *s = digits + sizeof(digits);

	do
		*--s = "0123456789abcdef"[v % base];
	while ((v /= base) != 0);
	if (negative)
		*--s = '-';
	put_padded(p, c, s, (size_t)(digits + sizeof(digits) - s));
}

/* Everything between `%' and the letter.  Returns where that is. */
static const char *
read_conversion(struct conversion *c, const char *f, va_list *args)
{
	*c = (struct conversion){ .precision = SIZE_MAX };
	for (; *f == '-' || *f == '0'; f++)
		*(*f == '-' ? &c->left : &c->zero) = true;
	if (*f == '*') {
		c->width = (unsigned int)va_arg(*args, int);
		f++;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		c->width = c->width * 10 + (unsigned int)(*f - '0');
	if (*f == '.' && *++f == '*') {
		c->precision = (size_t)va_arg(*args, int);
		f++;
	} else if (f[-1] == '.') {
		for (c->precision = 0; *f >= '0' && *f <= '9'; f++)
			c->precision = c->precision * 10 + (size_t)(*f - '0');
	}
	for (; *f == 'l' || *f == 'z'; f++)
		c->longs++;
	return f;
}

static void
put_signed(struct printing *p, const struct conversion *c, int64_t v)
{
	put_number(p, c, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0);
}

static void
put_conversion(struct printing *p, const struct conversion *c, char letter, va_list *args)
{
	const char *s;
	char one;

	switch (letter) {
	case 's':
		s = va_arg(*args, const char *);
		put_padded(p, c, s, strnlen(s, c->precision));
		break;
	case 'c':
		one = (char)va_arg(*args, int);
		put_padded(p, c, &one, 1);
		break;
	case 'd':
	case 'i':
		put_signed(p, c, c->longs > 0 ? va_arg(*args, long long) : va_arg(*args, int));
		break;
	case 'u':
	case 'x':
		put_number(p, c, c->longs > 0 ? va_arg(*args, unsigned long long) :
						va_arg(*args, unsigned int),
			   letter == 'x' ? 16 : 10, false);
		break;
	default:
		ARCH_ASSERT(letter == '%');
		put(p, '%');
		break;
	}
}

int
vsnprintf(char *out, size_t room, const char *format, va_list given)
{
	struct printing p = { out, room, 0 };
	struct conversion c;
	va_list args;

	va_copy(args, given);
	for (const char *f = format; *f != '\0'; f++) {
		if (*f != '%') {
			put(&p, *f);
			continue;
		}
		f = read_conversion(&c, f + 1, &args);
		put_conversion(&p, &c, *f, &args);
	}
	va_end(args);
	if (room > 0)
		out[p.n < room ? p.n : room - 1] = '\0';
	return (int)p.n;
}

int
snprintf(char *out, size_t room, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out, room, format, args);
	va_end(args);
	return n;
}

/* ------------------------------------------------------------------ strings */

size_t
strnlen(const char *s, size_t most)
{
	size_t n = 0;

	while (n < most && s[n] != '\0')
		n++;
	return n;
}

size_t
strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0 && *a == *b && *a != '\0'; n--) {
		a++;
		b++;
	}
	return n > 0 ? (unsigned char)*a - (unsigned char)*b : 0;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *
strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (*s == '\0')
			return NULL;
	return (char *)(uintptr_t)s;
}

size_t
strspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(set, s[n]) != NULL)
		n++;
	return n;
}

size_t
strcspn(const char *s, const char *set)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(set, s[n]) == NULL)
		n++;
	return n;
}

/* ------------------------------------------------------------------ characters */

int
isdigit(int c)
{
	return c >= '0' && c <= '9';
}

int
isxdigit(int c)
{
	return isdigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

int
isalnum(int c)
{
	return isdigit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}
