/*
 * boot: where Xen enters our guest, and where it delivers exceptions.
 *
 * The image is a 64-bit PV kernel at 0xffffffff80100000 (kernel.ld); Xen reads the notes below,
 * writes its own code into hypercall_page, and enters _start with start_info in rsi.
 */
.macro note type:req, desc:vararg
	.pushsection .note.Xen, "a", @note
	.balign	4
	.long	4, 2f - 1f, \type
	.asciz	"Xen"
1:	\desc
2:	.balign	4
	.popsection
.endm

	note	6,  .asciz "gntfuzz"		/* GUEST_OS */
	note	5,  .asciz "xen-3.0"		/* XEN_VERSION: the interface's */
	note	8,  .asciz "generic"		/* LOADER */
	note	9,  .asciz "yes"		/* PAE_MODE */
	note	3,  .quad 0xffffffff80000000	/* VIRT_BASE */
	note	1,  .quad _start		/* ENTRY */
	note	2,  .quad hypercall_page	/* HYPERCALL_PAGE */
	note	10, .asciz "!writable_page_tables|pae_pgdir_above_4gb"	/* FEATURES */
	note	17, .long 0x801			/* SUPPORTED_FEATURES: dom0, writable_page_tables */

	.text
	.globl	_start
_start:	cld
	leaq	stack_top(%rip), %rsp
	movq	%rsi, %rdi
	xorl	%ebp, %ebp
	call	pv_start
1:	pause
	jmp	1b

/*
 * Exceptions.  A PV trap frame begins with rcx and r11; behind them lies what the processor would
 * have pushed. Nothing returns from here, so the other registers may be lost.
 */
.macro trap vector:req, has_error=0
trap_\vector:
	addq	$16, %rsp
	.if	!\has_error
	pushq	$0
	.endif
	pushq	$\vector
	jmp	trap_common
.endm

	trap 0
	trap 1
	trap 2
	trap 3
	trap 4
	trap 5
	trap 6
	trap 7
	trap 8, 1
	trap 9
	trap 10, 1
	trap 11, 1
	trap 12, 1
	trap 13, 1
	trap 14, 1
	trap 15
	trap 16
	trap 17, 1
	trap 18
	trap 19
trap_common:
	cld
	movq	%rsp, %rdi
	andq	$-16, %rsp
	call	pv_trap

	.section .rodata
	.balign	8
	.globl	trap_entries
trap_entries:
	.quad	trap_0, trap_1, trap_2, trap_3, trap_4, trap_5, trap_6, trap_7, trap_8, trap_9
	.quad	trap_10, trap_11, trap_12, trap_13, trap_14
	.quad	trap_15, trap_16, trap_17, trap_18, trap_19

	.bss
	.balign	4096
	.skip	32768
stack_top:

	.section .text.hypercall_page, "ax"
	.balign	4096
	.globl	hypercall_page
hypercall_page:
	.skip	4096

	.section .note.GNU-stack, "", @progbits
