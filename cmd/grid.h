/* grid.h - what the files of `covtriage grid` share: the settings, the bins however they came,
 * and the writers of each output. */
#ifndef COVTRIAGE_CMD_GRID_H
#define COVTRIAGE_CMD_GRID_H

#include <stdio.h>

#include "cmd/command.h"
#include "geo/bins.h"
#include "models/tables/scan_bins.h"

enum { GRID_QUANTILES_MAX = 16, GRID_CRS_MAX = 4096 };

/** What must be equal for parts to be joined. */
struct grid_settings {
    char crs_name[GRID_CRS_MAX]; /**< "" when there was no sample to tell the zone */
    double bin_m;
    double weak_rsrp_dbm, weak_rxlev_dbm;
    bool by_cell;
    double quantiles[GRID_QUANTILES_MAX]; /**< percent, ascending as given */
    int quantile_count;
};

/** Rows of the input, for the report. */
struct grid_counts {
    uint64_t rows, refused, dropped, placed, unplaced;
};

/** A part opened for joining. */
struct grid_part {
    const char *path;
    int fd;
    uint32_t *cells; /**< the part's cell numbers -> those of the grid */
    uint32_t cell_count;
    uint64_t offset, length, groups;
    uint64_t hash; /**< as the part says */
};

/** All bins to be written, and the cells by number. */
struct grid {
    struct grid_settings settings;
    struct grid_counts counts;
    struct arena *arena; /**< of the cell ids */
    struct textmap cell_numbers;
    const char **cells;
    size_t cell_count, cell_capacity;
    uint32_t *rank;    /**< of each cell, in the order of their ids; set by grid_rank */
    struct bins *bins; /**< NULL when parts are joined */
    struct grid_part *parts;
    size_t part_count;
};

void grid_free(struct grid *grid);

/** The number of a cell id. */
uint32_t grid_cell(struct grid *grid, const char *cell_id);
/** Order the cells by their ids. */
void grid_rank(struct grid *grid);

/** A walk over some rows of squares, or all. Free with bins_cursor_free. */
enum status grid_walk(const struct grid *grid, struct bins_rows rows, struct bins_cursor **out,
                      struct error *error);

/**
 * The best server of a square: the group with the highest mean level; among equals that with
 * more samples, then the cell id that sorts first.
 */
const struct bins_group *grid_best(const struct bins_square *square);

/* ---- grid_read.c ------------------------------------------------------------------------ */

struct grid_input {
    const struct options *options;
    const char *dst_crs; /**< NULL: the UTM zone of the data's middle */
    size_t memory_bytes;
};

/** Read the sample files named in options->operands into grid->bins. */
enum status grid_read(const struct grid_input *input, struct grid *grid,
                      struct rejects *rejects, struct error *error);

/* ---- grid_part.c ------------------------------------------------------------------------ */

/** Write everything as a part. */
enum status grid_part_write(const struct grid *grid, FILE *file, struct error *error);

/**
 * Open the parts named in options->operands and take their settings. Errors: STATUS_USAGE with
 * a sentence that names two parts that cannot be joined, STATUS_FORMAT for a damaged one.
 */
enum status grid_parts_open(const struct options *options, struct grid *grid,
                            struct error *error);

/* ---- grid_csv.c, grid_map.c ----------------------------------------------------------- */

/** Write CSV to the file with `threads` threads; the bytes do not depend on them. */
enum status grid_csv_write(const struct grid *grid, int threads, FILE *file,
                           struct error *error);

/** Write a Cloud-Optimized GeoTIFF, one band a statistic, at `path`. */
enum status grid_tif_write(const struct grid *grid, size_t memory_bytes, const char *path,
                           struct error *error);

/** Write a GeoPackage with one square a bin at `path`. */
enum status grid_gpkg_write(const struct grid *grid, const char *path, struct error *error);

/** "q05_dbm", "q50_dbm", "q99.5_dbm": the column of a quantile in percent. */
void grid_quantile_name(double percent, char name[32]);

/** Whole thousandths of a dB of a group's mean, half away from zero. */
int64_t grid_mean_mdb(const struct bins_entry *entry);

#endif
