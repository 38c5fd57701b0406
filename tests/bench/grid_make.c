/* grid_make: a seeded file of samples, ROWS of them, to stdout.
 *
 * usage: grid_make ROWS SEED [odd]
 *
 * Places are uniform over 28 x 28 km, so that bins come in no order at all, the worst case for
 * a table; 400 sites of 3 cells, each place hears the 15 cells of its 5 nearest sites. With
 * `odd` one row in ten is written as exports write them: quotes, newlines within quotes, stray
 * quotes, spaces, CRLF, blank lines, absent levels, sentinels. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base.h"

enum { SIDE = 20, HEARD = 5 };
static const double WEST = 115.2, SOUTH = 31.7, WIDTH_DEG = 0.30, HEIGHT_DEG = 0.25;

struct made {
    struct rng rng;
    double site_x[SIDE * SIDE], site_y[SIDE * SIDE];
};

static void make_sites(struct made *made)
{
    for (int i = 0; i < SIDE * SIDE; i++) {
        made->site_x[i] = (i % SIDE + rng_uniform(&made->rng)) / SIDE;
        made->site_y[i] = ((double)(i / SIDE) + rng_uniform(&made->rng)) / SIDE;
    }
}

/* The n-th of the nearest sites, roughly: those of the squares around. */
static int site_near(const struct made *made, double x, double y, int n)
{
    static const int dx[HEARD] = {0, 1, -1, 0, 0}, dy[HEARD] = {0, 0, 0, 1, -1};
    int column = (int)(x * SIDE) + dx[n], row = (int)(y * SIDE) + dy[n];
    column = column < 0 ? 0 : column >= SIDE ? SIDE - 1 : column;
    row = row < 0 ? 0 : row >= SIDE ? SIDE - 1 : row;
    (void)made;
    return row * SIDE + column;
}

struct row {
    char time[32], lon[16], lat[16], cell[24], level[16], sinr[16];
    int serving;
    const char *source;
};

static void row_make(struct made *made, long i, struct row *row)
{
    static const char *const sources[] = {"dt", "mr", "mdt", "cqt"};
    double x = rng_uniform(&made->rng), y = rng_uniform(&made->rng);
    int heard = (int)(rng_next(&made->rng) % HEARD);
    int site = site_near(made, x, y, heard), cell = (int)(rng_next(&made->rng) % 3) + 1;
    double away = hypot(x - made->site_x[site], y - made->site_y[site]) * 28;
    double level = -60 - 35 * log10(0.3 + away) - 5 * cell + 6 * rng_normal(&made->rng);
    long second = i / 120;
    snprintf(row->time, sizeof row->time, "2026-04-%02ldT%02ld:%02ld:%02ld+08:00",
             1 + second / 86400 % 28, second / 3600 % 24, second / 60 % 60, second % 60);
    snprintf(row->lon, sizeof row->lon, "%.6f", WEST + x * WIDTH_DEG);
    snprintf(row->lat, sizeof row->lat, "%.6f", SOUTH + y * HEIGHT_DEG);
    snprintf(row->cell, sizeof row->cell, "30%04d-%d", site, cell);
    snprintf(row->level, sizeof row->level, "%.1f", fmin(-45, fmax(-139, level)));
    row->sinr[0] = '\0';
    if (heard == 0)
        snprintf(row->sinr, sizeof row->sinr, "%.1f", 10 + 8 * rng_normal(&made->rng));
    row->serving = heard == 0;
    row->source = sources[i / 1000 % 4];
}

static void row_plain(const struct row *r, const char *end)
{
    printf("%s,%s,%s,%s,%d,%s,%s,%s%s", r->time, r->lon, r->lat, r->cell, r->serving, r->level,
           r->sinr, r->source, end);
}

static void row_odd(struct made *made, struct row *r)
{
    switch (rng_next(&made->rng) % 10) {
    case 0:
        printf("\"%s\",\"%s\",\"%s\",\"%s\",\"%d\",\"%s\",\"%s\",\"%s\"\n", r->time, r->lon,
               r->lat, r->cell, r->serving, r->level, r->sinr, r->source);
        return;
    case 1: /* the cell's id goes over two lines */
        printf("%s,%s,%s,\"%s\nx, \"\"y\"\"\",%d,%s,%s,%s\n", r->time, r->lon, r->lat, r->cell,
               r->serving, r->level, r->sinr, r->source);
        return;
    case 2:
        printf("%s, %s ,\t%s,  %s , %d,%s ,%s,%s \r\n", r->time, r->lon, r->lat, r->cell,
               r->serving, r->level, r->sinr, r->source);
        return;
    case 3:
        row_plain(r, "\n\n\r\n");
        return;
    case 4:
        r->level[0] = '\0';
        break;
    case 5:
        snprintf(r->level, sizeof r->level, "-140");
        break;
    case 6: /* a quote within a value is part of it */
        printf("%s,%s,%s,%s\"q,%d,%s,%s,%s\n", r->time, r->lon, r->lat, r->cell, r->serving,
               r->level, r->sinr, r->source);
        return;
    case 7:
        r->lon[0] = '\0';
        break;
    case 8:
        row_plain(r, "\r\n");
        return;
    default:
        printf("%s,%s,%s,%s,,%s,,\"\"\n", r->time, r->lon, r->lat, r->cell, r->level);
        return;
    }
    row_plain(r, "\n");
}

int main(int argc, char **argv)
{
    static char out[1 << 20];
    if (argc < 3) {
        fputs("usage: grid_make ROWS SEED [odd]\n", stderr);
        return 2;
    }
    long rows = strtol(argv[1], NULL, 10);
    struct made *made = base_alloc(1, sizeof *made);
    rng_seed(&made->rng, strtoull(argv[2], NULL, 10));
    make_sites(made);
    setvbuf(stdout, out, _IOFBF, sizeof out);
    puts("time,lon,lat,cell_id,serving,rsrp_dbm,sinr_db,source");
    for (long i = 0; i < rows; i++) {
        struct row row;
        row_make(made, i, &row);
        if (argc > 3 && rng_next(&made->rng) % 10 == 0)
            row_odd(made, &row);
        else
            row_plain(&row, "\n");
    }
    free(made);
    return ferror(stdout) ? 1 : 0;
}
