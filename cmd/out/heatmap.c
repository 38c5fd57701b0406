#include "cmd/out/heatmap.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/out/heatmap_draw.h"
#include "cmd/out/plot.h"
#include "geo/graticule.h"
#include "geo/raster.h"

/* How values become bytes: level in half decibels, the rest in 250 steps of its range. */
static void scale_of(const struct heat_map *map, double *scale, double *offset)
{
    if (text_equal(map->legend, "level")) {
        *scale = 0.5;
        *offset = -160;
        return;
    }
    *scale = (text_equal(map->legend, "weak") ? 1 : BASE_MAX(map->top, 1e-9)) / 250;
    *offset = -*scale; /* 1 is zero */
}

static enum status write_tif(const struct heat *heat, const struct heat_map *map,
                             const char *path, struct error *error)
{
    size_t cells = (size_t)heat->width * (size_t)heat->height;
    uint8_t *bytes = base_alloc(cells + 1, 1);
    uint32_t palette[256];
    double scale, offset;
    scale_of(map, &scale, &offset);
    for (int i = 0; i < 256; i++) {
        int band = heat_band(map, i * scale + offset);
        palette[i] = band < 0 ? 0xFFFFFF : map->bands[band].colour;
    }
    for (size_t i = 0; i < cells; i++)
        if (isfinite(map->values[i]))
            bytes[i] = (uint8_t)BASE_MIN(
                BASE_MAX(lrint(((double)map->values[i] - offset) / scale), 1), 255);
    char bandwidth[64], title[128];
    snprintf(bandwidth, sizeof bandwidth, "KERNEL=Gaussian, deviation %g m", heat->bandwidth_m);
    snprintf(title, sizeof title, "TITLE=%s", map->title);
    const char *metadata[] = {title, map->stepped ? NULL : bandwidth, NULL};
    const struct raster_band band = {.name = map->file,
                                     .bytes = bytes,
                                     .palette = palette,
                                     .scale = scale,
                                     .offset = offset,
                                     .unit = text_equal(map->legend, "weak") ? "1" : map->unit};
    enum status status = raster_write(path,
                                      &(struct raster_image){.width = heat->width,
                                                             .height = heat->height,
                                                             .west_m = heat->west_m,
                                                             .north_m = heat->north_m,
                                                             .step_m = heat->step_m,
                                                             .crs_name = heat->crs_name,
                                                             .bands = &band,
                                                             .band_count = 1,
                                                             .metadata = metadata},
                                      error);
    free(bytes);
    return status;
}

enum status heatmap_write(const struct result *result, const struct heat *heat,
                          const char *folder, struct error *error)
{
    char path[4096];
    for (int m = 0; m < HEAT_COUNT && error->status == STATUS_OK; m++) {
        const struct heat_map *map = &heat->maps[m];
        if (!map->values)
            continue;
        snprintf(path, sizeof path, "%s/heatmap_%s.tif", folder, map->file);
        if (write_tif(heat, map, path, error) != STATUS_OK)
            break;
        snprintf(path, sizeof path, "%s/heatmap_%s.png", folder, map->file);
        heatmap_draw(result, heat, (enum heat_id)m, path, error);
    }
    return error->status;
}

/* ---- for the report ------------------------------------------------------------------ */

/* Web Mercator of the sphere, in radians of the equator. */
static double mercator(double lat)
{
    return log(tan(M_PI / 4 + lat * M_PI / 360));
}

static double mercator_lat(double y)
{
    return (2 * atan(exp(y)) - M_PI / 2) * 180 / M_PI;
}

static void overlay_frame(const struct heat *heat, int size, struct heatmap_overlay *overlay)
{
    double east_m = heat->west_m + heat->step_m * heat->width;
    double south_m = heat->north_m - heat->step_m * heat->height;
    const struct xy corners[] = {{heat->west_m, heat->north_m},
                                 {east_m, heat->north_m},
                                 {east_m, south_m},
                                 {heat->west_m, south_m}};
    overlay->west = overlay->south = INFINITY;
    overlay->east = overlay->north = -INFINITY;
    for (int i = 0; i < 4; i++) {
        struct point p = crs_inverse(heat->crs, corners[i]);
        overlay->west = fmin(overlay->west, p.lon);
        overlay->east = fmax(overlay->east, p.lon);
        overlay->south = fmin(overlay->south, p.lat);
        overlay->north = fmax(overlay->north, p.lat);
    }
    double wide = (overlay->east - overlay->west) * M_PI / 180;
    double high = mercator(overlay->north) - mercator(overlay->south);
    double unit = BASE_MAX(wide, high) / size;
    overlay->width = BASE_MAX(1, (int)lrint(wide / unit));
    overlay->height = BASE_MAX(1, (int)lrint(high / unit));
}

/* cairo wants the colour multiplied by its alpha. */
static uint32_t premultiplied(uint32_t rgb, unsigned alpha)
{
    unsigned r = (rgb >> 16 & 255) * alpha / 255, g = (rgb >> 8 & 255) * alpha / 255,
             b = (rgb & 255) * alpha / 255;
    return alpha << 24 | r << 16 | g << 8 | b;
}

bool heatmap_overlay(const struct heat *heat, enum heat_id id, int size,
                     struct heatmap_overlay *overlay)
{
    const struct heat_map *map = &heat->maps[id];
    *overlay = (struct heatmap_overlay){0};
    if (!map->values)
        return false;
    overlay_frame(heat, size, overlay);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, overlay->width, overlay->height);
    unsigned char *bytes = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    struct graticule *graticule = graticule_new(heat->crs, heat->step_m);
    double top = mercator(overlay->north), bottom = mercator(overlay->south);
    for (int row = 0; row < overlay->height; row++) {
        uint32_t *pixels = (uint32_t *)(void *)(bytes + (size_t)row * (size_t)stride);
        double lat = mercator_lat(top + (bottom - top) * (row + 0.5) / overlay->height);
        for (int column = 0; column < overlay->width; column++) {
            double lon = overlay->west +
                         (overlay->east - overlay->west) * (column + 0.5) / overlay->width;
            struct xy at = graticule_forward(graticule, (struct point){lon, lat});
            int band = heat_band(map, heat_value(heat, map, at));
            if (band >= 0)
                pixels[column] = premultiplied(map->bands[band].colour, 255);
        }
    }
    graticule_free(graticule);
    cairo_surface_mark_dirty(surface);
    bool ok = plot_png(surface, &overlay->png);
    cairo_surface_destroy(surface);
    return ok;
}
