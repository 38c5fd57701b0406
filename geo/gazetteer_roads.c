/* Roads made of the house numbers that the table knows, and numbers between them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/gazetteer_index.h"

enum { LANE = 0x5f04, BUCKET_PER_DEG = 50, ROAD_NEIGHBOURS = 6 };

/* ---- houses of a row ---------------------------------------------------------------- */

static void house_add(struct gazetteer *g, const struct row *row, const struct line *line,
                      size_t from, const struct house_number *number)
{
    size_t length = BASE_MIN(number->at - from, (size_t)NAME_RUNES);
    g->houses = base_grow(g->houses, &g->house_capacity, g->house_count + 1, sizeof *g->houses);
    g->houses[g->house_count++] = (struct house){
        .at = row->at,
        .road = runes_store(g, line->rune + from, length),
        .road_length = (uint16_t)length,
        .number = number->number,
        .chain = row->chain,
        .lane = number->kind == LANE,
    };
}

/* "12 main street": the number stands in front. */
static bool latin_house_add(struct gazetteer *g, const struct row *row, const struct line *line)
{
    size_t digits = 0;
    uint32_t n = 0;
    for (; digits < line->count && digits < 6 && rune_is_digit(line->rune[digits]); digits++)
        n = n * 10 + (line->rune[digits] - '0');
    if (digits == 0 || digits + 2 >= line->count || line->rune[digits] != ' ' || n == 0)
        return false;
    struct house_number number = {n, line->count, line->count, 0};
    house_add(g, row, line, digits + 1, &number);
    return true;
}

bool houses_add(struct gazetteer *g, const struct row *row, const struct line *line)
{
    if (!line->han)
        return latin_house_add(g, row, line);
    struct house_number number;
    size_t from = 0, first = g->house_count;
    while (house_number_find(line, from + 1, &number) && number.kind) {
        /* A number right behind another one is a part of it: 868弄30号. */
        if (number.at - from >= 2)
            house_add(g, row, line, from, &number);
        else if (from == 0)
            break;
        from = number.end;
    }
    size_t added = g->house_count - first;
    for (size_t i = first; i < g->house_count; i++)
        g->houses[i].shared = added > 1;
    return added > 0;
}

/* ---- grouping ----------------------------------------------------------------------- */

static int compare_names(const struct gazetteer *g, const struct house *a,
                         const struct house *b)
{
    size_t n = BASE_MIN(a->road_length, b->road_length);
    int order = memcmp(g->runes + a->road, g->runes + b->road, n * sizeof *g->runes);
    return order ? order : (int)a->road_length - (int)b->road_length;
}

static int64_t bucket_of(struct point p, int east, int north)
{
    int64_t x = (int64_t)floor((p.lon + 180) * BUCKET_PER_DEG) + east;
    int64_t y = (int64_t)floor((p.lat + 90) * BUCKET_PER_DEG) + north;
    return y * 100000 + x;
}

static int by_name_and_bucket(const void *a, const void *b, void *gazetteer)
{
    const struct house *x = a, *y = b;
    int order = compare_names(gazetteer, x, y);
    if (order)
        return order;
    int64_t p = bucket_of(x->at, 0, 0), q = bucket_of(y->at, 0, 0);
    if (p != q)
        return p < q ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_road_and_number(const void *a, const void *b)
{
    const struct house *x = a, *y = b;
    if (x->road != y->road)
        return x->road < y->road ? -1 : 1;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->at.lon != y->at.lon)
        return x->at.lon < y->at.lon ? -1 : 1;
    return (x->at.lat > y->at.lat) - (x->at.lat < y->at.lat);
}

/* First house of the bucket within one name's houses, sorted by bucket; count when none. */
static size_t bucket_find(const struct house *houses, size_t count, int64_t bucket)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (bucket_of(houses[middle].at, 0, 0) < bucket)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && bucket_of(houses[low].at, 0, 0) == bucket ? low : count;
}

