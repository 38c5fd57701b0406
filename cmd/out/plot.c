#include "cmd/out/plot.h"

#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/out/draw.h"
#include "cmd/out/palette.h"
#include "cmd/out/styles.h"

enum { PNG_LEVEL = 4 };

static void append(png_structp png, png_bytep bytes, size_t length)
{
    buffer_append(png_get_io_ptr(png), (const char *)bytes, length);
}

static void flush(png_structp png)
{
    (void)png; /* what goes to memory is there */
}

/* One row of cairo's pixels as R, G, B and, where there is transparency, A. */
static void unpack_row(const uint32_t *pixels, int width, bool alpha, png_byte *row)
{
    for (int i = 0; i < width; i++) {
        unsigned a = alpha ? pixels[i] >> 24 : 255, half = a / 2;
        for (int shift = 16; shift >= 0; shift -= 8) {
            unsigned colour = pixels[i] >> shift & 255;
            *row++ = (png_byte)(a == 255 ? colour : a ? (colour * 255 + half) / a : 0);
        }
        if (alpha)
            *row++ = (png_byte)a;
    }
}

static void write_image(png_structp png, png_infop info, cairo_surface_t *surface)
{
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    bool alpha = cairo_image_surface_get_format(surface) == CAIRO_FORMAT_ARGB32;
    const unsigned char *bytes = cairo_image_surface_get_data(surface);
    png_byte *row = base_alloc((size_t)width, 4);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8,
                 alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    /* Plain colours repeat as they are: filters only cost time there. */
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_level(png, PNG_LEVEL);
    png_write_info(png, info);
    for (int y = 0; y < height; y++) {
        const void *pixels = bytes + (size_t)y * (size_t)stride;
        unpack_row(pixels, width, alpha, row);
        png_write_row(png, row);
    }
    png_write_end(png, info);
    free(row);
}

bool plot_png(void *surface, struct buffer *out)
{
    cairo_surface_flush(surface);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        return false;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    bool ok = false;
    if (info && !setjmp(png_jmpbuf(png))) {
        png_set_write_fn(png, out, append, flush);
        write_image(png, info, surface);
        ok = true;
    }
    png_destroy_write_struct(&png, &info);
    return ok;
}

enum status plot_save(void *surface, const char *path, struct error *error)
{
    struct buffer png = {0};
    errno = 0;
    bool ok = plot_png(surface, &png);
    FILE *file = ok ? fopen(path, "wb") : NULL;
    ok = file && fwrite(png.bytes, 1, png.length, file) == png.length;
    ok = file && fclose(file) == 0 && ok;
    buffer_free(&png);
    return ok ? STATUS_OK
              : error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
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
