#define _POSIX_C_SOURCE 200809L
#include "diff/xen_setup.h"

#include <stdio.h>
#include <string.h>

#include "arch/arch.h"

/*
 * A table never shrinks, so all programs get the whole of it: the limit is set here, and the guest
 * grows to it.  max-ver:1 makes Xen refuse version 2, as it can for any guest, and does on Arm.
 */
#define XEN_OPTIONS \
	"console=%s loglvl=warning guest_loglvl=none bootscrub=0 %s dom0_max_vcpus=1 " \
	"dom0_vcpus_pin gnttab=max-ver:1%s gnttab_max_frames=%d gnttab_max_maptrack_frames=%d%s"

/*
 * Of which a guest on Arm uses the last XEN_SETUP_TABLE_FRAMES: Xen 4.14 gives a dom0 there so many
 * at least, or does not make it.
 */
enum { ARM64_TABLE_FRAMES = 64 };

/* What dom0 is, and the machine for it. */
static const struct dom0 {
	const char *console, *xen_options;
	struct qemu_machine machine;
} dom0_pv = {
	"com1 com1=115200,8n1", "dom0=pv dom0_mem=16M", {
		.emulator = "qemu-system-x86_64", .type = "pc", .cpu = "max", .memory_mib = 128,
		.guest = "out/kernel/guest.elf",
	},
}, dom0_pvh = {
	/* Xen wants an IOMMU; and all memory there is: a program can lose a page for good. */
	"com1 com1=115200,8n1", "dom0=pvh dom0_mem=32M,max:400M", {
		.emulator = "qemu-system-x86_64", .type = "q35", .cpu = "max",
		.device = "amd-iommu", .memory_mib = 512, .guest = "out/kernel/guest-pvh.elf",
	},
}, dom0_arm64 = {
	/* The guest is put above what QEMU and Xen place for themselves. */
	"dtuart", "dom0_mem=32M", {
		.emulator = "qemu-system-aarch64", .cpu = "cortex-a53",
		.memory_mib = 512, .memory_at = 0x40000000,
		.type = "virt,gic-version=3,virtualization=on,dtb-randomness=off",
		.guest = "out/kernel-arm64/guest.img", .guest_at = 0x50000000,
		.guests = DOMAINS_MAX,
	},
};

static const struct option {
	const char *name;
	size_t at;		/* of its bool in struct xen_setup */
} options[] = {
	{ "+nomaptrack", offsetof(struct xen_setup, no_maptrack) },
	{ "+notransfer", offsetof(struct xen_setup, no_transfer) },
	{ "+pvh", offsetof(struct xen_setup, pvh) },
	{ "+exact", offsetof(struct xen_setup, exact) },
	{ "+threads", offsetof(struct xen_setup, threads) },
	{ "+arm64", offsetof(struct xen_setup, arm64) },
	{ "+dummy", offsetof(struct xen_setup, dummy) },
};

/* Cut one option off the end. */
static bool
cut_option(struct xen_setup *s)
{
	size_t length = strlen(s->xen);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t n = strlen(options[i].name);

		if (length <= n || strcmp(s->xen + length - n, options[i].name) != 0)
			continue;
		*(bool *)((char *)s + options[i].at) = true;
		s->xen[length - n] = 0;
		return true;
	}
	return false;
}

static unsigned int
maptrack_frames(const struct xen_setup *s)
{
	return s->no_maptrack ? 0 : 1;
}

static void
set_up(struct xen_setup *s, const struct dom0 *dom0)
{
	bool one_cpu = s->exact || s->pvh;

	snprintf(s->xen_options, sizeof(s->xen_options), XEN_OPTIONS, dom0->console,
		 dom0->xen_options, s->no_transfer ? ",no-transfer" : "",
		 s->arm64 ? ARM64_TABLE_FRAMES : XEN_SETUP_TABLE_FRAMES,
		 maptrack_frames(s), s->dummy ? " xsm=dummy" : "");
	s->machine = dom0->machine;
	s->machine.cpus = one_cpu ? 1 : DOMAINS_MAX;
	s->machine.exact = s->exact;
	s->machine.threads = s->threads;
	s->machine.xen_options = s->xen_options;
	s->machine.guest_options = s->arm64 ? "dom0" : s->exact ? "one-cpu" : "";
}

const char *
xen_setup_read(struct xen_setup *s, const char *spelling)
{
	size_t n = strlen(spelling);

	memset(s, 0, sizeof(*s));
	s->images.xen = s->images.guest = -1;
	if (n >= sizeof(s->xen))
		return "a name too long for a file";
	memcpy(s->xen, spelling, n + 1);
	while (cut_option(s))
		;
	if (s->pvh && s->exact)
		return "a PVH guest cannot begin with a program, so it has no +exact";
	if (s->threads && (s->exact || s->pvh || s->arm64))
		return "a machine whose domains run at once, +threads, is none of +exact, +pvh "
		       "and +arm64";
	if (s->arm64 && (s->pvh || s->no_transfer))
		return "a Xen on Arm, +arm64, has no PVH, and transfers nothing anyway";
	if (s->dummy && !s->arm64)
		return "the policy +dummy is the only one of a Xen that is not +arm64";
	set_up(s, s->arm64 ? &dom0_arm64 : s->pvh ? &dom0_pvh : &dom0_pv);
	return NULL;
}

bool
xen_setup_find(struct xen_setup *s, const char *spelling, char *why, size_t why_bytes,
	       bool *broken)
{
	const char *reason = xen_setup_read(s, spelling);

	*broken = false;
	if (reason == NULL)
		return xen_images_open(&s->images, s->xen, s->arm64, &s->machine, why, why_bytes,
				       broken);
	snprintf(why, why_bytes, "%s", reason);
	return false;
}

bool
xen_setup_is_taken(const struct xen_setup *s, const struct program *probe, const struct trace *t,
		   char *why, size_t why_bytes)
{
	for (unsigned int i = 0; s->no_transfer && i < probe->n_ops; i++) {
		if (probe->ops[i].kind != OP_TRANSFER || t->record[i].rc == -XEN_EOPNOTSUPP)
			continue;
		snprintf(why, why_bytes, "this Xen does not know gnttab=no-transfer");
		return false;
	}
	return true;
}

void
xen_setup_adapt(const struct xen_setup *s, unsigned int domains, struct program_header *h)
{
	if (h->domains > domains)
		h->domains = (uint8_t)domains;
	h->frames = XEN_SETUP_TABLE_FRAMES;
	h->max_frames = XEN_SETUP_TABLE_FRAMES;
	h->maptrack = (uint8_t)maptrack_frames(s);
	h->hvm = s->arm64 ? (uint8_t)((1u << h->domains) - 1) : s->pvh;
	h->silo = s->arm64 && !s->dummy && h->domains > 1;
	h->no_transfer = s->no_transfer;
}
