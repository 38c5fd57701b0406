#include "cmd/out/heat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_SIDE = 800, MARGIN_M = 1500 };

static const struct heat_map map_table[HEAT_COUNT] = {
    [HEAT_COMPLAINTS] = {"complaints", "Complaint density", "complaints per km²", "density"},
    [HEAT_WEAK] = {"weak-coverage", "Density: weak coverage", "complaints per km²", "density"},
    [HEAT_MISALIGNED] = {"antenna-misalignment", "Density: antenna misalignment",
                         "complaints per km²", "density"},
    [HEAT_OUTAGE] = {"transient-outage", "Density: transient outage", "complaints per km²",
                     "density"},
    [HEAT_PLANNED] = {"planned-build", "Density: planned build", "complaints per km²",
                      "density"},
    [HEAT_UNDETERMINED] = {"undetermined", "Density: undetermined", "complaints per km²",
                           "density"},
    [HEAT_LEVEL] = {"level", "Level of the best server, measured", "dBm", "level",
                    .stepped = true},
    [HEAT_WEAK_SHARE] = {"weak-share", "Share of weak samples", "%", "weak"},
    [HEAT_GAIN] = {"gain", "Expected gain if all orders were done", "dB", "gain"},
};

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The range of the middle 98 %, so that one wild coordinate does not shrink the map; a few
 * points count all. */
static void middle_range(double *values, size_t count, double *low, double *high)
{
    size_t cut = count >= 100 ? count / 100 : 0;
    base_sort(values, count, sizeof *values, compare_double);
    *low = values[cut];
    *high = values[count - 1 - cut];
}

/* Positions in the plane of what the map must show: cases, and the cells around them. */
static struct xy *positions(const struct result *result, struct crs *crs, size_t *count)
{
    struct xy *at = base_alloc(result->case_count + result->cell_count + 1, sizeof *at);
    *count = 0;
    for (size_t i = 0; i < result->case_count + result->cell_count; i++) {
        struct point p = i < result->case_count ? result->cases[i].at
                                                : result->cells[i - result->case_count].at;
        struct xy xy = point_valid(p) ? crs_forward(crs, p) : (struct xy){NAN, NAN};
        if (isfinite(xy.x_m) && isfinite(xy.y_m))
            at[(*count)++] = xy;
    }
    return at;
}

