/* fill CASES SEED PLACE: an invented result (tests/products/fake.h) into a GeoPackage or a
 * database, and the seconds that the writing took. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd/out/orders.h"
#include "cmd/out/statuses.h"
#include "cmd/out/store.h"
#include "geo/postgis.h"
#include "tests/products/fake.h"

static double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* As many facts a ticket as real runs have. */
static void add_facts(struct result *result)
{
    enum { FACTS = 13 };
    for (size_t i = 0; i < result->case_count; i++) {
        struct result_case *c = &result->cases[i];
        struct result_fact *facts = arena_alloc(result->arena, FACTS * sizeof *facts);
        for (size_t f = 0; f < FACTS && c->fact_count; f++)
            facts[f] = c->facts[f % c->fact_count];
        c->facts = facts;
        c->fact_count = c->fact_count ? FACTS : 0;
    }
}

static size_t count_rows(const struct result *result)
{
    size_t rows =
        2 * result->case_count + result->order_count + result->cell_count + result->bin_count;
    for (size_t i = 0; i < result->case_count; i++)
        rows += result->cases[i].fact_count + result->cases[i].whatif_count;
    return rows;
}

int main(int argc, char **argv)
{
    struct result result;
    struct error error = {0};
    int64_t run = 0;
    if (argc != 4) {
        fprintf(stderr, "usage: fill CASES SEED PLACE\n");
        return 2;
    }
    fake_result(&result, strtoul(argv[1], NULL, 10), strtoull(argv[2], NULL, 10));
    add_facts(&result);
    /* Bytes that are not UTF-8, a surrogate, a character cut short. */
    if (result.case_count > 1)
        result.cases[1].address = "bad \xff\xfe \xed\xa0\x80 \xe6\xb2";
    orders_choose(&result, NULL, &error);
    if (postgis_named(argv[3]))
        statuses_join(&result, argv[3], &error);
    double wall_s = clock_s(CLOCK_MONOTONIC), cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    if (error.status == STATUS_OK)
        store_add_run(&result, argv[3], &run, &error);
    if (error.status == STATUS_OK)
        printf("%zu cases, %zu rows in %.2f s (%.2f s of CPU here)\n", result.case_count,
               count_rows(&result), clock_s(CLOCK_MONOTONIC) - wall_s,
               clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s);
    else
        fprintf(stderr, "fill: %s\n", error.text);
    result_free(&result);
    return error.status != STATUS_OK;
}
