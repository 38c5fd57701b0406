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

/**
 * The probability that a phone at `at` is served by `cell`, among cells of its technology:
 * the measured share of the squares around, blended with the geometric one as by half a square.
 */
double footprint_share(const struct footprints *footprints, uint32_t cell, struct xy at);

/**
 * How far from its mast the cell serves, metres: nine tenths of its measured squares and no
 * less than 1.5 times the way to the third nearest other mast.
 */
double footprint_reach_m(const struct footprints *footprints, uint32_t cell);

#endif
