#include "diff/tree.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

enum { CELLS = 2 };			/* an address has 64 bits, and so has a size */

static const char kernel[] = "multiboot,kernel\0multiboot,module";
static const char ramdisk[] = "multiboot,ramdisk\0multiboot,module";

/* Numbers below `node' have 64 bits. */
static int
set_cells(void *tree, int node)
{
	int rc = fdt_setprop_u32(tree, node, "#address-cells", CELLS);

	return rc < 0 ? rc : fdt_setprop_u32(tree, node, "#size-cells", CELLS);
}

/* A file, below `parent', that is what `compatible' says. */
static int
add_file(void *tree, int parent, const struct tree_file *f, const char *compatible, size_t bytes)
{
	const fdt64_t reg[] = { cpu_to_fdt64(f->at), cpu_to_fdt64(f->bytes) };
	char name[32];
	int node, rc;

	snprintf(name, sizeof(name), "module@%llx", (unsigned long long)f->at);
	node = fdt_add_subnode(tree, parent, name);
	if (node < 0)
		return node;
	rc = fdt_setprop(tree, node, "compatible", compatible, (int)bytes);
	if (rc >= 0)
		rc = fdt_setprop(tree, node, "reg", reg, sizeof(reg));
	if (rc >= 0 && f->options != NULL)
		rc = fdt_setprop_string(tree, node, "bootargs", f->options);
	return rc;
}

static int
add_domain(void *tree, int chosen, unsigned int domid, const struct tree_file *guest)
{
	char name[32];
	int node, rc;

	snprintf(name, sizeof(name), "domU%u", domid);
	node = fdt_add_subnode(tree, chosen, name);
	if (node < 0)
		return node;
	rc = fdt_setprop_string(tree, node, "compatible", "xen,domain");
	if (rc >= 0)
		rc = set_cells(tree, node);
	if (rc >= 0)
		rc = fdt_setprop_u32(tree, node, "cpus", 1);
	if (rc >= 0)	/* in KiB */
		rc = fdt_setprop_u64(tree, node, "memory", (uint64_t)TREE_DOMAIN_MIB << 10);
	return rc < 0 ? rc : add_file(tree, node, guest, kernel, sizeof(kernel));
}

/* What is added comes before what was there: so the last domain goes first. */
size_t
tree_write(void *to, const void *qemus, const struct tree_file *guest, unsigned int n,
	   const struct tree_file *beside)
{
	int rc = fdt_open_into(qemus, to, TREE_BYTES), chosen = -1;

	if (rc >= 0)
		rc = chosen = fdt_path_offset(to, "/chosen");
	if (rc >= 0)
		rc = set_cells(to, chosen);
	for (unsigned int domid = n - 1; domid > 0 && rc >= 0; domid--)
		rc = add_domain(to, chosen, domid, &guest[domid]);
	if (rc >= 0 && beside != NULL)
		rc = add_file(to, chosen, beside, ramdisk, sizeof(ramdisk));
	if (rc >= 0)
		rc = add_file(to, chosen, guest, kernel, sizeof(kernel));
	if (rc >= 0)
		rc = fdt_pack(to);
	return rc >= 0 ? fdt_totalsize(to) : 0;
}
