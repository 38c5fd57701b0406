/* What was not reported is evidence too: a phone lists its strongest cells, so a mast that is
 * missing where others were listed was weaker there than the weakest of the list. */
#include <math.h>
#include <stdlib.h>

#include "geo/index.h"
#include "models/radio/surface_parts.h"

/* Of the masts around a place, so many of the strongest by trend are asked why they are absent,
 * and only when the trend expects them above the bound less this. */
enum { SITES_SEEN = 64, ABSENT_PER_PLACE = 8, LISTED_AT_MOST = 64, LIST_AT_MOST = 16 };
static const double REACH_M = 15e3;
static const double BELOW_BOUND_DB = 12;

static double normal_density(double z)
{
    return exp(-z * z / 2) / sqrt(2 * M_PI);
}

struct residual absence_residual(double bound_db, double variance_db2)
{
    double sigma = sqrt(variance_db2), z = fmax(bound_db / sigma, -6);
    double ratio = normal_density(z) / (0.5 * erfc(-z / sqrt(2)));
    return (struct residual){-sigma * ratio,
                             variance_db2 * fmax(1 - z * ratio - ratio * ratio, 0.02)};
}

/* ---- how long the lists are ------------------------------------------------------------ */

struct square {
    size_t first, end; /* world->bins[first..end) of one square, the deciding kind among them */
    double levels[LISTED_AT_MOST]; /* of that kind, strongest first */
    uint32_t sites[LISTED_AT_MOST];
    size_t listed;
    uint32_t samples; /* of the cell measured most */
};

static void place_read(const struct surface *surface, size_t first, struct square *place)
{
    const struct world *world = surface->world;
    const struct bin *start = &world->bins[first];
    enum bin_kind kind = surface->drive ? BIN_DRIVE : BIN_REPORTED;
    *place = (struct square){.first = first, .end = first};
    for (; place->end < world->bin_count; place->end++) {
        const struct bin *bin = &world->bins[place->end];
        if (bin->ix != start->ix || bin->iy != start->iy)
            break;
        if (bin->kind != kind || !isfinite(bin->mean_dbm) || place->listed == LISTED_AT_MOST)
            continue;
        size_t at = place->listed++;
        for (; at > 0 && place->levels[at - 1] < bin->mean_dbm; at--)
            place->levels[at] = place->levels[at - 1], place->sites[at] = place->sites[at - 1];
        place->levels[at] = bin->mean_dbm;
        place->sites[at] = surface->cells[bin->cell].site;
        place->samples = BASE_MAX(place->samples, bin->samples);
    }
}

/* What a phone lists: its strongest cells, so many of them, no weaker than so far below the
 * strongest, which drowns them, nor than it hears at all. */
struct listing {
    size_t length;
    double window_db, floor_dbm;
};

enum { WINDOW_AT_MOST = 100 };
static const double WINDOW_SHARE = 0.99; /* of lists that the window holds */

/* Where the square saw one list only, what it shows: of lengths the upper decile, of the
 * differences between strongest and weakest nearly the greatest. */
static struct listing listing_learn(const struct surface *surface)
{
    const struct world *world = surface->world;
    size_t seen[LIST_AT_MOST + 1] = {0}, spans[WINDOW_AT_MOST + 1] = {0}, total = 0;
    struct listing listing = {LIST_AT_MOST, INFINITY, INFINITY};
    struct square place;
    for (size_t i = 0; i < world->bin_count; i = place.end) {
        place_read(surface, i, &place);
        for (size_t k = 0; k < place.listed; k++)
            listing.floor_dbm = fmin(listing.floor_dbm, place.levels[k]);
        if (place.samples != 1)
            continue;
        double span_db = ceil(place.levels[0] - place.levels[place.listed - 1]);
        seen[BASE_MIN(place.listed, LIST_AT_MOST)]++, total++;
        spans[(size_t)fmin(span_db, WINDOW_AT_MOST)]++;
    }
    if (total < 20)
        return listing;
    size_t below = seen[0] + seen[1], within = spans[0], window = 0;
    for (listing.length = 1; listing.length < LIST_AT_MOST && below * 10 < total * 6;)
        below += seen[++listing.length];
    while ((double)within < WINDOW_SHARE * (double)total && window < WINDOW_AT_MOST)
        within += spans[++window];
    listing.window_db = (double)window;
    return listing;
}

