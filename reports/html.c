#include "reports/html.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

extern const char reports_page_css[];	/* assets.S */

static const char replacement[] = "\xef\xbf\xbd";

static bool
continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The bytes of the UTF-8 character at s that a page may show, or 0.  s ends with a NUL. */
static size_t
character(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	if (u[0] < 0x80)
		return u[0] >= ' ' && u[0] != 0x7f ? 1 : u[0] == '\n' || u[0] == '\t';
	if (u[0] < 0xc2 || u[0] > 0xf4 || !continues(u[1]))
		return 0;
	if (u[0] < 0xe0)
		return 2;
	if (!continues(u[2]) || (u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
	    (u[0] == 0xef && u[1] == 0xbf && u[2] > 0xbd))
		return 0;
	if (u[0] < 0xf0)
		return 3;
	if (!continues(u[3]) || (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	return 4;
}

/* One character; returns the bytes that it took. */
static size_t
put(const char *s, FILE *out)
{
	size_t n = character(s);

	switch (*s) {
	case '&': fputs("&amp;", out); break;
	case '<': fputs("&lt;", out); break;
	case '>': fputs("&gt;", out); break;
	case '"': fputs("&quot;", out); break;
	default:
		if (n == 0)
			fputs(replacement, out);
		else
			fwrite(s, 1, n, out);
	}
	return n > 0 ? n : 1;
}

void
html_text(const char *s, FILE *out)
{
	while (*s != 0)
		s += put(s, out);
}

void
html_prose(const char *s, FILE *out)
{
	bool code = false;

	while (*s != 0) {
		if (*s != '`' || (!code && strchr(s + 1, '`') == NULL)) {
			s += put(s, out);
			continue;
		}
		code = !code;
		fputs(code ? "<code>" : "</code>", out);
		s++;
	}
}

void
html_element(const char *tag, const char *attributes, const char *content, FILE *out)
{
	fprintf(out, "<%s%s%s>", tag, attributes[0] ? " " : "", attributes);
	html_text(content, out);
	fprintf(out, "</%s>", tag);
}

void
html_term(const char *name, const char *value, FILE *out)
{
	if (value == NULL || value[0] == 0)
		return;
	html_element("dt", "", name, out);
	html_element("dd", "", value, out);
	fputc('\n', out);
}

void
html_terms(const cJSON *j, FILE *out)
{
	const cJSON *item;
	char name[40];

	cJSON_ArrayForEach(item, j) {
		if (!cJSON_IsString(item) || item->string == NULL)
			continue;
		snprintf(name, sizeof(name), "%s", item->string);
		if (name[0] >= 'a' && name[0] <= 'z')
			name[0] = (char)(name[0] - 'a' + 'A');
		html_term(name, item->valuestring, out);
	}
}

void
html_count(double n, FILE *out)
{
	static const char narrow_space[] = "\u202f";
	char digits[40];
	size_t length;

	length = (size_t)snprintf(digits, sizeof(digits), "%.0f", n < 1e18 ? n : 1e18);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			fputs(narrow_space, out);
		fputc(digits[i], out);
	}
}

void
html_begin(const char *title, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
	      out);
	html_element("title", "", title, out);
	fputs("\n<style>\n", out);
	fputs(reports_page_css, out);
	fputs("</style>\n</head>\n<body>\n", out);
}

void
html_up(const char *href, const char *name, FILE *out)
{
	fprintf(out, "<nav aria-label=\"Up\"><a href=\"%s\">&#8592; ", href);
	html_text(name, out);
	fputs("</a></nav>\n", out);
}

void
html_end(FILE *out)
{
	fputs("</main>\n</body>\n</html>\n", out);
}
