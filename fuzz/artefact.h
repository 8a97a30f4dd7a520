/*
 * artefact: whatever a finding was left in, and what it says about itself.
 *
 * A program as text, with the comments that a campaign wrote above it (`# class:', and `# LANE:
 * ANSWER' for each of its lanes) or without; its bytes, of which the text beside them speaks, if
 * there is one of that name; what an engine left behind, under any name; the evidence of a finding
 * (.json); or the name of a finding alone, which is looked for in the campaign's folder.
 */
#ifndef ARTEFACT_H
#define ARTEFACT_H

#include "diff/program.h"
#include "fuzz/file.h"
#include "reports/finding.h"

enum { ARTEFACT_LANE = 600 };

struct artefact {
	char path[FILE_PATH_MAX];	/* the file that it was read from */
	struct program program;		/* normal; unless text_target */
	bool text_target;		/* an input of the parser's target, which need not parse */
	struct file_bytes bytes;	/* the file's */
	/* What it says it shows, or an empty string. */
	char class[sizeof(((struct finding *)0)->class)];
	/* The lanes that it was found on, as spelled there, or empty strings. */
	char lane_expected[ARTEFACT_LANE], lane_got[ARTEFACT_LANE];
};

/*
 * Read the file `name', or the finding of that name in `folder' (a campaign's; NULL: the usual
 * one).  False with one line in why[FILE_WHY].
 */
bool artefact_read(struct artefact *a, const char *name, const char *folder, char *why);
void artefact_free(struct artefact *a);

#endif
