#include "reports/rules.h"

#include <stdio.h>
#include <string.h>

extern const char reports_spec_md[];	/* assets.S */

/* The next of a row's cells, without blanks around it; moves *at behind it.  False at the end. */
static bool
next_cell(const char **at, const char *end, char *out, size_t out_bytes)
{
	const char *from = *at, *bar = memchr(from, '|', (size_t)(end - from)), *to = bar;

	if (bar == NULL)
		return false;
	*at = bar + 1;
	while (from < to && *from == ' ')
		from++;
	while (to > from && to[-1] == ' ')
		to--;
	snprintf(out, out_bytes, "%.*s", (int)(to - from), from);
	return true;
}

/* `| a | b |' into cells.  Returns how many. */
static unsigned int
split(const char *line, const char *end, char *cells, size_t cell_bytes)
{
	const char *at = line + 1;
	unsigned int n = 0;

	while (n < RULE_COLUMNS && next_cell(&at, end, cells + n * cell_bytes, cell_bytes))
		n++;
	return n;
}

/* Whether the first cell of the row names the rule, maybe among others. */
static bool
names(const char *line, const char *end, const char *name)
{
	const char *bar = memchr(line + 1, '|', (size_t)(end - line - 1)), *at = line + 1;
	size_t n = strlen(name);

	while (bar != NULL && at + n <= bar) {
		if (strncmp(at, name, n) == 0 && at[n] == ' ' && at[-1] == ' ')
			return true;
		at++;
	}
	return false;
}

bool
rule_find(struct rule *r, const char *name)
{
	const char *line = reports_spec_md, *end, *head = NULL, *head_end = NULL;

	memset(r, 0, sizeof(*r));
	for (; *line != 0; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		if (strncmp(line, "## ", 3) == 0) {
			snprintf(r->section, sizeof(r->section), "%.*s", (int)(end - line - 3),
				 line + 3);
		} else if (line[0] != '|') {
			head = NULL;
		} else if (head == NULL) {
			head = line;
			head_end = end;
		} else if (names(line, end, name)) {
			r->n_columns = split(line, end, r->cell[0], sizeof(r->cell[0]));
			split(head, head_end, r->heading[0], sizeof(r->heading[0]));
			return true;
		}
	}
	r->section[0] = 0;
	return false;
}
