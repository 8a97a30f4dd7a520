/* tree: the parts of Xen's device tree that the guest needs. */
#include "arch/arm/arm.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOTHING = 4, END = 9, MAGIC = 0xd00dfeedu };

/* Where a domain that no tools have made has room for it, if Xen does not say. */
enum { TABLE_AT = 0x38000000 };

static struct arm_tree tree;

static uint32_t
big32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t
big64(const uint8_t *p)
{
	return (uint64_t)big32(p) << 32 | big32(p + 4);
}

/* Whether a node's or property's name is `name'; what follows an @ does not count. */
static bool
is(const uint8_t *p, const char *name)
{
	while (*name != 0 && *p == (uint8_t)*name) {
		p++;
		name++;
	}
	return *name == 0 && (*p == 0 || *p == '@');
}

/* The length of a name with its end, up to the next word. */
static size_t
name_bytes(const uint8_t *p)
{
	size_t n = 0;

	while (p[n] != 0)
		n++;
	return (n + sizeof(uint32_t)) & ~(sizeof(uint32_t) - 1);
}

static void
read_property(const uint8_t *node, const uint8_t *name, const uint8_t *value, uint32_t bytes)
{
	uint64_t number = bytes >= sizeof(uint64_t) ? big64(value) :
			  bytes == sizeof(uint32_t) ? big32(value) : 0;

	if (is(node, "hypervisor") && is(name, "reg"))
		tree.table_at = number;
	else if (is(node, "chosen") && is(name, "linux,initrd-start"))
		tree.module_at = number;
	else if (is(node, "chosen") && is(name, "linux,initrd-end"))
		tree.module_end = number;
	else if (is(node, "chosen") && is(name, "bootargs"))
		tree.is_peer = is(value, "peer");
}

/* Properties come before the nodes in their node, so that `node' is whose they are. */
void
arm_tree_read(const void *fdt)
{
	const uint8_t *start = fdt, *p = start + big32(start + 8), *node = p;
	const uint8_t *names = start + big32(start + 12);
	uint32_t token, bytes;

	ARCH_ASSERT(big32(start) == MAGIC);
	while ((token = big32(p)) != END) {
		p += sizeof(uint32_t);
		if (token == BEGIN_NODE) {
			node = p;
			p += name_bytes(p);
		} else if (token == PROPERTY) {
			bytes = big32(p);
			read_property(node, names + big32(p + 4), p + 8, bytes);
			p += 8 + ((bytes + 3) & ~3u);
		} else {
			ARCH_ASSERT(token == END_NODE || token == NOTHING);
		}
	}
	if (tree.table_at == 0)
		tree.table_at = TABLE_AT;
}

const struct arm_tree *
arm_tree(void)
{
	return &tree;
}
