/* assets: files that pages are made of, as strings.  They are files to be read and edited as such. */
	.section .rodata
	.global reports_matrix_css
reports_matrix_css:
	.incbin "reports/matrix.css"
	.byte 0

	.section .note.GNU-stack, "", %progbits
