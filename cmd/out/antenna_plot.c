#include "cmd/out/antenna_plot.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/out/draw.h"
#include "cmd/out/plot.h"
#include "cmd/out/palette.h"
#include "models/radio/antenna.h"
#include "models/radio/link.h"

enum { PAGE_WIDTH = 1000, PAGE_HEIGHT = 660 };

#define MIDDLE_X    320.0
#define MIDDLE_Y    330.0
#define RADIUS      270.0
#define INK         0x1F2A33
#define FAINT       0x5B6770
#define RING        0xD5DCE1
#define TABLE_GREY  0x6C7781
#define SIDE_X      650.0
#define SIDE_WIDTH  (PAGE_WIDTH - SIDE_X - 24)
#define DOT_PX      4.0
#define SHOWN_SHARE 0.9 /* of the measurements; those farther out lie on the rim */

/* A picture in progress. */
struct picture {
    cairo_t *cr;
    const struct world *world;
    const struct cell *cell;
    const struct aim *aim;
    const struct bin **bins; /* of the cell */
    size_t bin_count;
    double reach_m; /* at the rim */
    double weak_dbm, strong_dbm;
    enum language language;
};

static struct xy at_bearing(double bearing_deg, double radius)
{
    double turn = (bearing_deg - 90) * M_PI / 180;
    return (struct xy){MIDDLE_X + radius * cos(turn), MIDDLE_Y + radius * sin(turn)};
}

static double bin_distance_m(const struct picture *picture, const struct bin *bin,
                             double *bearing_deg)
{
    double bin_m = RULE_VALUE(&picture->world->rules, bin_m);
    struct xy middle = {(bin->ix + 0.5) * bin_m, (bin->iy + 0.5) * bin_m};
    *bearing_deg = xy_bearing_deg(picture->cell->xy, middle);
    return xy_distance_m(picture->cell->xy, middle);
}

