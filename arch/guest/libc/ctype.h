/* What a guest has of the C library's <ctype.h>: see arch/guest/text.c. */
int isalnum(int c);
int isdigit(int c);
int isxdigit(int c);
