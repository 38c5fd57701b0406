/* palette.h - the one table of colours, names and bands that every product uses: worklist,
 * maps, KMZ, report and the styles in the GeoPackage. Colours: Okabe and Ito, "Color Universal
 * Design", 2008, told apart with any kind of colour blindness. */
#ifndef COVTRIAGE_PALETTE_H
#define COVTRIAGE_PALETTE_H

#include "cmd/out/result.h"

/** 0xRRGGBB of a verdict; grey for VERDICT_UNKNOWN and VERDICT_UNDETERMINED. */
uint32_t palette_verdict(enum verdict_kind verdict);
/** The verdict's light tint, for the ground of a cell with dark text. */
uint32_t palette_verdict_tint(enum verdict_kind verdict);

/** The verdict's dark shade: white text on it has a contrast over 4.5 (WCAG 2.1 AA). */
uint32_t palette_verdict_dark(enum verdict_kind verdict);

/** The verdict that an order's kind cures. */
enum verdict_kind palette_order_verdict(const char *kind);
/** 0xRRGGBB of an order's kind: that of the verdict it cures. */
uint32_t palette_order(const char *kind);

/** 0xRRGGBB of a cell by the audit's status ("ok", "misaligned", ...). */
uint32_t palette_audit(const char *status);

enum { PALETTE_BANDS = 12 };

/**
 * The legend of a map ("level", "density", "weak", "gain") for the result: the user's own bands
 * if there are any, else ours. Ascending by `from`; returns how many were written to `out`.
 * `top` scales maps without a natural scale (density, gain): the highest value drawn.
 */
size_t palette_bands(const struct result *result, const char *map, double top,
                     struct result_band out[PALETTE_BANDS]);

/** The band's own label in the result's language, else one made of its limits: "-115 .. -110".
 */
void palette_label(const struct result *result, const struct result_band *bands, size_t count,
                   size_t index, char text[96]);

#endif
