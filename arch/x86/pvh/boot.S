/*
 * boot: where Xen enters our guest if it is PVH, and where exceptions go.
 *
 * Xen reads the notes below and enters pvh_entry in 32-bit mode without paging.  From there on the
 * first gigabyte of guest-physical addresses is mapped at the same linear ones, whether or not
 * anything is there, so that whatever Xen puts at a frame number of ours can be touched at once.
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
	note	18, .long pvh_entry		/* PHYS32_ENTRY */
	note	17, .long 0x8801		/* SUPPORTED_FEATURES: dom0, any RSDP */

	.set	PTE_TABLE, 0x3			/* present, writable */
	.set	PTE_LARGE, 0x83			/* and 2 MiB */
	.set	CR4_PAE, 1 << 5
	.set	CR0_PE_PG, 1 << 31 | 1
	.set	MSR_EFER, 0xc0000080
	.set	EFER_LME, 1 << 8

	.code32
	.text
	.globl	pvh_entry
pvh_entry:
	cld
	movl	%ebx, pvh_told
	movl	$stack_top, %esp
	movl	$(directory + PTE_TABLE), tables
	movl	$(directory + 0x1000 + PTE_TABLE), directory
	movl	$PTE_LARGE, %eax
	movl	$(tables + 0x2000), %edi
1:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	cmpl	$(tables + 0x3000), %edi
	jne	1b

	movl	$tables, %eax
	movl	%eax, %cr3
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PE_PG, %eax
	movl	%eax, %cr0
	lgdt	gdt_at
	ljmp	$8, $enter64

	.code64
enter64:
	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%ebp, %ebp
	call	pvh_start
1:	pause
	jmp	1b

/* Nothing returns from an exception, so registers may be lost. */
.macro trap vector:req, has_error=0
trap_\vector:
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
	call	pvh_trap

	.section .rodata
	.balign	8
gdt:	.quad	0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_at:	.word	gdt_at - gdt - 1
	.long	gdt
	.balign	8
	.globl	trap_entries
trap_entries:
	.quad	trap_0, trap_1, trap_2, trap_3, trap_4, trap_5, trap_6, trap_7, trap_8, trap_9
	.quad	trap_10, trap_11, trap_12, trap_13, trap_14
	.quad	trap_15, trap_16, trap_17, trap_18, trap_19

	.bss
	.balign	4096
tables:	.skip	4096
	.globl	directory
directory:
	.skip	2 * 4096
	.skip	32768
stack_top:
	.globl	pvh_told
pvh_told:
	.skip	8

	.section .text.hypercall_page, "ax"
	.balign	4096
	.globl	hypercall_page
hypercall_page:
	.skip	4096

	.section .note.GNU-stack, "", @progbits
