/* served.h - what phones got around a place, whoever served them: a local average of the
 * measurements of the serving cell. Where people measured, this says more than any model of
 * single cells; where they did not, it says nothing. */
#ifndef COVTRIAGE_RADIO_SERVED_H
#define COVTRIAGE_RADIO_SERVED_H

#include "models/tables/world.h"

struct served;

/** A level that phones got; samples 0 and dbm NAN where nobody measured. */
struct served_level {
    double dbm;
    double sigma_db; /**< of the local mean, by leave-one-out on the table itself */
    double samples;  /**< weighted by the kernel */
};

/** Build from world->served; the world is borrowed. Free with served_free. Const afterwards. */
struct served *served_new(const struct world *world);
void served_free(struct served *served);

/** The local mean at a place of one technology, by drive tests or by reports. */
struct served_level served_at(const struct served *served, enum rat rat, enum bin_kind kind,
                              struct xy at);

#endif
