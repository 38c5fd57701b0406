#include "cmd/out/plot.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>

#include "cmd/out/draw.h"
#include "cmd/out/palette.h"
#include "cmd/out/styles.h"

static cairo_status_t append(void *to, const unsigned char *bytes, unsigned length)
{
    buffer_append(to, (const char *)bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

bool plot_png(void *surface, struct buffer *png)
{
    return cairo_surface_write_to_png_stream(surface, append, png) == CAIRO_STATUS_SUCCESS;
}

/* Compass degrees to cairo's radians: clockwise on the screen, from the right. */
static double radians(double bearing_deg)
{
    return (bearing_deg - 90) * M_PI / 180;
}

static void draw_rings(cairo_t *cr, double middle, double radius)
{
    static const char *const letters[] = {"N", "E", "S", "W"};
    draw_colour(cr, 0xD5DCE1, 1);
    cairo_set_line_width(cr, 1);
    for (int ring = 1; ring <= 3; ring++) {
        cairo_arc(cr, middle, middle, radius * ring / 3, 0, 2 * M_PI);
        cairo_stroke(cr);
    }
    for (int i = 0; i < 4; i++) {
        double x = middle + radius * cos(radians(90.0 * i));
        double y = middle + radius * sin(radians(90.0 * i));
        cairo_move_to(cr, middle, middle);
        cairo_line_to(cr, x, y);
        cairo_stroke(cr);
        draw_text(cr, &(struct draw_text){.text = letters[i],
                                          .x = middle + (radius + 9) * cos(radians(90.0 * i)),
                                          .y = middle + (radius + 9) * sin(radians(90.0 * i)),
                                          .size = 10,
                                          .colour = 0x5B6770,
                                          .middle = true});
    }
}

static void draw_wedge(cairo_t *cr, double middle, double radius, double from_deg,
                       double to_deg)
{
    cairo_move_to(cr, middle, middle);
    cairo_arc(cr, middle, middle, radius, radians(from_deg),
              radians(from_deg + angle_wrap_deg(to_deg - from_deg)));
    cairo_close_path(cr);
}

static void draw_arrow(cairo_t *cr, double middle, double radius, double bearing_deg)
{
    cairo_move_to(cr, middle, middle);
    cairo_line_to(cr, middle + radius * cos(radians(bearing_deg)),
                  middle + radius * sin(radians(bearing_deg)));
    cairo_stroke(cr);
}

void plot_antenna(const struct result_cell *cell, int size, struct buffer *png)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size);
    cairo_t *cr = cairo_create(surface);
    double middle = size / 2.0, radius = size / 2.0 - 20;
    uint32_t found = palette_audit(cell->status);
    double half = isfinite(cell->hbw_deg) && cell->hbw_deg < 360 ? cell->hbw_deg / 2 : 32.5;
    draw_colour(cr, 0xFFFFFF, 1);
    cairo_paint(cr);
    draw_rings(cr, middle, radius);
    if (isfinite(cell->azimuth_deg)) { /* the table: grey beam */
        draw_wedge(cr, middle, radius * 0.8, cell->azimuth_deg - half,
                   cell->azimuth_deg + half);
        draw_colour(cr, 0x5B7083, 0.25);
        cairo_fill(cr);
        draw_colour(cr, 0x5B7083, 1);
        cairo_set_line_width(cr, 2);
        draw_arrow(cr, middle, radius * 0.8, cell->azimuth_deg);
    }
    if (isfinite(cell->azimuth_lo_deg) && isfinite(cell->azimuth_hi_deg)) { /* 95 % interval */
        draw_wedge(cr, middle, radius, cell->azimuth_lo_deg, cell->azimuth_hi_deg);
        draw_colour(cr, found, 0.3);
        cairo_fill(cr);
    }
    if (isfinite(cell->azimuth_est_deg)) {
        draw_colour(cr, found, 1);
        cairo_set_line_width(cr, 3);
        draw_arrow(cr, middle, radius, cell->azimuth_est_deg);
    }

    plot_png(surface, png);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

void plot_dot(int size, struct buffer *png)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size);
    cairo_t *cr = cairo_create(surface);
    cairo_arc(cr, size / 2.0, size / 2.0, size * 0.42, 0, 2 * M_PI);
    draw_colour(cr, 0xFFFFFF, 1);
    cairo_fill_preserve(cr);
    draw_colour(cr, 0x404040, 1);
    cairo_set_line_width(cr, size * 0.07);
    cairo_stroke(cr);
    plot_png(surface, png);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}
