#define _GNU_SOURCE
#include "reports/crash.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff/tell.h"

enum {
	NAME = 64, LINE = 200, STACK_MAX = 256,
	OUTPUT = 1 << 15,	/* a sanitizer says much */
};

/* A frame of the stack in our own source. */
struct frame {
	char function[NAME], place[NAME];
	bool under_test;
};

struct stack {
	struct frame frame[STACK_MAX];	/* the innermost first */
	unsigned int n;
};

/* The rest of the line behind `mark', or "". */
static void
line_after(char *out, size_t n, const char *output, const char *mark)
{
	const char *at = strstr(output, mark);
	size_t length = 0;

	if (at != NULL) {
		at += strlen(mark);
		length = strcspn(at, "\n");
	}
	snprintf(out, n, "%.*s", (int)(length < n ? length : n - 1), at != NULL ? at : "");
	tell_printable(out);
}

/* ------------------------------------------------------------------ the stack */

/* The path from our tree's top, if it is in one of its folders; else NULL. */
static const char *
in_tree(const char *path)
{
	static const char *const folders[] = { "arch/", "core/", "diff/", "reports/", "fuzz/" };
	const char *best = NULL;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *at = path;

		while ((at = strstr(at, folders[i])) != NULL) {
			if ((at == path || at[-1] == '/') && (best == NULL || at < best))
				best = at;
			at++;
		}
	}
	return best;
}

/* What runs a test is in the stack of each, and so is what ends a process. */
static bool
is_under_test(const char *path, const char *function)
{
	static const char *const rigs[] = { "fuzz/", "reports/", "diff/duel", "diff/interp" };

	for (size_t i = 0; i < sizeof(rigs) / sizeof(rigs[0]); i++)
		if (strncmp(path, rigs[i], strlen(rigs[i])) == 0)
			return false;
	return strcmp(function, "arch_panic") != 0;
}

/* "    #1 0x55d0 in gnttab_end /path/core/gnttab.c:12:3": false if it is no frame. */
static bool
read_frame(struct stack *s, const char *line, unsigned int *number)
{
	struct frame *f = &s->frame[s->n];
	char function[NAME], path[1024];

	if (sscanf(line, " #%u 0x%*x in %63s %1023[^\n]", number, function, path) != 3)
		return sscanf(line, " #%u 0x%*x", number) == 1;
	if (in_tree(path) == NULL || strncmp(function, "LLVMFuzzer", 10) == 0 ||
	    s->n == STACK_MAX || path[0] == '(')
		return true;
	snprintf(f->function, sizeof(f->function), "%s", function);
	snprintf(f->place, sizeof(f->place), "%.63s", in_tree(path));
	f->under_test = is_under_test(f->place, function);
	/* Recursion says nothing more. */
	if (s->n == 0 || strcmp(f[-1].function, function) != 0)
		s->n++;
	return true;
}

/* The first stack that was printed: that of the error. */
static void
read_stack(struct stack *s, const char *output)
{
	const char *line = output;
	unsigned int number, last = 0;
	bool begun = false;

	s->n = 0;
	for (; *line != 0; line += strcspn(line, "\n"), line += *line == '\n') {
		if (!read_frame(s, line, &number) || (begun && number < last)) {
			if (begun)
				return;
			continue;
		}
		begun = true;
		last = number;
	}
}

/* ------------------------------------------------------------------ the kind of error */

/*
 * "core/entry.c:12: what": an assertion's line.  It says where it is, with any build and without a
 * stack.
 */
static bool
find_assertion(char *out, size_t n, const char *output)
{
	const char *line = output;
	char path[256], what[LINE];
	unsigned int number;

	for (; *line != 0; line += strcspn(line, "\n"), line += *line == '\n') {
		if (sscanf(line, "%255[^: \n]:%u: %199[^\n]", path, &number, what) != 3 ||
		    in_tree(path) == NULL)
			continue;
		snprintf(out, n, "assertion in %.80s: %.100s", in_tree(path), what);
		return true;
	}
	return false;
}

