/* guest: a translated domain's hypercalls for the core, and how it comes up. */
#include "arch/guest/domu.h"
#include "arch/translated/translated.h"

/* ------------------------------------------------------------------ hypercalls */

int
arch_grant_table_op(struct arch *a, unsigned int cmd, void *uop, unsigned int count)
{
	if (services_is_fated(a))
		return -XEN_EFAULT;

	int rc = (int)translated_grant_table(a, cmd, uop, count);

	if (rc == 0) {
		translated(a)->swapped |= cmd == GNTTABOP_swap_grant_ref;
		translated_windows_follow(a, cmd, uop, count);
	}
	return rc;
}

int
arch_memory_op(struct arch *a, unsigned int cmd, void *arg)
{
	if (services_is_fated(a))
		return -XEN_EFAULT;

	int rc = (int)translated_memory(a, cmd, arg);

	if (rc == 0)
		translated_table_follow(a, cmd, arg);
	return rc;
}

/* ------------------------------------------------------------------ start and reset */

void
translated_reset(struct arch *a, uint32_t pristine)
{
	translated_table_reset(a);
	translated_pages_reset(a, pristine);
	services_reset(a);
}

static struct arch *domain[GUEST_DOMAINS_MAX];
static unsigned int n_domains;

unsigned int
translated_domains(void)
{
	return n_domains;
}

struct arch *
translated_domain(unsigned int d)
{
	ARCH_ASSERT(d < n_domains);
	return domain[d];
}

void
translated_init(struct arch *a)
{
	ARCH_ASSERT(n_domains < GUEST_DOMAINS_MAX);
	translated(a)->index = (uint8_t)n_domains;
	domain[n_domains++] = a;
	translated_windows_init(a);
	translated_table_init(a);
	translated_pages_init(a);
}

_Noreturn void
translated_start(struct arch *a)
{
	translated(a)->domid = domu_domid();
	translated_init(a);
	translated_find_others();
	guest_main();
}
