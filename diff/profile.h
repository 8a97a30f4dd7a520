/*
 * profile: what differs between versions of Xen, as switches that the model asks.
 *
 * profile_rows is the only place that knows versions: one row a behaviour, also told in spec.md
 * ("Profiles").  A switch is true where Xen does what the reference does, 4.17.7 with the fix of
 * XSA-523 (or, for what came later, what the newest does).
 *
 * A version says little about security fixes: distributions ship them in snapshots and under the
 * number of an older release.  Rows of such fixes have a witness, a program that shows whether the
 * fix is there; see diff/witness.h.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A version in one number, as the guest reads it from Xen. */
#define XEN_VERSION(major, minor, point) \
	((uint32_t)(major) << 16 | (uint32_t)(minor) << 8 | (uint32_t)(point))

enum {
	PROFILE_REFERENCE = 4 << 16 | 17 << 8 | 7,
	PROFILE_ARM64_FIRST = 4 << 16 | 14 << 8,	/* no older one is known on Arm */
	PROFILE_BRANCHES = 6,		/* most releases that a row names */
	PROFILE_NAME = 400,		/* bytes for any profile's name */
};

struct profile {
	uint32_t version;
	bool arm64;			/* built for 64-bit Arm: see spec.md, "Arm" */
	bool pin_limit_is_of_one_counter;
	bool no_space_without_handles;
	bool bad_dev_addr_is_told;
	bool dev_addr_needs_device_map;
	bool status_list_is_checked;
	bool failed_arrival_is_told;
	bool table_frame_has_one_place;
	bool transfer_can_be_disabled;
	bool copy_of_nothing_is_okay;
	bool cache_flush_is_unknown;
	bool copy_refuses_moved_frame;
	bool copy_judges_each_frame;
	bool flush_of_read_only_cleans;
	/*
	 * Not Xen's but its machine's, so no version has them.  They matter in races alone: timers
	 * fire, so that Xen may do a batch in parts (R1211); a processor may stand still for as
	 * long as others wait, so that a wait of theirs that is bounded runs out (R1214).
	 */
	bool timers_fire;
	bool waits_run_out;
};

struct profile_row {
	const char *name;		/* the switch's */
	size_t offset;			/* of it */
	unsigned int rule;		/* of spec.md, that it changes */
	/* The first release that has it, in each stable branch that got it; ascending, 0 ends. */
	uint32_t since[PROFILE_BRANCHES + 1];
	const char *source;		/* Xen's function, or the advisory */
	/*
	 * A security fix: a program, and its last answer.  If what it expects before that does
	 * not come, it shows nothing.  No batch: Xen may do one in parts.
	 */
	const char *witness;
	int with, without;
};

extern const struct profile_row profile_rows[];
extern const unsigned int profile_n_rows;

/* What a released Xen of that version does.  Newer than all that is known: as the newest. */
struct profile profile_for(uint32_t version);

/* Make that of a version, PROFILE_ARM64_FIRST or later, what its build for 64-bit Arm does. */
void profile_be_arm64(struct profile *p);

/* The row's switch. */
bool profile_has(const struct profile *p, const struct profile_row *row);
void profile_set(struct profile *p, const struct profile_row *row, bool has);

/*
 * Read "4.20.4", or "4.14", the last of that branch; then "+arm64" if it is one for that, as of
 * PROFILE_ARM64_FIRST; then
 * "+SWITCH" or "-SWITCH" for what such a build has or lacks all the same.  False: it is no profile.
 */
bool profile_parse(struct profile *p, const char *text);

/* Write what profile_parse reads; out has PROFILE_NAME bytes. */
void profile_print(const struct profile *p, char *out);

/* Write which security fixes it is without: "XSA-500 XSA-523", or nothing.  out as above. */
void profile_print_lacking(const struct profile *p, char *out);

#endif
