/* antenna_plot.h - one audited antenna on a page for the crew: what was measured around the
 * mast, the lobe of the table, the lobe that the measurements show, and its interval. */
#ifndef COVTRIAGE_OUT_ANTENNA_PLOT_H
#define COVTRIAGE_OUT_ANTENNA_PLOT_H

#include "models/radio/aim.h"

/**
 * Write the page of one cell as a PNG, 1000 x 660 pixels, to `path`. `aims` is the audit of the
 * whole world. Errors: STATUS_IO.
 */
enum status antenna_plot_write(const struct world *world, const struct aim *aims, uint32_t cell,
                               enum language language, const char *path, struct error *error);

#endif
