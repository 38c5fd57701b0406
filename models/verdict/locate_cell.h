/* locate_cell.h - which cell serves where: measured where there are samples, by distance and
 * antenna direction elsewhere. Private to models/verdict/locate*.c. */
#ifndef COVTRIAGE_LOCATE_CELL_H
#define COVTRIAGE_LOCATE_CELL_H

#include "models/tables/world.h"

/** Measured shares of every cell, by square. Const after footprints_new. */
struct footprints;

/** Build from world->bins, which may be none; the world is borrowed. */
struct footprints *footprints_new(const struct world *world);
void footprints_free(struct footprints *footprints);

/** One thread's way to ask much of the footprints: what lies around a square is kept. The
 * footprints are borrowed. Free with footprint_view_free. */
struct footprint_view;
struct footprint_view *footprint_view_new(const struct footprints *footprints);
void footprint_view_free(struct footprint_view *view);

/**
 * The probability that a phone at `at` is served by `cell`, among cells of its technology:
 * the measured share of the squares around, blended with the geometric one as by half a square.
 * Other masts compete as at the middle of the square of 100 m.
 */
double footprint_share(struct footprint_view *view, uint32_t cell, struct xy at);

/**
 * How far from its mast the cell serves, metres: nine tenths of its measured squares and no
 * less than 1.5 times the way to the third nearest other mast.
 */
double footprint_reach_m(const struct footprints *footprints, uint32_t cell);

#endif
