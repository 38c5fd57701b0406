/* world_load.h - what the files that load a world share; not for others. */
#ifndef COVTRIAGE_WORLD_LOAD_H
#define COVTRIAGE_WORLD_LOAD_H

#include "geo/datum.h"
#include "models/tables/world.h"

/** One measurement of what a phone got. */
struct served_sample {
    bool any;
    int64_t time_s;
    struct point at;
    struct bin key;
    struct sample sample;
};

/** The state of one load. */
struct loader {
    struct world *world;
    const struct world_options *options;
    struct error *error;
    struct crs *plane;             /**< opened once the cells are known */
    struct datum_reader *datum;    /**< --src-crs; NULL: coordinates are WGS-84 */
    struct source_file *source;    /**< the file being read */
    size_t capacity;               /**< of the array being filled */
    struct textmap seen_tickets;   /**< ticket_id -> line */
    struct textmap spellings;      /**< identity as written -> cell, or SPELLING_UNKNOWN */
    struct bin_sums *sums;         /**< samples gathered so far, by cell */
    struct bin_sums *served;       /**< and by technology, of the serving cell only */
    struct served_sample pending;  /**< the strongest of the rows reported together */
    struct alarm_names *names;     /**< what the alarms mean */
    struct neighbours *neighbours; /**< cells by carrier and PCI, while samples are read */
};

#define SPELLING_UNKNOWN (UINT32_MAX - 1)

/** The cell that a table's text names, INDEX_NONE when none; each spelling is parsed once. */
uint32_t world_find_cell(struct loader *loader, const char *text);

/** Index sites and cells: sites, site_cells, the id maps, plane positions, site_index. */
enum status world_index_cells(struct loader *loader);
/** Group alarms by site, counters by cell. */
void world_index_events(struct loader *loader);

/** Gathers samples into bins. */
struct bin_sums *bin_sums_new(void);
void bin_sums_free(struct bin_sums *sums);
/** Add one sample to the square of `key`, whose offsets are the sample's own. */
void bin_sums_add(struct bin_sums *sums, struct bin key, const struct sample *sample);
/** The bins in the world's order and their rows, heap-allocated; *count is set. Frees the sums.
 */
struct bin *bin_sums_finish(struct bin_sums *sums, size_t *count, struct bin_rows *rows);

#endif
