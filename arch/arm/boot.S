/*
 * boot: where Xen enters our guest on 64-bit Arm, and where exceptions go.
 *
 * The image looks like a kernel's: Xen reads the header below, puts it where it likes, and enters
 * it at its start with the MMU off and the address of a device tree in x0.  From there on all
 * guest-physical addresses below 512 GiB are mapped at the same linear ones, as ordinary memory,
 * whether or not anything is there: whatever Xen puts at a frame number of ours can be touched at
 * once, and Xen accepts it in a hypercall.
 */
	.set	BLOCK, 0x701			/* 1 GiB: accessed, inner shareable, MAIR 0 */
	.set	BLOCKS, 512
	.set	MAIR_MEMORY, 0xff		/* write-back, read and write allocate */
	.set	TCR_LOW, 0x3519			/* 39 bits of address, 4 KiB, cached tables */
	.set	TCR_NO_HIGH, 0x80		/* bits 16 to 31: no upper half */
	.set	TCR_40_BITS, 2			/* bits 32 to 34: of what tables point to */
	.set	SCTLR_ON, 0x1005		/* MMU, data cache, instruction cache */
	.set	RELATIVE, 1027			/* R_AARCH64_RELATIVE */

	.section .head, "ax"
	.globl	_start
_start:	b	enter
	.long	0
	.quad	0				/* anywhere in memory, at 2 MiB */
	.quad	image_size - . + 0x10		/* with what is not in the file; no address */
	.quad	0xa				/* little-endian, 4 KiB pages, any place */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

	.text
enter:	mov	x19, x0
	adrp	x0, tables
	mov	x1, #BLOCK
	mov	x2, #BLOCKS
	mov	x3, x0
	mov	x4, #1 << 30
1:	str	x1, [x3], #8
	add	x1, x1, x4
	subs	x2, x2, #1
	b.ne	1b
	dsb	ish

	mov	x1, #MAIR_MEMORY
	msr	mair_el1, x1
	msr	ttbr0_el1, x0
	movz	x1, #TCR_LOW
	movk	x1, #TCR_NO_HIGH, lsl #16
	movk	x1, #TCR_40_BITS, lsl #32
	msr	tcr_el1, x1
	isb
	tlbi	vmalle1
	dsb	ish
	isb
	mrs	x1, sctlr_el1
	mov	x2, #SCTLR_ON
	orr	x1, x1, x2
	bic	x1, x1, #2			/* no alignment check */
	msr	sctlr_el1, x1
	isb

	adrp	x0, bss_start
	adrp	x1, bss_end
1:	cmp	x0, x1
	b.hs	2f
	stp	xzr, xzr, [x0], #16
	b	1b

	/* Linked at 0: add where we are to each address in the image. */
2:	adr	x3, _start
	adrp	x0, relocations_start
	add	x0, x0, :lo12:relocations_start
	adrp	x1, relocations_end
	add	x1, x1, :lo12:relocations_end
3:	cmp	x0, x1
	b.hs	4f
	ldp	x4, x5, [x0], #16		/* where, which sort */
	ldr	x6, [x0], #8			/* what */
	cmp	x5, #RELATIVE
	b.ne	5f
	add	x6, x6, x3
	str	x6, [x4, x3]
	b	3b

4:	adrp	x0, stack_top
	mov	sp, x0
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	vbar_el1, x1
	isb
	mov	x0, x19
	bl	arm_start
5:	wfi
	b	5b

/*
 * bool arm_reads(const void *address): whether there is anything to load from.  If not, Xen
 * delivers an abort, and the handler below goes on at the second half.
 */
	.globl	arm_reads
arm_reads:
	ldrb	w0, [x0]
	mov	w0, #1
	ret
reads_nothing:
	mov	w0, #0
	ret

/* Nothing else returns from an exception, so registers may be lost. */
.macro vector number:req
	.balign	0x80
	mov	x3, #\number
	b	exception
.endm

	.balign	0x800
vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\n
	.endr
exception:
	mrs	x1, elr_el1
	adr	x4, arm_reads
	cmp	x1, x4
	b.ne	1f
	adr	x4, reads_nothing
	msr	elr_el1, x4
	eret
1:	mrs	x0, esr_el1
	mrs	x2, far_el1
	bl	arm_exception

	.section .tables, "aw", @nobits
	.balign	4096
tables:	.skip	4096

	.bss
	.balign	4096
	.skip	32768
stack_top:

	.section .note.GNU-stack, "", @progbits
