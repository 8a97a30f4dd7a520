/* What a guest has of the C library's <stdio.h>: see arch/guest/text.c. */
#include <stdarg.h>
#include <stddef.h>

/* Only named: a guest has no files, and what takes one is not linked. */
typedef struct file FILE;
int fprintf(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
int fputs(const char *s, FILE *out);

int snprintf(char *out, size_t room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int vsnprintf(char *out, size_t room, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
