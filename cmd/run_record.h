/* run_record.h - run.json: what was read, by which rules, what came out, how long it took. */
#ifndef COVTRIAGE_RUN_RECORD_H
#define COVTRIAGE_RUN_RECORD_H

#include "cmd/out/result.h"
#include "models/tables/world.h"

/** Stages of a run and when each ended, seconds of wall clock since the start. */
struct timings {
    struct timing {
        const char *stage;
        double wall_s, cpu_s;
    } items[16];
    size_t count;
};

/** Note that `stage` ends now. The first call of a run starts the clock with stage NULL. */
void timings_mark(struct timings *timings, const char *stage);

/**
 * The record as JSON text in `arena`: program version, inputs with SHA-256 and what was
 * understood of each, rules in force with their origin, counts of verdicts. Timings are left
 * out: they differ from run to run.
 */
enum status run_record(const struct world *world, const struct result *result,
                       struct arena *arena, const char **out, struct error *error);

/** run.json: the record and the timings. */
enum status run_record_write(const char *record, const struct timings *timings,
                             const char *path, struct error *error);

#endif