/* Whoever is missing from a square's lists was weaker there than this. */
static double listing_bound_dbm(const struct listing *listing, const struct square *place)
{
    double bound = fmax(listing->floor_dbm, place->levels[0] - listing->window_db);
    if (place->listed >= listing->length)
        bound = fmax(bound, place->levels[listing->length - 1]);
    return bound;
}

/* ---- who is absent --------------------------------------------------------------------- */

struct guess {
    uint32_t cell;
    double dbm; /* trend without hills */
};

static int by_guess(const void *a, const void *b)
{
    const struct guess *p = a, *q = b;
    if (p->dbm != q->dbm)
        return p->dbm > q->dbm ? -1 : 1;
    return p->cell < q->cell ? -1 : p->cell > q->cell;
}

static bool is_listed(const struct surface *surface, const struct square *place, uint32_t site)
{
    for (size_t i = place->first; i < place->end; i++)
        if (surface->cells[surface->world->bins[i].cell].site == site)
            return true;
    return false;
}

static size_t absent_guesses(const struct surface *surface, const struct square *place,
                             struct xy at, double bound_dbm, struct guess *guesses)
{
    struct neighbour seen[SITES_SEEN];
    size_t count = 0;
    size_t found = index_near(surface->world->site_index, at, REACH_M, seen, SITES_SEEN);
    enum rat rat = surface->cells[surface->world->bins[place->first].cell].rat;
    for (size_t i = 0; i < found; i++) {
        struct guess guess;
        guess.dbm = path_site_guess_dbm(surface, seen[i].id, at, rat, &guess.cell);
        if (guess.dbm > bound_dbm - BELOW_BOUND_DB && !is_listed(surface, place, seen[i].id))
            guesses[count++] = guess;
    }
    base_sort(guesses, count, sizeof *guesses, by_guess);
    return BASE_MIN(count, (size_t)ABSENT_PER_PLACE);
}

static void absent_at(const struct surface *surface, const struct square *place,
                      double bound_dbm, struct absences *out)
{
    const struct bin *bin = &surface->world->bins[place->first];
    struct xy at = {(bin->ix + 0.5) * surface->bin_m + bin->off_x_m,
                    (bin->iy + 0.5) * surface->bin_m + bin->off_y_m};
    struct guess guesses[SITES_SEEN];
    size_t count = absent_guesses(surface, place, at, bound_dbm, guesses);
    out->items = base_grow(out->items, &out->capacity, out->count + count, sizeof *out->items);
    for (size_t i = 0; i < count; i++) {
        const struct mast_cell *mast = &surface->cells[guesses[i].cell];
        struct view view = path_view(surface, guesses[i].cell, at);
        out->items[out->count++] =
            (struct absence){.bin = place->first,
                             .cell = guesses[i].cell,
                             .decades = (float)log10(fmax(view.link.distance_m, 50) / 1000),
                             .hill_db = (float)view.hill_db,
                             .bound_db = (float)(bound_dbm - mast->eirp_dbm + mast->base_db +
                                                 surface->pattern_share * view.antenna_db)};
    }
}

void absences_find(const struct surface *surface, struct absences *out)
{
    const struct world *world = surface->world;
    struct listing listing = listing_learn(surface);
    struct square place;
    out->count = 0;
    for (size_t i = 0; i < world->bin_count; i = place.end) {
        place_read(surface, i, &place);
        if (place.listed)
            absent_at(surface, &place, listing_bound_dbm(&listing, &place), out);
    }
}
