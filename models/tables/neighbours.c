#include "models/tables/neighbours.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* One cell under its code. */
struct coded {
    double arfcn, pci;
    uint32_t cell;
};

struct neighbours {
    const struct cell *cells;
    struct coded *coded; /* by arfcn, pci, cell */
    size_t count;
};

static int compare_codes(const struct coded *a, const struct coded *b)
{
    if (a->arfcn != b->arfcn)
        return a->arfcn < b->arfcn ? -1 : 1;
    return a->pci < b->pci ? -1 : a->pci > b->pci;
}

static int by_code(const void *a, const void *b)
{
    const struct coded *p = a, *q = b;
    int codes = compare_codes(p, q);
    return codes ? codes : p->cell < q->cell ? -1 : p->cell > q->cell;
}

struct neighbours *neighbours_new(const struct cell *cells, size_t count)
{
    struct neighbours *neighbours = base_alloc(1, sizeof *neighbours);
    neighbours->cells = cells;
    neighbours->coded = base_alloc(count, sizeof *neighbours->coded);
    for (size_t i = 0; i < count; i++)
        if (!isnan(cells[i].arfcn) && !isnan(cells[i].pci) && point_valid(cells[i].at))
            neighbours->coded[neighbours->count++] =
                (struct coded){cells[i].arfcn, cells[i].pci, (uint32_t)i};
    base_sort(neighbours->coded, neighbours->count, sizeof *neighbours->coded, by_code);
    return neighbours;
}

void neighbours_free(struct neighbours *neighbours)
{
    if (!neighbours)
        return;
    free(neighbours->coded);
    free(neighbours);
}

bool neighbours_parse(const char *cell_id, double *pci, double *arfcn)
{
    int used = 0;
    return sscanf(cell_id, "pci%lf@%lf%n", pci, arfcn, &used) == 2 && !cell_id[used];
}

/* The first entry not before the code. */
static size_t first_of(const struct neighbours *neighbours, const struct coded *code)
{
    size_t low = 0, high = neighbours->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_codes(&neighbours->coded[middle], code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t neighbours_find(const struct neighbours *neighbours, double pci, double arfcn,
                         struct point near, double reach_m, double clear_ratio)
{
    const struct coded code = {arfcn, pci, 0};
    double best_m = INFINITY, next_m = INFINITY;
    uint32_t best = UINT32_MAX;
    for (size_t i = first_of(neighbours, &code);
         i < neighbours->count && compare_codes(&neighbours->coded[i], &code) == 0; i++) {
        uint32_t cell = neighbours->coded[i].cell;
        double here_m = point_distance_m(near, neighbours->cells[cell].at);
        next_m = fmin(next_m, fmax(here_m, best_m));
        if (here_m < best_m) {
            best_m = here_m;
            best = cell;
        }
    }
    bool clear = next_m >= clear_ratio * best_m;
    return best_m <= reach_m && clear ? best : UINT32_MAX;
}
