#include "cmd/out/styles.h"

#include <math.h>

#include "cmd/out/orders.h"
#include "cmd/out/palette.h"
#include "geo/qml.h"

void style_cases(const struct result *result, struct buffer *qml)
{
    struct qml_class classes[VERDICT_COUNT] = {{0}};
    for (int v = 1; v < VERDICT_COUNT; v++) {
        const char *word = verdict_word((enum verdict_kind)v);
        classes[v - 1] = (struct qml_class){.value = word,
                                            .label = say(result->language, word),
                                            .colour = palette_verdict((enum verdict_kind)v)};
    }
    classes[VERDICT_COUNT - 1] = (struct qml_class){
        .value = "", .label = "", .colour = palette_verdict(VERDICT_UNKNOWN)};
    qml_write(&(struct qml){.shape = PACKAGE_POINT,
                            .attribute = "verdict",
                            .classes = classes,
                            .count = VERDICT_COUNT},
              qml);
}

void style_orders(const struct result *result, struct buffer *qml)
{
    static const char *const kinds[] = {"repair", "aim",  "swap",   "power", "cover",
                                        "plan",   "test", "answer", ""};
    struct qml_class classes[ARRAY_COUNT(kinds)] = {{0}};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        classes[i] = (struct qml_class){.value = kinds[i],
                                        .label = say(result->language, order_label(kinds[i])),
                                        .colour = palette_order(kinds[i]),
                                        .size_mm = 4};
    qml_write(&(struct qml){.shape = PACKAGE_POINT,
                            .attribute = "kind",
                            .classes = classes,
                            .count = ARRAY_COUNT(kinds),
                            .label_with = "rank"},
              qml);
}

void style_interceptions(const struct result *result, struct buffer *qml)
{
    static const char *const risks[] = {"red", "orange", "yellow"};
    static const uint32_t colours[] = {0xD7191C, 0xE69F00, 0xF0E442};
    struct qml_class classes[ARRAY_COUNT(risks)] = {{0}};
    for (size_t i = 0; i < ARRAY_COUNT(risks); i++)
        classes[i] = (struct qml_class){.value = risks[i],
                                        .label = say(result->language, risks[i]),
                                        .colour = colours[i],
                                        .size_mm = 4};
    qml_write(&(struct qml){.shape = PACKAGE_POINT,
                            .attribute = "risk",
                            .classes = classes,
                            .count = ARRAY_COUNT(risks),
                            .label_with = "site_name"},
              qml);
}

void style_dark(const struct result *result, struct buffer *qml)
{
    static const char *const kinds[] = {"outage", "hidden-fault", "interference"};
    static const uint32_t colours[] = {0x404040, 0x8C6BB1, 0x56B4E9};
    struct qml_class classes[ARRAY_COUNT(kinds)] = {{0}};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        classes[i] = (struct qml_class){
            .value = kinds[i], .label = say(result->language, kinds[i]), .colour = colours[i]};
    qml_write(&(struct qml){.shape = PACKAGE_POLYGON,
                            .attribute = "kind",
                            .classes = classes,
                            .count = ARRAY_COUNT(kinds),
                            .opacity = 0.45},
              qml);
}

void style_plans(const struct result *result, struct buffer *qml)
{
    static const char *const stages[] = {"proposed", "approved",  "building",
                                         "on_air",   "cancelled", ""};
    static const uint32_t colours[] = {0x8FD3BD, 0x33B18F, 0x009E73,
                                       0x00604A, 0xB0B0B0, 0x808080};
    struct qml_class classes[ARRAY_COUNT(stages)] = {{0}};
    for (size_t i = 0; i < ARRAY_COUNT(stages); i++)
        classes[i] = (struct qml_class){.value = stages[i],
                                        .label = say(result->language, stages[i]),
                                        .colour = colours[i],
                                        .size_mm = 3.4};
    qml_write(&(struct qml){.shape = PACKAGE_POINT,
                            .attribute = "stage",
                            .classes = classes,
                            .count = ARRAY_COUNT(stages),
                            .label_with = "site_name"},
              qml);
}

void style_grid(const struct result *result, struct buffer *qml)
{
    struct result_band bands[PALETTE_BANDS];
    struct qml_class classes[PALETTE_BANDS] = {{0}};
    char labels[PALETTE_BANDS][96];
    size_t count = palette_bands(result, "level", NAN, bands);
    for (size_t i = 0; i < count; i++) {
        palette_label(result, bands, count, i, labels[i]);
        classes[i] = (struct qml_class){.lower = BASE_MAX(bands[i].from, -999),
                                        .upper = i + 1 < count ? bands[i + 1].from : 999,
                                        .label = labels[i],
                                        .colour = bands[i].colour};
    }
    qml_write(&(struct qml){.shape = PACKAGE_POLYGON,
                            .attribute = "level_dbm",
                            .classes = classes,
                            .count = count,
                            .bands = true,
                            .opacity = 0.75},
              qml);
}

void style_cells(const struct result *result, bool audit, struct buffer *qml)
{
    static const char *const states[] = {"ok",   "misaligned",   "swapped",
                                         "tilt", "insufficient", ""};
    struct qml_class classes[ARRAY_COUNT(states)] = {{0}};
    for (size_t i = 0; i < ARRAY_COUNT(states); i++)
        classes[i] = (struct qml_class){.value = states[i],
                                        .label = say(result->language, states[i]),
                                        .colour = audit ? palette_audit(states[i]) : 0x8799A6,
                                        .size_mm = 0.2};
    qml_write(&(struct qml){.shape = PACKAGE_POLYGON,
                            .attribute = "status",
                            .classes = classes,
                            .count = ARRAY_COUNT(states),
                            .opacity = audit ? 0.8 : 0.45},
              qml);
}

bool wedge_directed(const struct result_cell *cell)
{
    return isfinite(cell->azimuth_deg) && !text_equal(cell->coverage, "indoor") &&
           !(cell->hbw_deg >= 360);
}

double wedge_radius_m(const struct result_cell *cell)
{
    if (!wedge_directed(cell))
        return 60;
    double mhz = isfinite(cell->frequency_mhz) ? cell->frequency_mhz : 1800;
    return mhz < 1000 ? 300 : mhz < 2000 ? 250 : mhz < 3000 ? 200 : 160;
}

size_t wedge_ring(const struct result_cell *cell, bool audit, struct point ring[WEDGE_POINTS])
{
    double azimuth_deg =
        audit && isfinite(cell->azimuth_est_deg) ? cell->azimuth_est_deg : cell->azimuth_deg;
    double radius_m = wedge_radius_m(cell);
    if (!point_valid(cell->at))
        return 0;
    size_t count = 0;
    if (!wedge_directed(cell)) {
        for (; count < 24; count++)
            ring[count] = point_move(cell->at, 15.0 * (double)count, radius_m);
        return count;
    }
    double width_deg = isfinite(cell->hbw_deg) && cell->hbw_deg > 0 ? cell->hbw_deg : 65;
    const int steps = 12;
    ring[count++] = cell->at;
    for (int i = 0; i <= steps; i++)
        ring[count++] = point_move(
            cell->at, angle_wrap_deg(azimuth_deg - width_deg / 2 + width_deg * i / steps),
            radius_m);
    return count;
}
