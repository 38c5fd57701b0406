/* scan_bins.h - sample files straight into square bins, with all threads. */
#ifndef COVTRIAGE_SCAN_BINS_H
#define COVTRIAGE_SCAN_BINS_H

#include "geo/bins.h"
#include "models/rules.h"
#include "models/tables/scan.h"

/** The group of a cell whose samples are left out. */
#define SCAN_BINS_LEAVE UINT32_MAX

struct scan_bins_options {
    const char *crs_name; /**< the plane of the bins */
    double bin_m;
    const char
        *src_crs; /**< of the file: "WGS84", "GCJ02" ..., as datum_reader_open; or NULL */
    const struct rules *rules; /**< which levels are weak; NULL: none is */
    int utc_offset_s, threads;
    struct rejects *rejects;
    const volatile bool *stop;
    void *context; /**< of the functions below */
    /** The number of a cell id (less than 2^31), or SCAN_BINS_LEAVE; one thread at a time. */
    uint32_t (*cell)(void *context, const char *cell_id);
    void (*progress)(void *context, uint64_t bytes); /**< may be NULL; one thread at a time */
};

/** Where samples fell: zone 0..59 of UTM, by hemisphere. Sums of any parts may be added. */
struct scan_zones {
    uint64_t count[60];
    uint64_t south;
};

/** What became of the rows that were read. Add up over files. */
struct scan_bins_counts {
    uint64_t placed;
    uint64_t left;     /**< of cells that were left out */
    uint64_t unplaced; /**< where the projection has no answer */
    struct scan_zones zones;
};

/**
 * Add the samples of one file of any accepted form to `bins`. Errors: as scan_file, bins_add,
 * crs_open, datum_reader_open.
 */
enum status scan_bins(const char *path, const struct scan_bins_options *options,
                      struct bins *bins, struct scan_bins_counts *counts,
                      struct table_report *report, struct error *error);

/**
 * The UTM zone of the middle sample: of the median longitude and the median latitude's
 * hemisphere, "EPSG:326zz"; "" without samples. If it is the same for all parts of the data, it
 * is also that of the whole.
 */
void scan_zones_name(const struct scan_zones *zones, char name[16]);

#endif
