/* plot.h - the small polar plot of one audited antenna: where the table has it, where it
 * points. */
#ifndef COVTRIAGE_PLOT_H
#define COVTRIAGE_PLOT_H

#include "cmd/out/result.h"

/** Append the plot as a PNG of size x size pixels to `png`. */
void plot_antenna(const struct result_cell *cell, int size, struct buffer *png);

/** Append a white disc with a dark rim, to be tinted, as a PNG of size x size pixels. */
void plot_dot(int size, struct buffer *png);

/** Append an image surface's PNG bytes; false when cairo cannot. `surface` is a
 * cairo_surface_t. */
bool plot_png(void *surface, struct buffer *png);

/** Write an image surface as a PNG file. Errors: STATUS_IO. */
enum status plot_save(void *surface, const char *path, struct error *error);

#endif
