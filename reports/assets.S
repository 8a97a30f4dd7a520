/* assets: files that pages are made of, as strings, so that they can be files. */
	.section .rodata
	.global reports_page_css
reports_page_css:
	.incbin "reports/page.css"
	.byte 0

	.global reports_spec_md
reports_spec_md:
	.incbin "diff/spec.md"
	.byte 0

	.section .note.GNU-stack, "", %progbits
