/* reply.h - the replies to customers (回单) that the user wrote: replies.csv of the case
 * folder, one text per verdict, cause and language, with placeholders. */
#ifndef COVTRIAGE_REPLY_H
#define COVTRIAGE_REPLY_H

#include "models/say.h"
#include "models/verdict/explain.h"

struct replies;

/**
 * Read replies.csv (or .xlsx ...) of the folder: columns verdict, cause (empty: any), language
 * (zh, en; empty: both), text. *out is in `arena`, NULL when the folder has none. Placeholders
 * are those of reply_placeholders; {{ and }} stand for braces.
 * Errors: STATUS_FORMAT for an unknown verdict, cause, language or placeholder, with the line.
 */
enum status replies_read(const char *folder, struct arena *arena, const struct replies **out,
                         struct error *error);

/** The names that a text may hold in braces: "ticket", "cell", "level" ... ends with NULL. */
extern const char *const reply_placeholders[];

/**
 * Write the user's reply for the case, its placeholders filled ("?" where the case has no such
 * thing). The text of verdict and cause goes before that of the verdict alone.
 * false: the user wrote none for it; nothing was appended.
 */
bool reply_write(const struct replies *replies, const struct account *account,
                 enum language language, struct buffer *out);

#endif
