/* write_c_internal: what the files that write C tests share.  See write_c.h. */
#ifndef WRITE_C_INTERNAL_H
#define WRITE_C_INTERNAL_H

#include <stdio.h>

#include "arch/xen_abi.h"
#include "diff/trace.h"

struct c_writer {
	FILE *out;
	const struct program *program;
	const struct trace *expected;
};

/* An expression, as C. */
struct c_text { char s[96]; };

struct c_text c_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The operation's actor, `d0'; of another domain, by number. */
struct c_text c_actor(const struct op *o);
struct c_text c_domain(unsigned int d);

/* A domain operand that is the same everywhere.  Pre: code >= DOMAINS_MAX. */
const char *c_special_domid(unsigned int code);

/* A domain operand: the id of the domain; a domain that the program has not, or a special one. */
struct c_text c_domid(const struct c_writer *w, unsigned int code);

/* The domain whose references a peer's operand names: the one named, or the actor. */
struct c_text c_owner(const struct c_writer *w, const struct op *o, unsigned int dom_code);

/* A reference of the domain `owner'. */
struct c_text c_ref(const struct c_writer *w, struct c_text owner, unsigned int code);

struct c_text c_frame(const struct c_writer *w, const struct op *o, unsigned int code);

/* The address that an AT_* code names. */
struct c_text c_where(const struct op *o, unsigned int at, unsigned int own);

struct c_text c_status(int status);
struct c_text c_errno(int rc);

/* Flags, by name: those of the first n names whose bit is set, or `0'. */
struct c_name { unsigned int bit; const char *name; };
struct c_text c_flags(const struct c_name *names, unsigned int n, unsigned int flags);

/* Write text from outside into a comment, which it does not end. */
void c_write_in_comment(FILE *out, const char *s);

/* Whether the operation was done: neither skipped nor only an expectation. */
bool c_done(const struct c_writer *w, unsigned int at);

/* Write the statements that do operation `at', whose record is `r'. */
void c_write_reference(const struct c_writer *w, unsigned int at);	/* the core's functions */
void c_write_other(const struct c_writer *w, unsigned int at);		/* all else of one call */

/* Write those of a batch, operations [at, at + n), whose records are r[0] to r[n - 1]. */
void c_write_batch(const struct c_writer *w, unsigned int at, unsigned int n);

#endif
