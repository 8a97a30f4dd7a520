/* assets: files that pages are made of, as strings, so that they can be files. */
	.section .rodata
	.global reports_matrix_css
reports_matrix_css:
	.incbin "reports/matrix.css"
	.byte 0

	.section .note.GNU-stack, "", %progbits
