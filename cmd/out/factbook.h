/* factbook.h - the facts of all cases. A million cases have gigabytes of them, each told once
 * and read once or never: they lie in files without a name, and a case recalls its own. */
#ifndef COVTRIAGE_FACTBOOK_H
#define COVTRIAGE_FACTBOOK_H

#include "cmd/out/result.h"

struct factbook;

/**
 * An empty book in a file of `folder` that nobody else sees and that ends with the program.
 * A book has one writer. Free with factbook_free. Errors: STATUS_IO.
 */
enum status factbook_new(const char *folder, struct factbook **out, struct error *error);
void factbook_free(struct factbook *book);

/** Write one more fact of a case, which from here on recalls them. false, and nothing is
 * written, when facts of another case came between: a case's facts lie together. */
bool factbook_add(struct factbook *book, struct result_case *of,
                  const struct result_fact *fact);

/** After the last fact. Errors: STATUS_IO when any could not be written. */
enum status factbook_finish(struct factbook *book, struct error *error);

/** Set of->facts, in `arena`; nothing to do when the case holds them. Errors: STATUS_IO. */
enum status factbook_recall(struct result_case *of, struct arena *arena, struct error *error);

#endif
