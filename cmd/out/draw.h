/* draw.h - what cairo and pango pictures share: colours and text. */
#ifndef COVTRIAGE_DRAW_H
#define COVTRIAGE_DRAW_H

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>

void draw_colour(cairo_t *cr, uint32_t colour, double alpha); /**< 0xRRGGBB; 0..1 */

/** One line of text, plain (no markup). */
struct draw_text {
    const char *text;
    double x, y;     /**< left and top; `middle`: the text's centre */
    double size;     /**< pixels */
    uint32_t colour; /**< 0xRRGGBB */
    bool bold, middle;
    bool halo;    /**< white behind it, to be read over a map */
    double width; /**< > 0: cut with an ellipsis; wraps if `wrap` */
    bool wrap;
};

/** Draws it and returns its height in pixels. */
double draw_text(cairo_t *cr, const struct draw_text *text);
/** Its width and height, without drawing. */
void draw_measure(cairo_t *cr, const struct draw_text *text, double *width, double *height);

#endif