/* Spread one cluster's number over neighbouring buckets; stack is as long as the houses. */
static void flood(const struct house *houses, size_t count, size_t start, uint32_t *cluster,
                  uint32_t *stack)
{
    uint32_t id = cluster[start];
    size_t depth = 0;
    stack[depth++] = (uint32_t)start;
    while (depth) {
        size_t i = stack[--depth];
        for (int k = 0; k < 9; k++) {
            int64_t bucket = bucket_of(houses[i].at, k % 3 - 1, k / 3 - 1);
            size_t j = bucket_find(houses, count, bucket);
            if (j == count || cluster[j])
                if (j == count || k != 4)
                    continue;
            for (; j < count && bucket_of(houses[j].at, 0, 0) == bucket; j++)
                if (!cluster[j]) {
                    cluster[j] = id;
                    stack[depth++] = (uint32_t)j;
                }
        }
    }
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The middle house by lon and lat, and the 90 % distance from it. */
static struct point middle_of(const struct house *houses, size_t count, float *spread_m)
{
    double *values = base_alloc(count, sizeof *values);
    struct point middle;
    for (size_t i = 0; i < count; i++)
        values[i] = houses[i].at.lon;
    base_sort(values, count, sizeof *values, by_double);
    middle.lon = values[count / 2];
    for (size_t i = 0; i < count; i++)
        values[i] = houses[i].at.lat;
    base_sort(values, count, sizeof *values, by_double);
    middle.lat = values[count / 2];
    for (size_t i = 0; i < count; i++)
        values[i] = point_distance_m(middle, houses[i].at);
    base_sort(values, count, sizeof *values, by_double);
    *spread_m = (float)values[(count * 9) / 10];
    free(values);
    return middle;
}

/* The two commonest chains of a road's houses. */
static void road_chains(const struct house *houses, size_t count, uint32_t *chain,
                        uint32_t *context)
{
    size_t best = 0, second = 0;
    *chain = *context = NO_ID;
    for (size_t i = 0; i < count && i < 400; i++) {
        size_t n = 0;
        bool seen = false;
        for (size_t j = 0; j < count && j < 400; j++) {
            n += houses[j].chain == houses[i].chain;
            seen = seen || (j < i && houses[j].chain == houses[i].chain);
        }
        if (seen)
            continue;
        if (n > best) {
            *context = *chain;
            second = best;
            *chain = houses[i].chain;
            best = n;
        } else if (n > second) {
            *context = houses[i].chain;
            second = n;
        }
    }
}

static uint32_t road_name(struct gazetteer *g, const struct house *house)
{
    char name[NAME_RUNES * 4 + 1];
    size_t n = runes_text(g->runes + house->road, house->road_length, name, sizeof name);
    uint32_t at = (uint32_t)g->bytes.length;
    buffer_append(&g->bytes, name, n + 1);
    return at;
}

static void road_add(struct gazetteer *g, size_t first, size_t count)
{
    struct house *houses = g->houses + first;
    struct entity road = {.entry = (uint32_t)g->entry_count,
                          .name = road_name(g, houses),
                          .first_house = (uint32_t)first,
                          .house_count = (uint32_t)count,
                          .level = GAZETTEER_ROAD};
    road.at = middle_of(houses, count, &road.spread_m);
    road_chains(houses, count, &road.chain, &road.context);
    for (size_t i = 0; i < houses->road_length; i++)
        road.han = road.han || rune_is_han(g->runes[houses->road + i]);
    uint32_t id = entity_add(g, &road);
    uint32_t runes[NAME_RUNES];
    memcpy(runes, g->runes + houses->road, houses->road_length * sizeof *runes);
    entry_add(g, id, runes, houses->road_length);
    for (size_t i = 0; i < count; i++)
        houses[i].road = id;
}

/* One name's houses: clusters apart, each a road. */
static void name_build(struct gazetteer *g, size_t first, size_t count)
{
    struct house *houses = g->houses + first;
    uint32_t *cluster = base_alloc(count, sizeof *cluster);
    uint32_t *stack = base_alloc(count + 1, sizeof *stack);
    uint32_t next = 0, road = houses[0].road;
    for (size_t i = 0; i < count; i++)
        if (!cluster[i]) {
            cluster[i] = ++next;
            flood(houses, count, i, cluster, stack);
        }
    struct house *sorted = base_alloc(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = houses[i];
        sorted[i].road = cluster[i];
    }
    base_sort(sorted, count, sizeof *sorted, by_road_and_number);
    memcpy(houses, sorted, count * sizeof *houses);
    for (size_t i = 0, j; i < count; i = j) {
        for (j = i; j < count && sorted[j].road == sorted[i].road; j++)
            houses[j].road = road;
        road_add(g, first + i, j - i);
    }
    free(sorted);
    free(cluster);
    free(stack);
}

static int by_number(const void *a, const void *b, void *gazetteer)
{
    const struct gazetteer *g = gazetteer;
    const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    if (g->houses[i].number != g->houses[j].number)
        return g->houses[i].number < g->houses[j].number ? -1 : 1;
    return (i > j) - (i < j);
}

static void order_numbers(struct gazetteer *g)
{
    g->by_number = base_alloc(g->house_count, sizeof *g->by_number);
    for (uint32_t i = 0; i < g->house_count; i++)
        g->by_number[i] = i;
    qsort_r(g->by_number, g->house_count, sizeof *g->by_number, by_number, g);
}

size_t roads_with_number(const struct gazetteer *g, uint32_t number, uint32_t home,
                         uint32_t *roads, size_t limit)
{
    size_t low = 0, high = g->house_count, count = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (g->houses[g->by_number[middle]].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < g->house_count && count < limit; low++) {
        const struct house *house = &g->houses[g->by_number[low]];
        if (house->number != number)
            break;
        bool seen = !unit_over_chain(g, house->chain, home);
        for (size_t i = 0; i < count && !seen; i++)
            seen = roads[i] == house->road;
        if (!seen)
            roads[count++] = house->road;
    }
    return count;
}

void roads_build(struct gazetteer *g)
{
    if (g->house_count)
        qsort_r(g->houses, g->house_count, sizeof *g->houses, by_name_and_bucket, g);
    for (size_t i = 0, j; i < g->house_count; i = j) {
        for (j = i + 1;
             j < g->house_count && compare_names(g, &g->houses[i], &g->houses[j]) == 0;)
            j++;
        name_build(g, i, j - i);
    }
    order_numbers(g);
}

/* ---- a number on a road ------------------------------------------------------------- */

/* The 90 % radius of the nearest known number's place, by the gap in numbers. Source: measured
 * on 25,644 street addresses of one city by leaving each out; see README, "Positions". */
static double gap_radius_m(uint32_t gap)
{
    return gap <= 20 ? 255 : gap <= 100 ? 384 : gap <= 300 ? 781 : 3414;
}

enum { EXACT_RADIUS_M = 100, BETWEEN_RADIUS_M = 280 };

static bool road_exact(const struct gazetteer *g, const struct entity *road,
                       const struct house_number *wanted, struct house_place *place)
{
    const struct house *best = NULL;
    int best_rank = -1;
    for (uint32_t i = 0; i < road->house_count; i++) {
        const struct house *h = &g->houses[road->first_house + i];
        if (h->number != wanted->number)
            continue;
        int rank = 2 * !h->shared + (h->lane == (wanted->kind == LANE));
        if (rank > best_rank) {
            best_rank = rank;
            best = h;
        }
    }
    if (!best)
        return false;
    *place = (struct house_place){best->at, best->shared ? BETWEEN_RADIUS_M : EXACT_RADIUS_M,
                                  GAZETTEER_ADDRESS, 0};
    return true;
}

/* The nearest known numbers below and above; parity 0 or 1 keeps to one side, 2 takes any. */
static void bracket(const struct gazetteer *g, const struct entity *road, uint32_t number,
                    uint32_t parity, const struct house *sides[2])
{
    sides[0] = sides[1] = NULL;
    for (uint32_t i = 0; i < road->house_count; i++) {
        const struct house *h = &g->houses[road->first_house + i];
        if ((parity < 2 && h->number % 2 != parity) || h->shared)
            continue;
        if (h->number <= number)
            sides[0] = h;
        else if (!sides[1])
            sides[1] = h;
    }
}

static uint32_t gap_to(const struct house *house, uint32_t number)
{
    return house->number > number ? house->number - number : number - house->number;
}

static struct house_place place_between(const struct house *sides[2], uint32_t number)
{
    const struct house *low = sides[0], *high = sides[1];
    if (!low || !high) {
        const struct house *only = low ? low : high;
        uint32_t gap = gap_to(only, number);
        return (struct house_place){only->at, gap_radius_m(gap), GAZETTEER_INTERPOLATED, gap};
    }
    double share = (number - low->number) / (double)(high->number - low->number);
    struct point at = {low->at.lon + share * (high->at.lon - low->at.lon),
                       low->at.lat + share * (high->at.lat - low->at.lat)};
    uint32_t gap = BASE_MIN(gap_to(low, number), gap_to(high, number));
    double apart_m = point_distance_m(low->at, high->at);
    double radius_m = BASE_MAX(BETWEEN_RADIUS_M, 0.6 * apart_m);
    return (struct house_place){at, BASE_MIN(radius_m, gap_radius_m(gap) + 0.6 * apart_m),
                                GAZETTEER_INTERPOLATED, gap};
}

enum { FAR_NUMBER = 300, TYPED_TWICE_RADIUS_M = 600 };

/* A number far from all that the road has, with a digit typed twice: 9998 for 998. */
static bool road_typed_twice(const struct gazetteer *g, const struct entity *road,
                             const struct house_number *wanted, struct house_place *place)
{
    for (uint32_t scale = 1; wanted->number / scale >= 10; scale *= 10) {
        uint32_t digit = wanted->number / scale % 10, next = wanted->number / scale / 10 % 10;
        struct house_number once = *wanted;
        once.number = wanted->number / scale / 10 * scale + wanted->number % scale;
        if (digit == next && once.number && road_exact(g, road, &once, place)) {
            place->radius_m = TYPED_TWICE_RADIUS_M;
            place->level = GAZETTEER_INTERPOLATED;
            return true;
        }
    }
    return false;
}

struct house_place road_place(const struct gazetteer *g, const struct entity *road,
                              const struct house_number *wanted)
{
    struct house_place place = {road->at, road->spread_m, GAZETTEER_UNKNOWN, 0};
    if (!wanted->number || !road->house_count || road_exact(g, road, wanted, &place))
        return place;
    const struct house *same[2], *any[2];
    bracket(g, road, wanted->number, wanted->number % 2, same);
    bracket(g, road, wanted->number, 2, any);
    if (!any[0] && !any[1])
        return place;
    uint32_t low = any[0] ? gap_to(any[0], wanted->number) : UINT32_MAX;
    uint32_t high = any[1] ? gap_to(any[1], wanted->number) : UINT32_MAX;
    if (BASE_MIN(low, high) > FAR_NUMBER && road_typed_twice(g, road, wanted, &place))
        return place;
    bool both = same[0] && same[1];
    uint32_t same_span = both ? same[1]->number - same[0]->number : UINT32_MAX;
    uint32_t any_span = any[0] && any[1] ? any[1]->number - any[0]->number : UINT32_MAX;
    bool keep_side = both && same_span <= 40 + 2 * (uint64_t)any_span;
    return place_between(keep_side ? same : any, wanted->number);
}
