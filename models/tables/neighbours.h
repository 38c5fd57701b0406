/* neighbours.h - cells that a measurement names by carrier and PCI alone, as phones and MRO
 * name neighbours: found in the cell table by where the measurement was made. */
#ifndef COVTRIAGE_NEIGHBOURS_H
#define COVTRIAGE_NEIGHBOURS_H

#include "geo/point.h"
#include "models/tables/record.h"

struct neighbours;

/** An index of the cells that have a carrier and a PCI; `cells` are borrowed. */
struct neighbours *neighbours_new(const struct cell *cells, size_t count);
void neighbours_free(struct neighbours *neighbours);

/** Read "pci437@2850", as the makers' readers write such a cell. false: it is none. */
bool neighbours_parse(const char *cell_id, double *pci, double *arfcn);

/**
 * The cell with that PCI and carrier nearest to `near`, as its index; UINT32_MAX when none is
 * within `reach_m`, or when the next one is not at least `clear_ratio` times as far: PCIs are
 * used again, and a doubtful neighbour is none.
 */
uint32_t neighbours_find(const struct neighbours *neighbours, double pci, double arfcn,
                         struct point near, double reach_m, double clear_ratio);

#endif