static bool set_extent(const struct result *result, struct heat *heat)
{
    size_t count;
    struct xy *at = positions(result, heat->crs, &count);
    double *values = base_alloc(count + 1, sizeof *values), west, east, south, north;
    if (!count) {
        free(at);
        free(values);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        values[i] = at[i].x_m;
    middle_range(values, count, &west, &east);
    for (size_t i = 0; i < count; i++)
        values[i] = at[i].y_m;
    middle_range(values, count, &south, &north);
    free(at);
    free(values);
    west -= MARGIN_M, east += MARGIN_M, south -= MARGIN_M, north += MARGIN_M;
    double unit = result->bin_m > 0 ? result->bin_m : 50;
    double size = BASE_MAX(east - west, north - south);
    heat->step_m = unit * BASE_MAX(1, ceil(size / LONG_SIDE / unit));
    heat->west_m = floor(west / heat->step_m) * heat->step_m;
    heat->north_m = ceil(north / heat->step_m) * heat->step_m;
    heat->width = (int)ceil((east - heat->west_m) / heat->step_m);
    heat->height = (int)ceil((heat->north_m - south) / heat->step_m);
    return true;
}

static size_t cells_of(const struct heat *heat)
{
    return (size_t)heat->width * (size_t)heat->height;
}

/* The grid cell of a point of the plane; false outside. */
static bool cell_at(const struct heat *heat, struct xy at, size_t *index)
{
    double column = floor((at.x_m - heat->west_m) / heat->step_m);
    double row = floor((heat->north_m - at.y_m) / heat->step_m);
    if (!(column >= 0 && column < heat->width && row >= 0 && row < heat->height))
        return false;
    *index = (size_t)row * (size_t)heat->width + (size_t)column;
    return true;
}

/* One line of `count` values, `stride` apart, blurred into `out`. Zero stretches cost nothing.
 */
static void blur_line(const float *line, size_t count, size_t stride, const float *kernel,
                      int reach, float *out)
{
    memset(out, 0, count * sizeof *out);
    for (size_t i = 0; i < count; i++) {
        float value = line[i * stride];
        if (value == 0)
            continue;
        size_t low = i > (size_t)reach ? i - (size_t)reach : 0;
        size_t high = BASE_MIN(i + (size_t)reach, count - 1);
        for (size_t j = low; j <= high; j++)
            out[j] += value * kernel[j > i ? j - i : i - j];
    }
}

/* Gaussian blur in place, separable, sum kept (apart from what leaves the map). */
static void blur(const struct heat *heat, double deviation_m, float *values)
{
    double sigma = deviation_m / heat->step_m, sum = 0;
    int reach = (int)ceil(3 * sigma);
    float *kernel = base_alloc((size_t)reach + 1, sizeof *kernel);
    size_t width = (size_t)heat->width, height = (size_t)heat->height;
    float *out = base_alloc(BASE_MAX(width, height) + 1, sizeof *out);
    for (int i = 0; i <= reach; i++) {
        kernel[i] = (float)exp(-0.5 * i * i / (sigma * sigma));
        sum += (i ? 2 : 1) * (double)kernel[i];
    }
    for (int i = 0; i <= reach; i++)
        kernel[i] /= (float)sum;
    for (size_t row = 0; row < height; row++) {
        blur_line(values + row * width, width, 1, kernel, reach, out);
        memcpy(values + row * width, out, width * sizeof *out);
    }
    for (size_t column = 0; column < width; column++) {
        blur_line(values + column, height, width, kernel, reach, out);
        for (size_t row = 0; row < height; row++)
            values[row * width + column] = out[row];
    }
    free(kernel);
    free(out);
}

static double highest(const struct heat *heat, const float *values)
{
    double top = 0;
    for (size_t i = 0; i < cells_of(heat); i++)
        if (values[i] > top)
            top = values[i];
    return top;
}

/* Complaints per km2 of one verdict, or of all. NULL when there is none. */
static float *density(const struct result *result, const struct heat *heat,
                      enum verdict_kind verdict)
{
    float *values = base_alloc(cells_of(heat) + 1, sizeof *values);
    double per_cell = 1e6 / (heat->step_m * heat->step_m);
    size_t index, count = 0;
    for (size_t i = 0; i < result->case_count; i++) {
        const struct result_case *c = &result->cases[i];
        if (verdict != VERDICT_UNKNOWN && verdict_of(c->verdict) != verdict)
            continue;
        if (!point_valid(c->at) || !cell_at(heat, crs_forward(heat->crs, c->at), &index))
            continue;
        values[index] += (float)per_cell;
        count++;
    }
    if (count) {
        blur(heat, heat->bandwidth_m, values);
        return values;
    }
    free(values);
    return NULL;
}

/* Mean gain over the complaints around, those that no order helps counting 0. */
static float *gain(const struct result *result, const struct heat *heat,
                   const float *complaints)
{
    float *values = base_alloc(cells_of(heat) + 1, sizeof *values);
    double per_cell = 1e6 / (heat->step_m * heat->step_m);
    size_t index, count = 0;
    for (size_t i = 0; i < result->case_count; i++) {
        const struct result_case *c = &result->cases[i];
        if (text_empty(c->order_id) || !(c->expected_gain_db > 0) || !point_valid(c->at) ||
            !cell_at(heat, crs_forward(heat->crs, c->at), &index))
            continue;
        values[index] += (float)(c->expected_gain_db * c->confidence * per_cell);
        count++;
    }
    if (!count || !complaints) {
        free(values);
        return NULL;
    }
    blur(heat, heat->bandwidth_m, values);
    double least = 0.03 * highest(heat, complaints);
    for (size_t i = 0; i < cells_of(heat); i++)
        values[i] = complaints[i] > least ? values[i] / complaints[i] : NAN;
    return values;
}

/* The plane of the bins is the grid's own, so that no reprojection is needed. */
static float *level(const struct result *result, const struct heat *heat)
{
    size_t cells = cells_of(heat), index;
    float *sum = base_alloc(cells + 1, sizeof *sum),
          *weight = base_alloc(cells + 1, sizeof *sum);
    size_t count = 0;
    for (size_t i = 0; i < result->bin_count; i++) {
        const struct result_bin *bin = &result->bins[i];
        struct xy middle = {bin->x_m + result->bin_m / 2, bin->y_m + result->bin_m / 2};
        if (!isfinite(bin->level_dbm) || !cell_at(heat, middle, &index))
            continue;
        sum[index] += (float)bin->level_dbm;
        weight[index] += 1;
        count++;
    }
    for (size_t i = 0; i < cells; i++)
        sum[i] = weight[i] > 0 ? sum[i] / weight[i] : NAN;
    free(weight);
    if (count)
        return sum;
    free(sum);
    return NULL;
}

static float *weak_share(const struct result *result, const struct heat *heat)
{
    size_t cells = cells_of(heat), index, count = 0;
    float *weak = base_alloc(cells + 1, sizeof *weak),
          *all = base_alloc(cells + 1, sizeof *all);
    for (size_t i = 0; i < result->bin_count; i++) {
        const struct result_bin *bin = &result->bins[i];
        struct xy middle = {bin->x_m + result->bin_m / 2, bin->y_m + result->bin_m / 2};
        if (!cell_at(heat, middle, &index))
            continue;
        float samples = (float)BASE_MIN(bin->samples, 50u); /* one long stop is not the area */
        all[index] += samples;
        weak[index] += bin->weak ? samples : 0;
        count++;
    }
    if (count) {
        blur(heat, heat->bandwidth_m / 2, weak);
        blur(heat, heat->bandwidth_m / 2, all);
        double least = 0.01 * highest(heat, all);
        for (size_t i = 0; i < cells; i++)
            weak[i] = all[i] > least ? weak[i] / all[i] : NAN;
    }
    free(all);
    if (count)
        return weak;
    free(weak);
    return NULL;
}

/* The plane: the run's own, else the UTM zone of the first position. */
static bool open_plane(const struct result *result, struct heat *heat)
{
    struct error error = {0};
    if (!text_empty(result->crs_name))
        return crs_open(result->crs_name, &heat->crs, &error) == STATUS_OK;
    for (size_t i = 0; i < result->case_count; i++)
        if (point_valid(result->cases[i].at))
            return crs_open_utm(result->cases[i].at, &heat->crs, &error) == STATUS_OK;
    return false;
}

bool heat_compute(const struct result *result, struct heat *heat)
{
    *heat = (struct heat){.bandwidth_m = RULE_VALUE(&result->rules, heat_bandwidth_m)};
    if (!open_plane(result, heat))
        return false;
    if (!set_extent(result, heat)) {
        heat_free(heat);
        return false;
    }
    heat->crs_name = crs_name(heat->crs);
    memcpy(heat->maps, map_table, sizeof map_table);
    heat->maps[HEAT_COMPLAINTS].values = density(result, heat, VERDICT_UNKNOWN);
    for (int v = VERDICT_WEAK; v < VERDICT_COUNT; v++)
        heat->maps[HEAT_WEAK + v - 1].values = density(result, heat, (enum verdict_kind)v);
    heat->maps[HEAT_LEVEL].values = level(result, heat);
    heat->maps[HEAT_WEAK_SHARE].values = weak_share(result, heat);
    heat->maps[HEAT_GAIN].values = gain(result, heat, heat->maps[HEAT_COMPLAINTS].values);
    for (int m = 0; m < HEAT_COUNT; m++) {
        struct heat_map *map = &heat->maps[m];
        if (!map->values)
            continue;
        map->top = highest(heat, map->values);
        map->band_count = palette_bands(result, map->legend, map->top, map->bands);
    }
    return true;
}

void heat_free(struct heat *heat)
{
    for (int m = 0; m < HEAT_COUNT; m++)
        free(heat->maps[m].values);
    crs_close(heat->crs);
    *heat = (struct heat){0};
}

double heat_value(const struct heat *heat, const struct heat_map *map, struct xy at)
{
    size_t index;
    if (map->stepped)
        return cell_at(heat, at, &index) ? (double)map->values[index] : NAN;
    double x = (at.x_m - heat->west_m) / heat->step_m - 0.5;
    double y = (heat->north_m - at.y_m) / heat->step_m - 0.5;
    if (!(x >= 0 && y >= 0 && x < heat->width - 1 && y < heat->height - 1))
        return NAN;
    size_t column = (size_t)x, row = (size_t)y, width = (size_t)heat->width;
    double u = x - (double)column, v = y - (double)row;
    const float *a = map->values + row * width + column, *b = a + width;
    return (double)a[0] * (1 - u) * (1 - v) + (double)a[1] * u * (1 - v) +
           (double)b[0] * (1 - u) * v + (double)b[1] * u * v;
}

int heat_band(const struct heat_map *map, double value)
{
    int band = -1;
    for (size_t i = 0; i < map->band_count && value >= map->bands[i].from; i++)
        band = (int)i;
    return band;
}
