/*
 * host_rule: what a program may not do on a host that has work to do, whatever the machine is like.
 * What depends on that is in host_guard.h.
 *
 * The process has references and pages of its own (arch/linux/process.h), and is careful with those
 * only.  Left out are set_version, which wipes Linux's grants; frames that are bad on purpose; and
 * races, which want more than one virtual CPU.
 */
#ifndef HOST_RULE_H
#define HOST_RULE_H

#include "diff/program.h"

/* NULL, or in a few words why the operation is left out. */
const char *host_rule_forbids(const struct op *o);

/* Bit 0: o->a.dom may name a domain that is neither this one nor impossible; bit 1: o->b.dom. */
unsigned int host_rule_domains(const struct op *o);

#endif
