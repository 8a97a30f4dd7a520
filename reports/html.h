/*
 * html: what all pages are made with: text that stays text, elements, the frame of a page.
 *
 * Pages are whole in one file each, name nothing outside their folder, and are well-formed XML as
 * well as HTML, so that a test can read them.  Escaping is done here and nowhere else.
 */
#ifndef HTML_H
#define HTML_H

#include <cjson/cJSON.h>
#include <stdio.h>

/*
 * Text into an element or a quoted attribute.  Bytes that are no UTF-8, or that XML has no place
 * for, are shown as U+FFFD.
 */
void html_text(const char *s, FILE *out);

/* The same; what stands between backticks, as in our Markdown, is set as code. */
void html_prose(const char *s, FILE *out);

/* An element around some text; attributes ("" or `class="x"') are ours. */
void html_element(const char *tag, const char *attributes, const char *content, FILE *out);

/* A row of a <dl>; nothing if value is "" or NULL. */
void html_term(const char *name, const char *value, FILE *out);

/* All strings of an object, as such rows. */
void html_terms(const cJSON *j, FILE *out);

/* A whole number, its digits in groups. */
void html_count(double n, FILE *out);

/* From the doctype to <body>; the caller goes on with html_up, if at all, and <main>. */
void html_begin(const char *title, FILE *out);

/* A line that leads to the page above this one; before <main>. */
void html_up(const char *href, const char *name, FILE *out);

/* From </main> to the end. */
void html_end(FILE *out);

#endif
