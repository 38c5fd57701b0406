/* excerpt.h - what one page, map or workbook shows of a result that is too large for it. */
#ifndef COVTRIAGE_EXCERPT_H
#define COVTRIAGE_EXCERPT_H

#include "cmd/out/result.h"

/**
 * The part of the result that presses most: the first report_rows orders (a rule), as many
 * tickets, those of the first orders before the others, and, of a network of more cells, those
 * of the sites that are to blame and those that the audit flags, as many. A result within the
 * bound is its own excerpt. Texts are borrowed; free with excerpt_free.
 */
struct result excerpt_make(const struct result *result);
void excerpt_free(struct result *excerpt, const struct result *result);

/** "This page shows ..." in the language; "" when the excerpt is the whole. */
void excerpt_note(const struct result *excerpt, enum language language, char note[256]);

#endif
