/* book.h - a workbook of libxlsxwriter that is whole or an error: the library passes over what
 * goes wrong with its own temporary files. */
#ifndef COVTRIAGE_OUT_BOOK_H
#define COVTRIAGE_OUT_BOOK_H

#include <xlsxwriter.h>

#include "geo/base.h"

/** A workbook to be written to `path`, with its temporary files in memory or beside it. */
lxw_workbook *book_open(const char *path);

/**
 * Write and free the workbook, then read it again: every part must be whole XML. Errors:
 * STATUS_IO; the library's own messages are kept off stderr. From one thread only.
 */
enum status book_close(lxw_workbook *book, const char *path, struct error *error);

#endif
