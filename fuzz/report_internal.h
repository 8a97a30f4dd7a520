/* report_internal: what reading a campaign's folder leaves for writing its report. */
#ifndef REPORT_INTERNAL_H
#define REPORT_INTERNAL_H

#include "fuzz/environment.h"
#include "fuzz/report_files.h"

enum { NAME = 224 };

/* What a struct report_finding points at. */
struct loaded_finding {
	char name[NAME], class[CLASS_ID], says[CLASS_SENTENCE], *text;
	struct evidence evidence;
};

struct report_files {
	struct report report;
	const char *folder;	/* the caller's */
	char name[NAME];
	cJSON *json;		/* of summary.json */
	struct report_finding finding[REPORT_FINDINGS];
	struct loaded_finding *loaded[REPORT_FINDINGS];
	struct growth growth;
	struct semantics semantics;
};

#endif
