#include "cmd/out/palette.h"

#include <math.h>
#include <stdio.h>

static const struct {
    uint32_t colour, tint, dark;
} verdicts[VERDICT_COUNT] = {
    [VERDICT_UNKNOWN] = {0x808080, 0xEDEDED, 0x5F5F5F},
    [VERDICT_WEAK] = {0xD55E00, 0xF9DFCC, 0xA64900},
    [VERDICT_MISALIGNED] = {0x0072B2, 0xCCE3F0, 0x005A8C},
    [VERDICT_OUTAGE] = {0xCC79A7, 0xF5E4ED, 0x9C4A77},
    [VERDICT_PLANNED] = {0x009E73, 0xCCECE3, 0x00704F},
    [VERDICT_UNDETERMINED] = {0x808080, 0xEDEDED, 0x5F5F5F},
};

uint32_t palette_verdict(enum verdict_kind verdict)
{
    return verdicts[verdict].colour;
}

uint32_t palette_verdict_tint(enum verdict_kind verdict)
{
    return verdicts[verdict].tint;
}

uint32_t palette_verdict_dark(enum verdict_kind verdict)
{
    return verdicts[verdict].dark;
}

enum verdict_kind palette_order_verdict(const char *kind)
{
    static const struct {
        const char *kind;
        enum verdict_kind verdict;
    } kinds[] = {{"repair", VERDICT_OUTAGE},   {"aim", VERDICT_MISALIGNED},
                 {"swap", VERDICT_MISALIGNED}, {"power", VERDICT_WEAK},
                 {"cover", VERDICT_WEAK},      {"plan", VERDICT_PLANNED}};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (text_equal(kind, kinds[i].kind))
            return kinds[i].verdict;
    return VERDICT_UNDETERMINED;
}

uint32_t palette_order(const char *kind)
{
    return verdicts[palette_order_verdict(kind)].colour;
}

uint32_t palette_audit(const char *status)
{
    if (text_equal(status, "misaligned") || text_equal(status, "tilt"))
        return verdicts[VERDICT_MISALIGNED].colour;
    if (text_equal(status, "swapped"))
        return 0xE69F00;
    if (text_equal(status, "ok"))
        return 0x5B7083;
    return 0x9AA5AE;
}

/* Level in steps that operators draw; below the rule's weak level the colours turn warm.
 * ColorBrewer-like diverging ramp from vermillion over pale to blue, safe for colour blindness.
 */
static size_t level_bands(const struct result *result, struct result_band *out)
{
    static const uint32_t colours[] = {0x8C2D04, 0xD55E00, 0xF5A666, 0xF6E8C3,
                                       0xA6D5EA, 0x56B4E9, 0x0072B2, 0x08306B};
    bool gsm = result->cell_count && text_equal(result->cells[0].rat, "GSM");
    double weak = gsm ? RULE_VALUE(&result->rules, weak_rxlev_dbm)
                      : RULE_VALUE(&result->rules, weak_rsrp_dbm);
    const double steps[] = {-INFINITY, -10, -5, 0, 5, 10, 20, 30};
    for (size_t i = 0; i < ARRAY_COUNT(colours); i++)
        out[i] = (struct result_band){"level", weak + steps[i], colours[i], "", ""};
    return ARRAY_COUNT(colours);
}

/* Equal steps of a round size that reach `top`. Sequential ramp, light to dark. */
static size_t scaled_bands(const char *map, double top, struct result_band *out)
{
    static const uint32_t warm[] = {0xFEE8D6, 0xFDCFA0, 0xFBA75C, 0xEC7014, 0xC24702, 0x7F2704};
    static const uint32_t cool[] = {0xDEEBF7, 0xBBD6EB, 0x85BCDB, 0x4292C6, 0x1467AC, 0x08306B};
    const uint32_t *ramp = text_equal(map, "gain") ? cool : warm;
    double raw = (top > 0 && isfinite(top) ? top : 1) / 6;
    double unit = pow(10, floor(log10(raw))), step = 10 * unit;
    const double rounds[] = {1, 2, 2.5, 5};
    for (size_t i = ARRAY_COUNT(rounds); i-- > 0;)
        if (rounds[i] * unit >= raw * 0.999)
            step = rounds[i] * unit;
    size_t count = 0;
    for (; count < 6 && (count == 0 || step * (double)count < top); count++)
        out[count] = (struct result_band){map, count ? step * (double)count : step / 4,
                                          ramp[count], "", ""};
    return count;
}

size_t palette_bands(const struct result *result, const char *map, double top,
                     struct result_band out[PALETTE_BANDS])
{
    size_t count = 0;
    for (size_t i = 0; i < result->band_count && count < PALETTE_BANDS; i++)
        if (text_equal(result->bands[i].map, map)) {
            out[count] = result->bands[i];
            if (isnan(out[count].from)) /* the first band's, once it was in a store */
                out[count].from = -INFINITY;
            count++;
        }
    if (count)
        return count;
    if (text_equal(map, "level"))
        return level_bands(result, out);
    if (text_equal(map, "weak"))
        top = 1;
    return scaled_bands(map, top, out);
}

void palette_label(const struct result *result, const struct result_band *bands, size_t count,
                   size_t index, char text[96])
{
    const struct result_band *band = &bands[index];
    const char *own = result->language == LANGUAGE_ZH ? band->label_zh : band->label_en;
    double scale = text_equal(band->map, "weak") ? 100 : 1;
    if (!text_empty(own))
        snprintf(text, 96, "%s", own);
    else if (!isfinite(band->from) && index + 1 < count)
        snprintf(text, 96, "< %g", scale * bands[index + 1].from);
    else if (index + 1 == count)
        snprintf(text, 96, "\u2265 %g", scale * band->from);
    else
        snprintf(text, 96, "%g .. %g", scale * band->from, scale * bands[index + 1].from);
}
