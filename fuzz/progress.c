#define _GNU_SOURCE
#include "fuzz/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "fuzz/child.h"

static const double terminal_s = 0.5, plain_s = 10;

void
progress_begin(struct progress *p)
{
	p->terminal = isatty(2) == 1;
	p->shown = false;
	p->last = child_clock();
}

void
progress_line(struct progress *p, bool force, const char *format, ...)
{
	double now = child_clock();
	char line[160];
	va_list args;

	if (!force && now - p->last < (p->terminal ? terminal_s : plain_s))
		return;
	p->last = now;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (p->terminal)
		fprintf(stderr, "\r\033[K%.110s", line);
	else
		fprintf(stderr, "%s\n", line);
	fflush(stderr);
	p->shown = true;
}

void
progress_clear(struct progress *p)
{
	if (p->terminal && p->shown)
		fprintf(stderr, "\r\033[K");
	p->shown = false;
}

const char *
progress_count(char out[16], double n)
{
	if (n < 10000)
		snprintf(out, 16, "%.0f", n);
	else if (n < 1e6)
		snprintf(out, 16, "%.1f k", n / 1e3);
	else if (n < 1e9)
		snprintf(out, 16, "%.2f M", n / 1e6);
	else
		snprintf(out, 16, "%.2f G", n / 1e9);
	return out;
}
