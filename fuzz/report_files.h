/*
 * report_files: a campaign's folder, read for its report, and the report's folder, written.
 *
 * What is missing or cannot be read is left out, and one line says so: half a campaign has half a
 * report.
 */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include "fuzz/file.h"
#include "reports/report.h"
#include "reports/summary.h"

struct report_files;

/*
 * Read the folder of a campaign, which may be running.  NULL with one line in why[FILE_WHY] if it
 * is none.
 */
struct report_files *report_load(const char *folder, char *why);
void report_free(struct report_files *r);

/*
 * Write all pages and files into the folder `out', made if need be, and the path of the first page
 * into page[FILE_PATH_MAX].  A folder with anything but an earlier report in it is refused.  False
 * with a line in why.
 */
bool report_write(struct report_files *r, const char *out, char *page, char *why);

/* Both: the report of `folder' goes to folder/report. */
bool report_make(const char *folder, char *page, char *why);

/*
 * At a campaign's end: write folder/summary.json, make the report, and put its path into
 * s->report.  What fails is said in one line, and is no reason to lose the campaign's result.
 */
void report_campaign(const char *folder, struct summary *s);

#endif
