/* alarm_names.h - what an alarm's name says of its effect, by a table that a user can extend.
 *
 * models/tables/alarm_names.csv (name, vendor, effect, source) is built into the program; an
 * alarm_names.csv in the case folder is asked before it. A name is looked up as it is, then
 * without the code in brackets behind it or the number before it ("RRU链路断(198097605)",
 * "7653 CELL FAULTY"), then by the patterns, names
 * with "*" for any text, in their order. Case, width, spaces and punctuation do not matter.
 */
#ifndef COVTRIAGE_ALARM_NAMES_H
#define COVTRIAGE_ALARM_NAMES_H

#include "models/tables/table.h"

struct alarm_names;

/** The names that are built in. Free with alarm_names_free. */
struct alarm_names *alarm_names_new(void);
void alarm_names_free(struct alarm_names *names);

/**
 * Put the names of a user's table at `path` before all others; its rows that cannot be used go
 * to options->rejects. `report` may be NULL. Errors: as table_read.
 */
enum status alarm_names_extend(struct alarm_names *names, const char *path,
                               const struct table_options *options, struct table_report *report,
                               struct error *error);

/** The effect that the table gives for a name; EFFECT_UNKNOWN when it has none. */
enum effect alarm_names_find(const struct alarm_names *names, const char *name);

/**
 * The effect of an alarm: of its name, else of its probable cause. An outage of a part of the
 * site (alarm->partial) is degradation as long as no cell is named.
 */
enum effect alarm_names_effect(const struct alarm_names *names, const struct alarm *alarm);

#endif
