/*
 * test_tree: the device tree that Xen for Arm is booted with: whom it is told to make, and of what.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "diff/tree.h"

static uint8_t qemus[1024], tree[TREE_BYTES];
static const struct tree_file guest[] = {
	{ 0x50000000, 0x1a000, "dom0" }, { 0x51000000, 0x1a000, "peer" },
	{ 0x52000000, 0x1a000, "peer" },
}, program = { .at = 0x53000000, .bytes = 77 };

/* A tree as QEMU makes one, as far as anybody looks. */
static int
make_qemus(void **state)
{
	(void)state;
	if (fdt_create_empty_tree(qemus, sizeof(qemus)) != 0)
		return -1;
	return fdt_setprop_string(qemus, fdt_add_subnode(qemus, 0, "chosen"), "stdout-path",
				  "/pl011@9000000");
}

static const char *
text(const char *path, const char *name)
{
	return fdt_getprop(tree, fdt_path_offset(tree, path), name, NULL);
}

static uint64_t
number(const char *path, const char *name, unsigned int i)
{
	const char *p = text(path, name);

	assert_non_null(p);
	return fdt64_ld((const void *)(p + i * sizeof(fdt64_t)));
}

static void
test_domains_in_order(void **state)
{
	int chosen, node, domid = 0;
	char name[16];

	(void)state;
	assert_int_not_equal(tree_write(tree, qemus, guest, 3, NULL), 0);
	chosen = fdt_path_offset(tree, "/chosen");
	fdt_for_each_subnode(node, tree, chosen) {
		if (fdt_node_check_compatible(tree, node, "xen,domain") != 0)
			continue;
		snprintf(name, sizeof(name), "domU%d", ++domid);
		assert_string_equal(fdt_get_name(tree, node, NULL), name);
	}
	assert_int_equal(domid, 2);
	assert_int_equal(number("/chosen/domU2", "memory", 0), TREE_DOMAIN_MIB << 10);
	assert_int_equal(number("/chosen/domU2/module@52000000", "reg", 0), 0x52000000);
	assert_int_equal(number("/chosen/domU2/module@52000000", "reg", 1), 0x1a000);
	assert_string_equal(text("/chosen/domU1/module@51000000", "bootargs"), "peer");
}

static void
test_dom0(void **state)
{
	(void)state;
	assert_int_not_equal(tree_write(tree, qemus, guest, 1, &program), 0);
	assert_string_equal(text("/chosen/module@50000000", "bootargs"), "dom0");
	assert_string_equal(text("/chosen/module@50000000", "compatible"), "multiboot,kernel");
	assert_int_equal(number("/chosen/module@53000000", "reg", 1), 77);
	assert_string_equal(text("/chosen/module@53000000", "compatible"), "multiboot,ramdisk");
	assert_null(text("/chosen/module@53000000", "bootargs"));
	assert_string_equal(text("/chosen", "stdout-path"), "/pl011@9000000");
	assert_true(fdt_path_offset(tree, "/chosen/domU1") < 0);
}

/* No larger than what is in it: QEMU doubles it, and Xen takes 2 MiB at the most. */
static void
test_is_packed(void **state)
{
	size_t bytes = tree_write(tree, qemus, guest, 3, &program);

	(void)state;
	assert_int_equal(bytes, fdt_totalsize(tree));
	assert_true(bytes < 4096);
	assert_int_equal(fdt_check_full(tree, bytes), 0);
}

static void
test_no_tree(void **state)
{
	static uint8_t nothing[64], chosenless[256];

	(void)state;
	assert_int_equal(tree_write(tree, nothing, guest, 3, NULL), 0);
	assert_int_equal(fdt_create_empty_tree(chosenless, sizeof(chosenless)), 0);
	assert_int_equal(tree_write(tree, chosenless, guest, 3, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains_in_order),
		cmocka_unit_test(test_dom0),
		cmocka_unit_test(test_is_packed),
		cmocka_unit_test(test_no_tree),
	};

	return cmocka_run_group_tests_name("tree", tests, make_qemus, NULL);
}
