/* world.h - all tables of a case folder, loaded and indexed once, const afterwards. */
#ifndef COVTRIAGE_WORLD_H
#define COVTRIAGE_WORLD_H

#include "geo/base.h"
#include "geo/crs.h"
#include "geo/point.h"
#include "models/rules.h"
#include "models/tables/record.h"
#include "models/tables/table.h"

#define INDEX_NONE UINT32_MAX

/** One mast: the cells with the same site_id. */
struct site {
    const char *site_id, *site_name;
    struct point at;
    struct xy xy;
    uint32_t first_cell, cell_count; /**< world->site_cells[first_cell ..] */
};

/** Who measured: a drive test stands outdoors; reports come from wherever people are, so a part
 * of them is indoors and the two are never averaged. */
enum bin_kind { BIN_DRIVE = 0, BIN_REPORTED };

/** All measurements of one kind of one cell within one square bin. */
struct bin {
    int32_t ix, iy; /**< floor(x / bin_m), floor(y / bin_m) in the world's plane */
    uint32_t cell;
    enum bin_kind kind;        /**< BIN_DRIVE: source dt; BIN_REPORTED: cqt, mr, mdt, unknown */
    uint32_t samples, serving; /**< measurements; of these taken as serving cell */
    float mean_dbm, deviation_db, min_dbm;
    float off_x_m, off_y_m; /**< from the middle of the square to the mean of the positions */
    float mean_sinr_db;     /**< NAN: none */
    int64_t last_s;
};

/** Where the rows of sorted bins begin: of millions, a place's are sought within its row. */
struct bin_rows {
    int32_t south;   /**< iy of the first row */
    uint32_t count;  /**< of rows; 0: not known, all bins are sought through */
    uint32_t *first; /**< count + 1 offsets */
};

/** The first of `count` bins, ordered by iy and ix, at or after the place. */
size_t bin_lower(const struct bin *bins, size_t count, const struct bin_rows *rows, int32_t ix,
                 int32_t iy);

/** An input file, for provenance. */
struct source_file {
    const char *table, *path;
    struct table_report report;
    uint64_t joined, unjoined; /**< rows whose cell or site is, or is not, in the cell table */
};

/** A raster that is used: "dem" or "clutter", or one tile of it. */
struct raster_source {
    const char *table, *path;
};

struct gazetteer;      /* geo/gazetteer.h */
struct terrain;        /* geo/terrain.h */
struct index;          /* geo/index.h */
struct identity_index; /* models/tables/identity.h */

struct world {
    struct arena *arena;
    struct rules rules;
    const char *folder;
    int utc_offset_s;

    const char *crs_name; /**< the plane: UTM zone of the cells' middle; each worker opens it */

    struct source_file *sources;
    size_t source_count;
    struct raster_source *rasters;
    size_t raster_count, raster_capacity;
    struct rejects rejects;

    struct complaint *complaints; /**< in the order of the input */
    size_t complaint_count;
    struct cell *cells;
    size_t cell_count;
    struct site *sites;
    size_t site_count;
    uint32_t *site_cells;
    struct textmap cell_by_id, site_by_id;
    struct identity_index *identity; /**< cells and sites by any spelling of their identity */
    struct index *site_index;        /**< sites by plane position */

    struct alarm *alarms; /**< ordered by raised_s */
    size_t alarm_count;
    uint32_t *site_alarms;      /**< alarm indexes grouped by site, in time order */
    uint32_t *site_alarm_first; /**< site_count + 1 offsets into site_alarms */

    struct counter *counters; /**< ordered by cell, start_s */
    size_t counter_count;
    uint32_t *cell_counter_first; /**< cell_count + 1 offsets into counters */

    struct plan *plans;
    size_t plan_count;
    struct place *places;
    size_t place_count;
    struct subscribers *subscribers;
    size_t subscribers_count;
    struct terminal *terminals;
    size_t terminal_count;

    struct bin *bins; /**< ordered by iy, ix, cell, kind */
    size_t bin_count;
    /** What phones got, whoever served: fine squares of served_bin_m by technology, `cell`
     * holds the enum rat; rows taken as serving cell, or the strongest of those reported
     * together where the table does not say who served. Ordered by iy, ix, rat, kind. */
    struct bin *served;
    size_t served_count;
    struct bin_rows bin_rows, served_rows;
    uint64_t sample_count;
    int64_t now_s; /**< the latest time in complaints, alarms and counters */

    struct gazetteer *gazetteer; /**< NULL when there are no places */
    double datum_doubt_m; /**< how far tickets' coordinates may be off because of their datum */
    const char *datum_note;  /**< how they were read, a sentence; NULL before datum_settle */
    struct terrain *terrain; /**< NULL when there is no dem */
    struct terrain *clutter; /**< heights of buildings and trees; NULL: no such raster */
};

/** How to load; see world_load. */
struct world_options {
    const struct rules *rules; /**< with --set applied; rules.csv of the folder goes below it */
    const char *src_crs;       /**< NULL: as the tables say */
    int utc_offset_s;          /**< for times without an offset */
    int threads;
    bool bare; /**< cells, complaints and places only: what `check` judges the datum by */
    const volatile bool *stop;                                         /**< may be NULL */
    void (*progress)(void *context, const char *table, uint64_t rows); /**< may be NULL */
    void *progress_context;
};

/**
 * Load every table of the case folder and index it. Only complaints and cells are required
 * (complaints only when `with_complaints`). What is missing otherwise leaves its count at 0.
 * Free with world_free. Errors: as table_read; STATUS_MISSING without a required table.
 */
enum status world_load(const char *folder, const struct world_options *options,
                       bool with_complaints, struct world **out, struct error *error);
void world_free(struct world *world);

/** The outages and faults that can darken a cell: alarms of the cell, of its site, in time
 * order. Returns how many indexes into world->alarms were written to `out`. */
size_t world_cell_alarms(const struct world *world, uint32_t cell, uint32_t *out, size_t limit);

/** The bins (of all cells and kinds) of one square, as a range of world->bins. */
struct bin_range {
    size_t first, end;
};
struct bin_range world_bins_at(const struct world *world, int32_t ix, int32_t iy);

#endif
