#include "cmd/out/heatmap_draw.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/draw.h"
#include "cmd/out/plot.h"
#include "cmd/out/sheet.h"
#include "cmd/out/styles.h"

enum { FRAME_LONG = 1100, LEFT = 28, TOP = 84, SIDE = 250, BOTTOM = 40, LABELS = 400 };

/* The picture being drawn; the map's frame is width x height pixels at LEFT, TOP. */
struct canvas {
    const struct result *result;
    const struct heat *heat;
    const struct heat_map *map;
    cairo_t *cr;
    int width, height;
    double pixels_per_m;
};

static const char *words(const struct canvas *canvas, const char *english)
{
    return say(canvas->result->language, english);
}

/* Plane to pixels. */
static struct xy to_pixel(const struct canvas *canvas, struct xy at)
{
    return (struct xy){LEFT + (at.x_m - canvas->heat->west_m) * canvas->pixels_per_m,
                       TOP + (canvas->heat->north_m - at.y_m) * canvas->pixels_per_m};
}

static struct xy point_pixel(const struct canvas *canvas, struct point p)
{
    return to_pixel(canvas, crs_forward(canvas->heat->crs, p));
}

static bool in_frame(const struct canvas *canvas, struct xy at)
{
    return at.x_m >= LEFT && at.y_m >= TOP && at.x_m <= LEFT + canvas->width &&
           at.y_m <= TOP + canvas->height;
}

static void clip_frame(const struct canvas *canvas)
{
    cairo_save(canvas->cr);
    cairo_rectangle(canvas->cr, LEFT, TOP, canvas->width, canvas->height);
    cairo_clip(canvas->cr);
}

/* A stepped map is of single squares; up close gaps of one square are filled from neighbours.
 */
static double filled_value(const struct canvas *canvas, struct xy at)
{
    const struct heat *heat = canvas->heat;
    double value = heat_value(heat, canvas->map, at);
    double step = heat->step_m;
    for (int i = 0; i < 8 && canvas->map->stepped && isnan(value); i++) {
        static const int dx[] = {1, -1, 0, 0, 1, -1, 1, -1}, dy[] = {0, 0, 1, -1, 1, 1, -1, -1};
        value = heat_value(heat, canvas->map,
                           (struct xy){at.x_m + dx[i] * step, at.y_m + dy[i] * step});
    }
    return value;
}

static void draw_values(const struct canvas *canvas)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, canvas->width, canvas->height);
    unsigned char *bytes = cairo_image_surface_get_data(image);
    int stride = cairo_image_surface_get_stride(image);
    const struct heat *heat = canvas->heat;
    for (int row = 0; row < canvas->height; row++) {
        uint32_t *pixels = (uint32_t *)(void *)(bytes + (size_t)row * (size_t)stride);
        for (int column = 0; column < canvas->width; column++) {
            struct xy at = {heat->west_m + (column + 0.5) / canvas->pixels_per_m,
                            heat->north_m - (row + 0.5) / canvas->pixels_per_m};
            int band = heat_band(canvas->map, filled_value(canvas, at));
            if (band >= 0)
                pixels[column] = 0xFF000000u | canvas->map->bands[band].colour;
        }
    }
    cairo_surface_mark_dirty(image);
    cairo_set_source_surface(canvas->cr, image, LEFT, TOP);
    cairo_paint_with_alpha(canvas->cr, canvas->map->stepped ? 1 : 0.85);
    cairo_surface_destroy(image);
}

/* The user's own layers: water and rail thin, borders dashed, roads plain. */
static void draw_lines(const struct canvas *canvas)
{
    cairo_t *cr = canvas->cr;
    static const struct {
        const char *kind;
        uint32_t colour;
        double width, dash;
    } styles[] = {{"water", 0x9CC7E0, 1.5, 0},
                  {"rail", 0x6B6B6B, 1, 3},
                  {"road", 0x9C8F80, 1.3, 0},
                  {"border", 0x5A4A6A, 1.4, 7}};
    for (size_t s = 0; s < ARRAY_COUNT(styles); s++) {
        draw_colour(cr, styles[s].colour, 0.9);
        cairo_set_line_width(cr, styles[s].width);
        cairo_set_dash(cr, &styles[s].dash, styles[s].dash > 0, 0);
        for (size_t i = 0; i < canvas->result->line_count; i++) {
            const struct result_line *line = &canvas->result->lines[i];
            if (!text_equal(line->kind, styles[s].kind))
                continue;
            for (size_t p = 0; p < line->count; p++) {
                struct xy at = point_pixel(canvas, line->points[p]);
                if (isfinite(at.x_m))
                    cairo_line_to(cr, at.x_m, at.y_m);
            }
            cairo_stroke(cr);
        }
    }
    cairo_set_dash(cr, NULL, 0, 0);
}

