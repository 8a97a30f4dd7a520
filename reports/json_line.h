/* json_line: one object, one line: the form for machines. */
#ifndef JSON_LINE_H
#define JSON_LINE_H

#include <cjson/cJSON.h>
#include <stdio.h>

/* Write j to out as a line, at once, and free it.  Without memory the line is `{}'. */
void json_line(cJSON *j, FILE *out);

#endif
