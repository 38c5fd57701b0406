/* phone.h - one line of a phone's log, whichever app wrote it, as rows of samples. */
#ifndef COVTRIAGE_VENDOR_PHONE_H
#define COVTRIAGE_VENDOR_PHONE_H

#include "models/tables/record.h"
#include "models/tables/vendor/out.h"

/** What a phone says of one cell; texts are borrowed, "" when absent. */
struct phone_cell {
    const char *technology; /**< "4G", "LTE", "HSPA+" ... */
    const char *plmn;       /**< "20604"; or mcc and mnc apart */
    const char *mcc, *mnc;
    const char *node, *cell; /**< eNB or RNC, cell within it or 16-bit id */
    const char *lac;
    const char *whole; /**< ECI, NCI or UTRAN cell id in one number */
    const char *pci, *arfcn;
    const char *level, *quality, *snr, *ta;
};

/** A line: where and when, and the serving cell. */
struct phone_line {
    const char *time, *lon, *lat, *source;
    struct phone_cell serving;
};

/** The technology of "4G", "LTE", "5G", "NR", "3G", "HSPA+", "UMTS", "2G", "EDGE" ... */
enum rat phone_rat(const char *technology);

/**
 * The id of a cell, "" when the phone does not know it: LTE eNB-cell, GSM and UMTS
 * MCC-MNC-LAC-CI (TS 23.003 4.3.1), NR the NCI; a cell known by carrier and code alone is
 * "pci437@2850".
 */
void phone_cell_id(const struct phone_cell *cell, enum rat rat, char *id, size_t size);

/**
 * Give the serving cell as a row, or refuse it: no network, no level, a level that cannot be.
 * The values of time, lon, lat and source are set for neighbours that may follow.
 */
void phone_give_serving(struct vendor_out *out, const struct phone_line *line);

/** As phone_give_serving for a line that is of a neighbour when `serving` is false. */
void phone_give_cell(struct vendor_out *out, const struct phone_line *line, bool serving);

/** Give a neighbour as a row; one without a usable level or id is counted in a note. */
void phone_give_neighbour(struct vendor_out *out, const struct phone_cell *cell);

#endif