/* Sites as small grey wedges, so that people know where they are. */
static void draw_cells(const struct canvas *canvas)
{
    cairo_t *cr = canvas->cr;
    cairo_set_line_width(cr, 0.6);
    for (size_t i = 0; i < canvas->result->cell_count; i++) {
        struct point ring[WEDGE_POINTS];
        size_t count = wedge_ring(&canvas->result->cells[i], false, ring);
        for (size_t p = 0; p < count; p++) {
            struct xy at = point_pixel(canvas, ring[p]);
            if (isfinite(at.x_m))
                cairo_line_to(cr, at.x_m, at.y_m);
        }
        cairo_close_path(cr);
        draw_colour(cr, 0x33424D, 0.30);
        cairo_fill_preserve(cr);
        draw_colour(cr, 0x33424D, 0.55);
        cairo_stroke(cr);
    }
}

/* A label that was drawn: others keep away. */
struct box {
    double x, y, width, height;
};

static bool overlaps(const struct box *boxes, size_t count, struct box box)
{
    for (size_t i = 0; i < count; i++)
        if (box.x < boxes[i].x + boxes[i].width && boxes[i].x < box.x + box.width &&
            box.y < boxes[i].y + boxes[i].height && boxes[i].y < box.y + box.height)
            return true;
    return false;
}

static bool draw_label(const struct canvas *canvas, const struct place *place, double size,
                       struct box *boxes, size_t *count)
{
    struct xy at = point_pixel(canvas, place->at);
    struct draw_text text = {.text = place->name,
                             .size = size,
                             .colour = 0x26323A,
                             .bold = place->kind <= PLACE_TOWNSHIP,
                             .halo = true};
    double width, height;
    if (!in_frame(canvas, at))
        return false;
    draw_measure(canvas->cr, &text, &width, &height);
    struct box box = {at.x_m - width / 2 - 4, at.y_m - height / 2 - 2, width + 8, height + 4};
    if (width > 220 || overlaps(boxes, *count, box) || box.x < LEFT || box.y < TOP ||
        box.x + box.width > LEFT + canvas->width || box.y + box.height > TOP + canvas->height)
        return false;
    boxes[(*count)++] = box;
    text.x = at.x_m - width / 2;
    text.y = at.y_m - height / 2;
    draw_text(canvas->cr, &text);
    return true;
}

/* Greater places first; what does not fit is left out. */
static void draw_places(const struct canvas *canvas)
{
    static const struct {
        enum place_kind kind;
        double size;
        size_t most;
    } kinds[] = {{PLACE_COUNTY, 17, 20}, {PLACE_TOWNSHIP, 14, 80}, {PLACE_VILLAGE, 11, 60}};
    struct box boxes[LABELS];
    size_t count = 0;
    for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
        size_t drawn = 0;
        for (size_t i = 0; i < canvas->result->place_count && count < LABELS; i++) {
            const struct place *place = &canvas->result->places[i];
            if (place->kind == kinds[k].kind && point_valid(place->at) && drawn < kinds[k].most)
                drawn += draw_label(canvas, place, kinds[k].size, boxes, &count);
        }
    }
}

static double round_length_m(double wanted_m)
{
    double unit = pow(10, floor(log10(wanted_m)));
    return wanted_m / unit >= 5 ? 5 * unit : wanted_m / unit >= 2 ? 2 * unit : unit;
}

static void draw_scale(const struct canvas *canvas, double x, double y)
{
    cairo_t *cr = canvas->cr;
    double length_m = round_length_m(150 / canvas->pixels_per_m);
    double length = length_m * canvas->pixels_per_m;
    char text[64];
    if (length_m >= 1000)
        snprintf(text, sizeof text, "%g km", length_m / 1000);
    else
        snprintf(text, sizeof text, "%g m", length_m);
    for (int i = 0; i < 4; i++) {
        cairo_rectangle(cr, x + length * i / 4, y, length / 4, 6);
        draw_colour(cr, i % 2 ? 0xFFFFFF : 0x26323A, 1);
        cairo_fill_preserve(cr);
        draw_colour(cr, 0x26323A, 1);
        cairo_set_line_width(cr, 1);
        cairo_stroke(cr);
    }
    draw_text(cr, &(struct draw_text){
                      .text = text, .x = x, .y = y + 10, .size = 12, .colour = 0x26323A});
}

/* Grid north of the plane; the meridian's own differs by the convergence, under 3 degrees. */
static void draw_north(const struct canvas *canvas, double x, double y)
{
    cairo_t *cr = canvas->cr;
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x + 9, y + 30);
    cairo_line_to(cr, x, y + 23);
    cairo_line_to(cr, x - 9, y + 30);
    cairo_close_path(cr);
    draw_colour(cr, 0x26323A, 1);
    cairo_fill(cr);
    draw_text(cr, &(struct draw_text){.text = words(canvas, "N"),
                                      .x = x,
                                      .y = y + 42,
                                      .size = 14,
                                      .colour = 0x26323A,
                                      .bold = true,
                                      .middle = true});
}

