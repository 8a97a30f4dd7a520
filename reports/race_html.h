/*
 * race_html: a race on a finding's page: each turn as a row, drawn with a lane for each branch and
 * the entries' flags, and its answers beside those that are allowed.
 */
#ifndef RACE_HTML_H
#define RACE_HTML_H

#include <cjson/cJSON.h>
#include <stdio.h>

/* Sections of a page, from race_told.h's object; whatever it is, NULL too. */
void race_html_print(const cJSON *race, FILE *out);

#endif
