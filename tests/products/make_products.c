/* make_products CASES SEED FOLDER [zh|en]: every product of a fake result, to look at and to
 * time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/out/cases.h"
#include "cmd/out/orders.h"
#include "cmd/out/products.h"
#include "cmd/out/store.h"
#include "tests/products/fake.h"

static double lap(const char *what, clock_t *since)
{
    clock_t now = clock();
    double seconds = (double)(now - *since) / CLOCKS_PER_SEC;
    *since = now;
    fprintf(stderr, "%-10s %6.2f s CPU\n", what, seconds);
    return seconds;
}

int main(int argc, char **argv)
{
    struct result result;
    struct error error = {0};
    char path[1024];
    if (argc < 4) {
        fprintf(stderr, "usage: make_products CASES SEED FOLDER [zh|en]\n");
        return 2;
    }
    fake_result(&result, strtoul(argv[1], NULL, 10), strtoull(argv[2], NULL, 10));
    result.language = argc > 4 && strcmp(argv[4], "en") == 0 ? LANGUAGE_EN : LANGUAGE_ZH;
    clock_t at = clock();
    double total = 0;
    if (orders_choose(&result, argv[3], &error) == STATUS_OK)
        total += lap("orders", &at);
    snprintf(path, sizeof path, "%s/triage.gpkg", argv[3]);
    if (store_write(&result, path, &error) == STATUS_OK)
        total += lap("store", &at);
    snprintf(path, sizeof path, "%s/cases.csv", argv[3]);
    if (cases_write(&result, path, &error) == STATUS_OK)
        total += lap("cases", &at);
    static const struct {
        const char *name;
        struct products_options options;
    } steps[] = {{"worklist", {.worklist = true}},
                 {"heatmap", {.heatmap = true}},
                 {"kmz", {.kmz = true}},
                 {"report", {.report = true}}};
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
        if (products_write(&result, argv[3], &steps[i].options, &error) == STATUS_OK)
            total += lap(steps[i].name, &at);
    fprintf(stderr, "%-10s %6.2f s CPU; %zu orders, bound %.3f\n", "all", total,
            result.order_count, result.orders_bound);
    if (error.status != STATUS_OK)
        fprintf(stderr, "make_products: %s\n", error.text);
    result_free(&result);
    return error.status != STATUS_OK;
}