static double draw_swatches(const struct canvas *canvas, double x, double y)
{
    cairo_t *cr = canvas->cr;
    for (size_t i = canvas->map->band_count; i-- > 0;) {
        char label[96];
        palette_label(canvas->result, canvas->map->bands, canvas->map->band_count, i, label);
        cairo_rectangle(cr, x, y, 26, 18);
        draw_colour(cr, canvas->map->bands[i].colour, canvas->map->stepped ? 1 : 0.85);
        cairo_fill_preserve(cr);
        draw_colour(cr, 0x8FA3AF, 1);
        cairo_set_line_width(cr, 0.6);
        cairo_stroke(cr);
        draw_text(cr, &(struct draw_text){.text = label,
                                          .x = x + 36,
                                          .y = y,
                                          .size = 13,
                                          .colour = 0x26323A,
                                          .width = SIDE - 90});
        y += 24;
    }
    return y;
}

static void draw_legend(const struct canvas *canvas)
{
    cairo_t *cr = canvas->cr;
    double x = LEFT + canvas->width + 24, y = TOP;
    char note[160];
    y += draw_text(cr, &(struct draw_text){.text = words(canvas, canvas->map->unit),
                                           .x = x,
                                           .y = y,
                                           .size = 14,
                                           .colour = 0x26323A,
                                           .bold = true,
                                           .width = SIDE - 40});
    y = draw_swatches(canvas, x, y + 8) + 10;
    if (canvas->map->stepped)
        snprintf(note, sizeof note, words(canvas, "squares of %g m"), canvas->heat->step_m);
    else
        snprintf(note, sizeof note, words(canvas, "Gaussian kernel, deviation %g m"),
                 text_equal(canvas->map->legend, "weak") ? canvas->heat->bandwidth_m / 2
                                                         : canvas->heat->bandwidth_m);
    draw_text(cr, &(struct draw_text){.text = note,
                                      .x = x,
                                      .y = y,
                                      .size = 12,
                                      .colour = 0x5B6770,
                                      .width = SIDE - 40,
                                      .wrap = true});
    draw_north(canvas, x + 14, TOP + canvas->height - 120);
    draw_scale(canvas, x, TOP + canvas->height - 40);
}

static void draw_frame(const struct canvas *canvas)
{
    char subtitle[256], date[32];
    sheet_format_time(canvas->result->now_s, canvas->result->utc_offset_s, date);
    snprintf(subtitle, sizeof subtitle, words(canvas, "%zu complaints, until %.10s"),
             canvas->result->case_count, date);
    draw_text(canvas->cr, &(struct draw_text){.text = words(canvas, canvas->map->title),
                                              .x = LEFT,
                                              .y = 18,
                                              .size = 26,
                                              .colour = 0x16242D,
                                              .bold = true});
    draw_text(canvas->cr,
              &(struct draw_text){
                  .text = subtitle, .x = LEFT, .y = 54, .size = 14, .colour = 0x5B6770});
    draw_text(canvas->cr, &(struct draw_text){.text = "covtriage " COVTRIAGE_VERSION,
                                              .x = LEFT,
                                              .y = TOP + canvas->height + 10,
                                              .size = 11,
                                              .colour = 0x8A969E});
    cairo_rectangle(canvas->cr, LEFT, TOP, canvas->width, canvas->height);
    draw_colour(canvas->cr, 0x5B6770, 1);
    cairo_set_line_width(canvas->cr, 1);
    cairo_stroke(canvas->cr);
}

enum status heatmap_draw(const struct result *result, const struct heat *heat, enum heat_id id,
                         const char *path, struct error *error)
{
    double pixels = (double)FRAME_LONG / BASE_MAX(heat->width, heat->height);
    struct canvas canvas = {.result = result,
                            .heat = heat,
                            .map = &heat->maps[id],
                            .width = BASE_MAX(240, (int)(heat->width * pixels)),
                            .height = BASE_MAX(420, (int)(heat->height * pixels)),
                            .pixels_per_m = pixels / heat->step_m};
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, LEFT + canvas.width + SIDE, TOP + canvas.height + BOTTOM);
    canvas.cr = cairo_create(surface);
    draw_colour(canvas.cr, 0xFFFFFF, 1);
    cairo_paint(canvas.cr);
    clip_frame(&canvas);
    draw_colour(canvas.cr, 0xF4F3EE, 1);
    cairo_paint(canvas.cr);
    draw_values(&canvas);
    draw_lines(&canvas);
    draw_cells(&canvas);
    draw_places(&canvas);
    cairo_restore(canvas.cr);
    draw_frame(&canvas);
    draw_legend(&canvas);
    enum status status = plot_save(surface, path, error);
    cairo_destroy(canvas.cr);
    cairo_surface_destroy(surface);
    return status;
}
