/* postgis.h - a PostgreSQL database with PostGIS as the place of a package: "PG:dbname=rf
 * host=db". Every run is kept; package.h writes a new one and reads the latest.
 *
 * After PG: stands what libpq takes (key=value, or an URI) and two words of our own:
 * schema=NAME (default covtriage) and run=N of the run to read (default the latest; run=-1 the
 * one before). Passwords come from the environment, a .pgpass or a service file, never from
 * there.
 */
#ifndef COVTRIAGE_POSTGIS_H
#define COVTRIAGE_POSTGIS_H

#include "geo/base.h"

/** Does the text name a database ("PG:...")? */
bool postgis_named(const char *place);

/** The place for messages, which never holds a password; to be freed. */
char *postgis_shown(const char *place);

/**
 * Could a run be written there now? Nothing is changed, but that PostGIS is added where that
 * is allowed. Errors, one sentence each: STATUS_USAGE
 * when the text is not understood or holds a password; STATUS_IO when no server answers, it
 * refuses, has no PostGIS, or the user may not write; STATUS_FORMAT when the schema is somebody
 * else's or a newer program's.
 */
enum status postgis_check(const char *place, struct error *error);

#endif