/* "index 5 out of bounds for type 'char [4]'": without numbers and types. */
static void
leave_out_values(char *line)
{
	char *to = line;

	for (const char *s = line; *s != 0 && strchr(":,(", *s) == NULL; s++) {
		if (*s == '\'' && strchr(s + 1, '\'') != NULL)
			s = strchr(s + 1, '\'');
		else if (!isdigit((unsigned char)*s))
			*to++ = *s;
	}
	*to = 0;
}

/* Cut the line where it begins to speak of this one time. */
static void
cut_at(char *line, const char *const *ends)
{
	for (; *ends != NULL; ends++) {
		char *at = strstr(line, *ends);

		if (at != NULL)
			*at = 0;
	}
}

/* What happened.  Returns whether the functions where it did are to be told, too. */
static bool
find_kind(char *kind, size_t n, const char *output)
{
	static const char *const marks[] = {
		"ERROR: AddressSanitizer: ", "WARNING: MemorySanitizer: ",
		"WARNING: ThreadSanitizer: ", "ERROR: LeakSanitizer: ",
	};
	static const char *const ends[] = { " on ", " (", " after ", ":", NULL };

	line_after(kind, n, output, "runtime error: ");
	if (kind[0] != 0) {
		leave_out_values(kind);
		return true;
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		line_after(kind, n, output, marks[i]);
		cut_at(kind, ends);
		if (kind[0] != 0)
			return true;
	}
	if (find_assertion(kind, n, output))
		return false;
	line_after(kind, n, output, "ERROR: libFuzzer: ");
	cut_at(kind, ends);
	return true;
}

/* ------------------------------------------------------------------ the finding */

static bool
is_hang(const char *kind)
{
	return strcmp(kind, "timeout") == 0;
}

/* The functions' names; what the class leaves out, the place, comes last. */
static void
add_names(char *line, size_t n, const struct stack *s, bool hang)
{
	unsigned int n_named = 0, max = hang ? 1 : CRASH_FRAMES;
	const char *place = NULL;
	bool any = false;

	for (unsigned int i = 0; i < s->n; i++)
		any |= s->frame[i].under_test;
	for (unsigned int i = 0; i < s->n && n_named < max; i++) {
		const struct frame *f = &s->frame[hang ? s->n - 1 - i : i];
		size_t used = strlen(line);

		if (any && !f->under_test)
			continue;
		place = place != NULL ? place : f->place;
		snprintf(line + used, n - used, "%s%s", n_named++ == 0 ? " in " : ", ",
			 f->function);
	}
	if (place != NULL && !hang)
		snprintf(line + strlen(line), n - strlen(line), "%s%s]", LANE_ASIDE, place);
}

bool
crash_tell(struct finding *f, const char *lane, const char *output)
{
	static struct stack stack;
	char line[LINE + (CRASH_FRAMES + 1) * (NAME + 8)], place[LINE];

	line_after(line, sizeof(line), output, "\nclass: ");
	line_after(place, sizeof(place), output, "difference: ");
	if (finding_of_class(f, line, lane, place))
		return true;
	if (find_kind(line, LINE, output)) {
		read_stack(&stack, output);
		add_names(line, sizeof(line), &stack, is_hang(line));
	}
	if (line[0] != 0)
		finding_of_failure(f, lane, line);
	return line[0] != 0;
}

void
crash_tell_end(struct finding *f, const char *lane, const struct crash_end *e)
{
	static char output[OUTPUT];
	ssize_t n = pread(e->said, output, sizeof(output) - 1, 0);
	char why[80];

	output[n > 0 ? n : 0] = '\0';
	if (WIFSIGNALED(e->status) && WTERMSIG(e->status) == e->hang_signal)
		snprintf(why, sizeof(why), "no answer within %d s", e->hang_s);
	else if (crash_tell(f, lane, output))
		return;
	else if (WIFSIGNALED(e->status))
		snprintf(why, sizeof(why), "died of %s", strsignal(WTERMSIG(e->status)));
	else
		snprintf(why, sizeof(why), "exited with %d", WEXITSTATUS(e->status));
	finding_of_failure(f, lane, why);
}
