/*
 * text_operand: parsing an operation's parts.
 *
 * Each function begins at the token in hand and, unless it says otherwise, ends behind
 * what it read.  False: the error is told.
 */
#ifndef TEXT_OPERAND_H
#define TEXT_OPERAND_H

#include "diff/text_lex.h"

/* The code that a spells, or -1. */
int text_names_find(const struct names *n, struct span a);

/* `gnt 1` and the header, up to the first line of operations, which stays in hand. */
bool text_parse_header(struct lexer *l, struct program_header *h);

/* An actor, below `domains`.  The token stays in hand. */
bool text_parse_actor(struct lexer *l, unsigned int domains, unsigned int *actor);

/* An operation's name.  The token stays in hand. */
bool text_parse_verb(struct lexer *l, enum op_kind *kind);

/* The operands of o->kind, then its flags. */
bool text_parse_operands(struct lexer *l, struct op *o);

/*
 * A turn of a race with that many branches: `0`, `1_`, `0!`, `0!2`, `1~3`, and `*N` for how often.
 * *code is one of arch/turn.h.  The token stays in hand.
 */
bool text_parse_turn(struct lexer *l, unsigned int branches, unsigned int *code,
		     unsigned int *times);

/* The answer of an operation of `kind`, into the OP_EXPECT *e. */
bool text_parse_answer(struct lexer *l, enum op_kind kind, struct op *e);

#endif
