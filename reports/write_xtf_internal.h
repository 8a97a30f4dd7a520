/* write_xtf_internal: what the files that write XTF tests share.  See write_xtf.h. */
#ifndef WRITE_XTF_INTERNAL_H
#define WRITE_XTF_INTERNAL_H

#include "reports/write_c_internal.h"

struct xtf_writer {
	FILE *out;
	const struct program *program;
	const struct trace *expected;
	grant_ref_t ref[REF_SLOTS];	/* what number is in each slot */
};

/* A number that holds a reference, a frame, a domain id, as C. */
struct c_text xtf_ref(const struct xtf_writer *w, unsigned int code);
struct c_text xtf_frame(unsigned int code);
struct c_text xtf_domid(unsigned int code);

/* Whether a reference is in the frame of the table that XTF maps. */
bool xtf_is_seen(const struct xtf_writer *w, unsigned int code);

/* Why a step is no call of the hypervisor and no store into the table, or NULL. */
const char *xtf_left_out(const struct xtf_writer *w, unsigned int at, unsigned int n);

/* Write a function's body that does the step and checks its answers. */
void xtf_write_one(struct xtf_writer *w, unsigned int at);
void xtf_write_batch(struct xtf_writer *w, unsigned int at, unsigned int n);

/* Check the hypercall's return, and a status, after operation `at': `got' is C for what came. */
void xtf_check_rc(const struct xtf_writer *w, unsigned int at, const char *got);
void xtf_check_status(const struct xtf_writer *w, unsigned int at, const char *got);

/* Check an entry's flags after operation `at'. */
void xtf_write_look(const struct xtf_writer *w, unsigned int at, unsigned int view,
		    unsigned int code);

#endif
