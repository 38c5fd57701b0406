#include "geo/index.h"

#include <math.h>
#include <stdlib.h>

#include "geo/base.h"

struct index {
    double cell_m;
    int64_t west, south, columns, rows; /* in grid steps */
    uint32_t *first;                    /* columns * rows + 1 offsets into ids */
    uint32_t *ids;
    struct xy *points;
    size_t count; /* finite points */
};

static int64_t step_of(double v, double cell_m)
{
    return (int64_t)floor(v / cell_m);
}

/* The grid's extent; its step is doubled until the grid is no larger than a few cells a point,
 * so that one far outlier costs no memory. */
static void lay_grid(struct index *index, const struct xy *points, size_t count)
{
    double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(points[i].x_m) || !isfinite(points[i].y_m))
            continue;
        west = fmin(west, points[i].x_m);
        east = fmax(east, points[i].x_m);
        south = fmin(south, points[i].y_m);
        north = fmax(north, points[i].y_m);
        index->count++;
    }
    if (!index->count)
        return;
    for (;; index->cell_m *= 2) {
        double columns = (east - west) / index->cell_m + 2,
               rows = (north - south) / index->cell_m + 2;
        if (columns * rows <= 8.0 * (double)index->count + 1024)
            break;
    }
    index->west = step_of(west, index->cell_m);
    index->south = step_of(south, index->cell_m);
    index->columns = step_of(east, index->cell_m) - index->west + 1;
    index->rows = step_of(north, index->cell_m) - index->south + 1;
}

static size_t slot_of(const struct index *index, struct xy p)
{
    return (size_t)((step_of(p.y_m, index->cell_m) - index->south) * index->columns +
                    step_of(p.x_m, index->cell_m) - index->west);
}

struct index *index_new(const struct xy *points, size_t count, double cell_m)
{
    struct index *index = base_alloc(1, sizeof *index);
    index->cell_m = cell_m;
    lay_grid(index, points, count);
    size_t slots = (size_t)(index->columns * index->rows);
    index->first = base_alloc(slots + 2, sizeof *index->first);
    index->ids = base_alloc(index->count, sizeof *index->ids);
    index->points = base_alloc(count, sizeof *index->points);
    for (size_t i = 0; i < count; i++) {
        index->points[i] = points[i];
        if (isfinite(points[i].x_m) && isfinite(points[i].y_m))
            index->first[slot_of(index, points[i]) + 2]++;
    }
    for (size_t s = 2; s < slots + 2; s++)
        index->first[s] += index->first[s - 1];
    for (size_t i = 0; i < count; i++)
        if (isfinite(points[i].x_m) && isfinite(points[i].y_m))
            index->ids[index->first[slot_of(index, points[i]) + 1]++] = (uint32_t)i;
    return index;
}

void index_free(struct index *index)
{
    if (!index)
        return;
    free(index->first);
    free(index->ids);
    free(index->points);
    free(index);
}

static bool nearer(struct neighbour a, struct neighbour b)
{
    return a.distance_m < b.distance_m || (a.distance_m == b.distance_m && a.id < b.id);
}

/* Insert into the sorted `out` of at most `limit`, dropping the farthest. */
static size_t insert_sorted(struct neighbour *out, size_t found, size_t limit,
                            struct neighbour one)
{
    if (found == limit && (limit == 0 || !nearer(one, out[found - 1])))
        return found;
    size_t at = found == limit ? found - 1 : found;
    for (; at > 0 && nearer(one, out[at - 1]); at--)
        out[at] = out[at - 1];
    out[at] = one;
    return BASE_MIN(found + 1, limit);
}

size_t index_near(const struct index *index, struct xy at, double radius_m,
                  struct neighbour *out, size_t limit)
{
    if (!index->count || !isfinite(at.x_m) || !isfinite(at.y_m) || !(radius_m >= 0))
        return 0;
    static const double SLACK = 1 + 1e-9; /* what is just too far for it is measured exactly */
    double far_m2 = SLACK * radius_m * radius_m;
    double last_column = (double)(index->columns - 1), last_row = (double)(index->rows - 1);
    double west = floor((at.x_m - radius_m) / index->cell_m) - (double)index->west;
    double east = floor((at.x_m + radius_m) / index->cell_m) - (double)index->west;
    double south = floor((at.y_m - radius_m) / index->cell_m) - (double)index->south;
    double north = floor((at.y_m + radius_m) / index->cell_m) - (double)index->south;
    size_t found = 0;
    for (int64_t row = (int64_t)fmax(0, south); row <= (int64_t)fmin(last_row, north); row++)
        for (int64_t column = (int64_t)fmax(0, west);
             column <= (int64_t)fmin(last_column, east); column++) {
            size_t slot = (size_t)(row * index->columns + column);
            for (uint32_t k = index->first[slot]; k < index->first[slot + 1]; k++) {
                uint32_t id = index->ids[k];
                double x = index->points[id].x_m - at.x_m, y = index->points[id].y_m - at.y_m;
                if (x * x + y * y > far_m2)
                    continue;
                double d = xy_distance_m(at, index->points[id]);
                if (d <= radius_m)
                    found = insert_sorted(out, found, limit, (struct neighbour){id, d});
                if (found == limit && limit)
                    far_m2 = SLACK * out[found - 1].distance_m * out[found - 1].distance_m;
            }
        }
    return found;
}

size_t index_nearest(const struct index *index, struct xy at, struct neighbour *out,
                     size_t count)
{
    size_t want = BASE_MIN(count, index->count), found = 0;
    if (!want || !isfinite(at.x_m) || !isfinite(at.y_m))
        return 0;
    /* As many as are wanted lie about so near, were they spread evenly. */
    double per_square = (double)index->count / (double)(index->columns * index->rows);
    double radius_m = index->cell_m * fmax(1, sqrt((double)want / (M_PI * per_square)));
    for (; found < want; radius_m *= 1.5)
        found = index_near(index, at, radius_m, out, want);
    return found;
}
