#include "models/tables/cells.h"

#include <math.h>
#include <stdlib.h>

/* A cell's place, for grouping. */
struct cell_place {
    struct point at;
    size_t cell;
};

static int compare_places(const void *one, const void *two)
{
    const struct cell_place *a = one, *b = two;
    if (a->at.lon != b->at.lon)
        return a->at.lon < b->at.lon ? -1 : 1;
    if (a->at.lat != b->at.lat)
        return a->at.lat < b->at.lat ? -1 : 1;
    return (a->cell > b->cell) - (a->cell < b->cell);
}

/* The end of the group that starts at `from`; *one: all its azimuths are the same. */
static size_t group_end(const struct cell *cells, const struct cell_place *places, size_t count,
                        size_t from, bool *one)
{
    size_t to = from;
    *one = true;
    for (; to < count && places[to].at.lon == places[from].at.lon &&
           places[to].at.lat == places[from].at.lat;
         to++)
        *one &= cells[places[to].cell].azimuth_deg == cells[places[from].cell].azimuth_deg;
    return to;
}

static size_t blank_zeros(struct cell *cells, const struct cell_place *places, size_t count)
{
    size_t changed = 0;
    bool one;
    for (size_t i = 0, end; i < count; i = end) {
        end = group_end(cells, places, count, i, &one);
        for (size_t k = i; k < end && one; k++)
            if (cells[places[k].cell].azimuth_deg == 0) {
                cells[places[k].cell].azimuth_deg = NAN;
                changed++;
            }
    }
    return changed;
}

size_t cells_blank_azimuths(struct cell *cells, size_t count)
{
    struct cell_place *places = base_alloc(count, sizeof *places);
    size_t known = 0, alone = 0, zeros = 0, changed = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(cells[i].azimuth_deg))
            places[known++] = (struct cell_place){cells[i].at, i};
    base_sort(places, known, sizeof *places, compare_places);
    bool one;
    for (size_t i = 0, end; i < known; i = end) {
        end = group_end(cells, places, known, i, &one);
        alone += one;
        zeros += one && cells[places[i].cell].azimuth_deg == 0;
    }
    if (zeros >= 2 && 2 * zeros >= alone)
        changed = blank_zeros(cells, places, known);
    free(places);
    return changed;
}
