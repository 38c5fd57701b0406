/* What is where and when: sites, cells in the plane, alarms by site, counters by cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/index.h"
#include "models/tables/identity.h"
#include "models/tables/world_load.h"

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The median, so that one site with swapped coordinates does not choose the zone. */
static struct point middle_of(const struct cell *cells, size_t count)
{
    double *lon = base_alloc(count, sizeof *lon), *lat = base_alloc(count, sizeof *lat);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (point_valid(cells[i].at)) {
            lon[n] = cells[i].at.lon;
            lat[n++] = cells[i].at.lat;
        }
    struct point middle = POINT_ABSENT;
    if (n) {
        base_sort(lon, n, sizeof *lon, by_value);
        base_sort(lat, n, sizeof *lat, by_value);
        middle = (struct point){lon[n / 2], lat[n / 2]};
    }
    free(lon);
    free(lat);
    return middle;
}

static void gather_sites(struct world *world)
{
    world->sites = base_alloc(world->cell_count, sizeof *world->sites);
    for (size_t i = 0; i < world->cell_count; i++) {
        struct cell *cell = &world->cells[i];
        uint32_t next = (uint32_t)world->site_count;
        cell->site = textmap_put(&world->site_by_id, cell->site_id, next);
        struct site *site = &world->sites[cell->site];
        if (cell->site == next) {
            *site = (struct site){.site_id = cell->site_id,
                                  .site_name = cell->site_name,
                                  .at = cell->at,
                                  .xy = cell->xy};
            world->site_count++;
        }
        site->cell_count++;
    }
}

static void group_cells(struct world *world)
{
    world->site_cells = base_alloc(world->cell_count, sizeof *world->site_cells);
    uint32_t *filled = base_alloc(world->site_count, sizeof *filled), first = 0;
    for (size_t s = 0; s < world->site_count; s++) {
        world->sites[s].first_cell = first;
        first += world->sites[s].cell_count;
    }
    for (size_t i = 0; i < world->cell_count; i++) {
        uint32_t site = world->cells[i].site;
        world->site_cells[world->sites[site].first_cell + filled[site]++] = (uint32_t)i;
    }
    free(filled);
}

static void index_sites(struct world *world)
{
    struct xy *at = base_alloc(world->site_count, sizeof *at);
    for (size_t s = 0; s < world->site_count; s++)
        at[s] = world->sites[s].xy;
    world->site_index = index_new(at, world->site_count, 1000);
    free(at);
}

enum status world_index_cells(struct loader *loader)
{
    struct world *world = loader->world;
    struct point middle = middle_of(world->cells, world->cell_count);
    enum status status = crs_open_utm(middle, &loader->plane, loader->error);
    if (status != STATUS_OK)
        return status;
    const char *name = crs_name(loader->plane);
    world->crs_name = arena_text(world->arena, name, strlen(name));
    for (size_t i = 0; i < world->cell_count; i++)
        world->cells[i].xy = crs_forward(loader->plane, world->cells[i].at);
    gather_sites(world);
    group_cells(world);
    index_sites(world);
    world->identity = identity_index_new(world->cells, world->cell_count);
    return STATUS_OK;
}

enum { SPELLINGS_MAX = 1 << 20 }; /* hostile tables may hold any number of ids */

uint32_t world_find_cell(struct loader *loader, const char *text)
{
    struct world *world = loader->world;
    uint32_t cell = textmap_get(&world->cell_by_id, text);
    if (cell != TEXTMAP_NONE)
        return cell;
    uint32_t known = textmap_get(&loader->spellings, text);
    if (known != TEXTMAP_NONE)
        return known == SPELLING_UNKNOWN ? INDEX_NONE : known;
    cell = identity_find(world->identity, text);
    if (loader->spellings.count < SPELLINGS_MAX)
        textmap_put(&loader->spellings, arena_text(world->arena, text, strlen(text)),
                    cell == INDEX_NONE ? SPELLING_UNKNOWN : cell);
    return cell;
}

static int by_raised(const void *a, const void *b)
{
    const struct alarm *p = a, *q = b;
    if (p->raised_s != q->raised_s)
        return p->raised_s < q->raised_s ? -1 : 1;
    return p->line < q->line ? -1 : p->line > q->line;
}

static int by_cell_and_time(const void *a, const void *b)
{
    const struct counter *p = a, *q = b;
    if (p->cell != q->cell)
        return p->cell < q->cell ? -1 : 1;
    if (p->start_s != q->start_s)
        return p->start_s < q->start_s ? -1 : 1;
    return p->line < q->line ? -1 : p->line > q->line;
}

static void group_alarms(struct world *world)
{
    base_sort(world->alarms, world->alarm_count, sizeof *world->alarms, by_raised);
    uint32_t *first = base_alloc(world->site_count + 2, sizeof *first);
    world->site_alarms = base_alloc(world->alarm_count, sizeof *world->site_alarms);
    for (size_t i = 0; i < world->alarm_count; i++)
        if (world->alarms[i].site != INDEX_NONE)
            first[world->alarms[i].site + 2]++;
    for (size_t s = 2; s < world->site_count + 2; s++)
        first[s] += first[s - 1];
    for (size_t i = 0; i < world->alarm_count; i++)
        if (world->alarms[i].site != INDEX_NONE)
            world->site_alarms[first[world->alarms[i].site + 1]++] = (uint32_t)i;
    world->site_alarm_first = first;
}

static void group_counters(struct world *world)
{
    base_sort(world->counters, world->counter_count, sizeof *world->counters, by_cell_and_time);
    uint32_t *first = base_alloc(world->cell_count + 1, sizeof *first);
    for (size_t i = 0; i < world->counter_count; i++)
        first[world->counters[i].cell + 1]++;
    for (size_t c = 0; c < world->cell_count; c++)
        first[c + 1] += first[c];
    world->cell_counter_first = first;
}

void world_index_events(struct loader *loader)
{
    group_alarms(loader->world);
    group_counters(loader->world);
}

size_t world_cell_alarms(const struct world *world, uint32_t cell, uint32_t *out, size_t limit)
{
    uint32_t site = world->cells[cell].site;
    size_t found = 0;
    for (uint32_t k = world->site_alarm_first[site]; k < world->site_alarm_first[site + 1];
         k++) {
        uint32_t about = world->alarms[world->site_alarms[k]].cell;
        if ((about == INDEX_NONE || about == cell) && found < limit)
            out[found++] = world->site_alarms[k];
    }
    return found;
}

struct bin_range world_bins_at(const struct world *world, int32_t ix, int32_t iy)
{
    struct bin_range range = {
        .first = bin_lower(world->bins, world->bin_count, &world->bin_rows, ix, iy)};
    for (range.end = range.first; range.end < world->bin_count; range.end++)
        if (world->bins[range.end].ix != ix || world->bins[range.end].iy != iy)
            break;
    return range;
}
