/* Profiles of 200 points a second of CPU through the whole of P.1812. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "geo/base.h"
#include "models/radio/p1812.h"

enum { POINTS = 200, PROFILES = 200000, KINDS = 64 };

int main(void)
{
    static double km[POINTS], ground[KINDS][POINTS];
    struct rng rng;
    rng_seed(&rng, 1);
    for (int k = 0; k < KINDS; k++)
        for (int i = 0; i < POINTS; i++) {
            km[i] = 0.05 * i;
            ground[k][i] = 200 + 60 * sin(i * 0.07 + k) + 5 * rng_normal(&rng);
        }
    double sum = 0;
    clock_t start = clock();
    for (int n = 0; n < PROFILES; n++) {
        struct p1812_path path = {.distance_km = km,
                                  .ground_m = ground[n % KINDS],
                                  .count = POINTS,
                                  .frequency_ghz = 1.85,
                                  .time_pct = 50,
                                  .places_pct = 50,
                                  .from_m = 20 + n % 30,
                                  .to_m = 1.5,
                                  .latitude_deg = 31,
                                  .dn = P1812_DN,
                                  .n0 = P1812_N0,
                                  .from_coast_km = 500,
                                  .to_coast_km = 500};
        sum += p1812_loss(&path).loss_db;
    }
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("P.1812: %.0f profiles of %d points a second of CPU (mean loss %.1f dB)\n",
           PROFILES / seconds, POINTS, sum / PROFILES);
    return 0;
}