static int by_number(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static double quantile(double *values, size_t count, double share)
{
    if (!count)
        return NAN;
    base_sort(values, count, sizeof *values, by_number);
    return values[(size_t)(share * (double)(count - 1))];
}

static void find_bins(struct picture *picture)
{
    const struct world *world = picture->world;
    picture->bins = base_alloc(world->bin_count + 1, sizeof(const struct bin *));
    double *values = base_alloc(world->bin_count + 1, sizeof *values), bearing_deg;
    for (size_t i = 0; i < world->bin_count; i++)
        if (&world->cells[world->bins[i].cell] == picture->cell)
            picture->bins[picture->bin_count++] = &world->bins[i];
    for (size_t i = 0; i < picture->bin_count; i++)
        values[i] = bin_distance_m(picture, picture->bins[i], &bearing_deg);
    double far_m = quantile(values, picture->bin_count, SHOWN_SHARE);
    picture->reach_m = isfinite(far_m) ? 200 * ceil(fmax(far_m, 200) / 200) : 1000;
    for (size_t i = 0; i < picture->bin_count; i++)
        values[i] = picture->bins[i]->mean_dbm;
    picture->weak_dbm = quantile(values, picture->bin_count, 0.1);
    picture->strong_dbm = quantile(values, picture->bin_count, 0.95);
    free(values);
}

/* Near places get more room: the radius grows with the root of the distance. */
static double radius_of(const struct picture *picture, double distance_m)
{
    return RADIUS * sqrt(fmin(1, distance_m / picture->reach_m));
}

static void label(const struct picture *picture, const char *text, struct xy at,
                  uint32_t colour)
{
    draw_text(picture->cr, &(struct draw_text){.text = text,
                                               .x = at.x_m,
                                               .y = at.y_m,
                                               .size = 13,
                                               .colour = colour,
                                               .middle = true,
                                               .halo = true});
}

static void draw_rings(const struct picture *picture)
{
    draw_colour(picture->cr, RING, 1);
    cairo_set_line_width(picture->cr, 1);
    for (int ring = 1; ring <= 4; ring++) {
        cairo_arc(picture->cr, MIDDLE_X, MIDDLE_Y, RADIUS * sqrt(ring / 4.0), 0, 2 * M_PI);
        cairo_stroke(picture->cr);
    }
    for (int bearing_deg = 0; bearing_deg < 360; bearing_deg += 30) {
        struct xy rim = at_bearing(bearing_deg, RADIUS);
        cairo_move_to(picture->cr, MIDDLE_X, MIDDLE_Y);
        cairo_line_to(picture->cr, rim.x_m, rim.y_m);
        cairo_stroke(picture->cr);
    }
}

static void label_rings(const struct picture *picture)
{
    char text[32];
    for (int bearing_deg = 0; bearing_deg < 360; bearing_deg += 30) {
        snprintf(text, sizeof text, "%d°", bearing_deg);
        label(picture, bearing_deg ? text : "N", at_bearing(bearing_deg, RADIUS + 24), FAINT);
    }
    for (int ring = 2; ring <= 4; ring += 2) {
        snprintf(text, sizeof text, "%.0f m", picture->reach_m * ring / 4);
        label(picture, text, at_bearing(98, RADIUS * sqrt(ring / 4.0) - 24), FAINT);
    }
}

/* Weak is blue, strong is red; told apart in brightness too. */
static uint32_t level_colour(const struct picture *picture, double level_dbm)
{
    static const uint32_t colours[] = {0x2C4A7C, 0x4B8BBE, 0xA9C66C,
                                       0xF2B134, 0xE4572E, 0xB3001B};
    double span_db = fmax(1, picture->strong_dbm - picture->weak_dbm);
    double share = (level_dbm - picture->weak_dbm) / span_db;
    int i = (int)(share * (double)ARRAY_COUNT(colours));
    return colours[BASE_MAX(0, BASE_MIN(i, (int)ARRAY_COUNT(colours) - 1))];
}

static int weaker_first(const void *a, const void *b)
{
    const struct bin *p = *(const struct bin *const *)a, *q = *(const struct bin *const *)b;
    if (p->mean_dbm != q->mean_dbm)
        return p->mean_dbm < q->mean_dbm ? -1 : 1;
    return p < q ? -1 : p > q; /* both of one array: a total order */
}

static void draw_samples(const struct picture *picture)
{
    base_sort(picture->bins, picture->bin_count, sizeof *picture->bins, weaker_first);
    for (size_t i = 0; i < picture->bin_count; i++) {
        double bearing_deg;
        double distance_m = bin_distance_m(picture, picture->bins[i], &bearing_deg);
        struct xy dot = at_bearing(bearing_deg, radius_of(picture, distance_m));
        cairo_arc(picture->cr, dot.x_m, dot.y_m, DOT_PX, 0, 2 * M_PI);
        draw_colour(picture->cr, level_colour(picture, picture->bins[i]->mean_dbm), 0.85);
        cairo_fill(picture->cr);
    }
}

/* The antenna's pattern, 25 dB from middle to rim. */
static void draw_lobe(const struct picture *picture, double azimuth_deg, uint32_t colour,
                      bool dashed)
{
    static const double dashes[] = {7, 5};
    struct antenna antenna = link_antenna(picture->cell);
    struct antenna_aim aim = link_aim(picture->cell);
    aim.azimuth_deg = azimuth_deg;
    for (int bearing_deg = 0; bearing_deg <= 360; bearing_deg += 3) {
        double loss_db = antenna_loss_db(&antenna, &aim, bearing_deg, -aim.elec_tilt_deg);
        struct xy at = at_bearing(bearing_deg, RADIUS * fmax(0.04, 1 - loss_db / 25));
        cairo_line_to(picture->cr, at.x_m, at.y_m);
    }
    cairo_close_path(picture->cr);
    draw_colour(picture->cr, colour, dashed ? 0.10 : 0.16);
    cairo_fill_preserve(picture->cr);
    draw_colour(picture->cr, colour, 1);
    cairo_set_line_width(picture->cr, 2.5);
    if (dashed)
        cairo_set_dash(picture->cr, dashes, 2, 0);
    cairo_stroke(picture->cr);
    cairo_set_dash(picture->cr, NULL, 0, 0);
}

static void draw_arrow(const struct picture *picture, double azimuth_deg, uint32_t colour)
{
    struct xy tip = at_bearing(azimuth_deg, RADIUS);
    struct xy left = at_bearing(azimuth_deg - 2.5, RADIUS - 20);
    struct xy right = at_bearing(azimuth_deg + 2.5, RADIUS - 20);
    draw_colour(picture->cr, colour, 1);
    cairo_set_line_width(picture->cr, 3);
    cairo_move_to(picture->cr, MIDDLE_X, MIDDLE_Y);
    cairo_line_to(picture->cr, tip.x_m, tip.y_m);
    cairo_stroke(picture->cr);
    cairo_move_to(picture->cr, tip.x_m, tip.y_m);
    cairo_line_to(picture->cr, left.x_m, left.y_m);
    cairo_line_to(picture->cr, right.x_m, right.y_m);
    cairo_close_path(picture->cr);
    cairo_fill(picture->cr);
}

static void draw_interval(const struct picture *picture, uint32_t colour)
{
    double from_deg = picture->aim->azimuth_lo_deg;
    double span_deg = angle_wrap_deg(picture->aim->azimuth_hi_deg - from_deg);
    draw_colour(picture->cr, colour, 1);
    cairo_set_line_width(picture->cr, 9);
    cairo_arc(picture->cr, MIDDLE_X, MIDDLE_Y, RADIUS + 6, (from_deg - 90) * M_PI / 180,
              (from_deg + span_deg - 90) * M_PI / 180);
    cairo_stroke(picture->cr);
}

static void draw_antenna(const struct picture *picture, uint32_t found)
{
    double table_deg = picture->cell->azimuth_deg, est_deg = picture->aim->azimuth_est_deg;
    if (isfinite(table_deg)) {
        draw_lobe(picture, table_deg, TABLE_GREY, true);
        draw_arrow(picture, table_deg, TABLE_GREY);
    }
    if (isfinite(est_deg)) {
        draw_lobe(picture, est_deg, found, false);
        draw_interval(picture, found);
        draw_arrow(picture, est_deg, found);
    }
}

/* ---- the side: what a crew reads ---------------------------------------------------- */

/* A running position down the side of the page. */
struct side {
    const struct picture *picture;
    double y;
};

static void side_text(struct side *side, const char *text, double size, bool bold)
{
    if (text_empty(text))
        return;
    side->y += 6 + draw_text(side->picture->cr, &(struct draw_text){.text = text,
                                                                    .x = SIDE_X,
                                                                    .y = side->y,
                                                                    .size = size,
                                                                    .colour = INK,
                                                                    .bold = bold,
                                                                    .width = SIDE_WIDTH,
                                                                    .wrap = true});
}

static void side_line(struct side *side, const char *name, const char *value)
{
    draw_text(side->picture->cr, &(struct draw_text){.text = name,
                                                     .x = SIDE_X,
                                                     .y = side->y,
                                                     .size = 15,
                                                     .colour = FAINT,
                                                     .width = 140});
    side->y += 6 + draw_text(side->picture->cr, &(struct draw_text){.text = value,
                                                                    .x = SIDE_X + 148,
                                                                    .y = side->y,
                                                                    .size = 15,
                                                                    .colour = INK,
                                                                    .bold = true,
                                                                    .width = SIDE_WIDTH - 148,
                                                                    .wrap = true});
}

static void side_names(struct side *side)
{
    const struct picture *picture = side->picture;
    side_text(side, picture->cell->cell_name, 22, true);
    side_text(side, picture->cell->site_name, 16, false);
    char text[160];
    snprintf(text, sizeof text, "%s  %s %s", picture->cell->cell_id,
             name_of(rat_names, (int)picture->cell->rat), picture->cell->band);
    side_text(side, text, 14, false);
    if (point_valid(picture->cell->at)) {
        snprintf(text, sizeof text, "%.6f, %.6f", picture->cell->at.lon, picture->cell->at.lat);
        side_text(side, text, 14, false);
    }
    side->y += 10;
}

static void side_angles(struct side *side)
{
    const struct cell *cell = side->picture->cell;
    const struct aim *aim = side->picture->aim;
    char text[96];
    snprintf(text, sizeof text, isfinite(cell->azimuth_deg) ? "%.0f°" : "-", cell->azimuth_deg);
    side_line(side, say(side->picture->language, "azimuth, table"), text);
    if (isfinite(aim->azimuth_est_deg)) {
        snprintf(text, sizeof text, "%.0f°  (%.0f° .. %.0f°)", aim->azimuth_est_deg,
                 aim->azimuth_lo_deg, aim->azimuth_hi_deg);
        side_line(side, say(side->picture->language, "azimuth, measured"), text);
    }
    if (isfinite(aim->azimuth_est_deg) && isfinite(cell->azimuth_deg)) {
        snprintf(text, sizeof text, "%+.0f°",
                 angle_turn_deg(cell->azimuth_deg, aim->azimuth_est_deg));
        side_line(side, say(side->picture->language, "turned by"), text);
    }
    struct antenna_aim table = link_aim(cell);
    snprintf(text, sizeof text, "%.0f° + %.0f°", table.mech_tilt_deg, table.elec_tilt_deg);
    side_line(side, say(side->picture->language, "downtilt, table"), text);
    if (isfinite(aim->tilt_est_deg)) {
        snprintf(text, sizeof text, "%.0f°", aim->tilt_est_deg);
        side_line(side, say(side->picture->language, "downtilt, measured"), text);
    }
}

static void side_audit(struct side *side)
{
    const struct picture *picture = side->picture;
    const struct aim *aim = picture->aim;
    char text[400];
    side_line(side, say(picture->language, "audit"),
              say(picture->language, name_of(aim_status_names, (int)aim->status)));
    if (aim->p_fault > 0.99)
        snprintf(text, sizeof text, "> 99 %%");
    else
        snprintf(text, sizeof text, "%.0f %%", 100 * aim->p_fault);
    side_line(side, say(side->picture->language, "probability of a fault"), text);
    snprintf(text, sizeof text, "%llu", (unsigned long long)aim->samples);
    side_line(side, say(side->picture->language, "measurements"), text);
    snprintf(text, sizeof text, "%.0f°", aim->spread_deg);
    side_line(side, say(side->picture->language, "directions seen"), text);
    if (aim->swapped_with != INDEX_NONE)
        side_line(side, say(side->picture->language, "exchanged with"),
                  picture->world->cells[aim->swapped_with].cell_name);
    aim_note_text(aim, picture->language, text, sizeof text);
    side->y += 6;
    side_text(side, text, 15, false);
}

static void legend_lobe(const struct side *side, uint32_t colour, bool dashed)
{
    static const double dashes[] = {7, 5};
    cairo_t *cr = side->picture->cr;
    draw_colour(cr, colour, 1);
    cairo_set_line_width(cr, 3);
    if (dashed)
        cairo_set_dash(cr, dashes, 2, 0);
    cairo_move_to(cr, SIDE_X, side->y + 9);
    cairo_line_to(cr, SIDE_X + 40, side->y + 9);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
}

static void legend_text(struct side *side, const char *text)
{
    side->y += 6 + draw_text(side->picture->cr, &(struct draw_text){.text = text,
                                                                    .x = SIDE_X + 52,
                                                                    .y = side->y,
                                                                    .size = 13,
                                                                    .colour = FAINT,
                                                                    .width = SIDE_WIDTH - 52});
}

static void side_legend(struct side *side, uint32_t found)
{
    const struct picture *picture = side->picture;
    side->y = PAGE_HEIGHT - 116;
    legend_lobe(side, TABLE_GREY, true);
    legend_text(side, say(picture->language, "lobe by the table"));
    legend_lobe(side, found, false);
    legend_text(side, say(picture->language, "lobe as measured; arc: 95 % interval"));
    if (!picture->bin_count)
        return;
    for (int i = 0; i < 6; i++) {
        double span_db = picture->strong_dbm - picture->weak_dbm;
        double level_dbm = picture->weak_dbm + span_db * (i + 0.5) / 6;
        draw_colour(picture->cr, level_colour(picture, level_dbm), 1);
        cairo_rectangle(picture->cr, SIDE_X + i * 16, side->y + 3, 16, 12);
        cairo_fill(picture->cr);
    }
    char text[64];
    snprintf(text, sizeof text, "%.0f .. %.0f dBm", picture->weak_dbm, picture->strong_dbm);
    draw_text(picture->cr,
              &(struct draw_text){
                  .text = text, .x = SIDE_X + 108, .y = side->y, .size = 13, .colour = FAINT});
}

static void draw_page(struct picture *picture)
{
    uint32_t found = palette_audit(name_of(aim_status_names, (int)picture->aim->status));
    draw_colour(picture->cr, 0xFFFFFF, 1);
    cairo_paint(picture->cr);
    draw_rings(picture);
    draw_samples(picture);
    draw_antenna(picture, found);
    label_rings(picture);
    struct side side = {picture, 36};
    side_names(&side);
    side_angles(&side);
    side_audit(&side);
    side_legend(&side, found);
}

enum status antenna_plot_write(const struct world *world, const struct aim *aims, uint32_t cell,
                               enum language language, const char *path, struct error *error)
{
    struct picture picture = {
        .world = world, .cell = &world->cells[cell], .aim = &aims[cell], .language = language};
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, PAGE_WIDTH, PAGE_HEIGHT);
    picture.cr = cairo_create(surface);
    find_bins(&picture);
    draw_page(&picture);
    cairo_destroy(picture.cr);
    enum status status = plot_save(surface, path, error);
    cairo_surface_destroy(surface);
    free(picture.bins);
    return status;
}
