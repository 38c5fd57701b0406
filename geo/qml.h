/* qml.h - QGIS styles as text, for layer_styles of a GeoPackage: one symbol per word or band.
 */
#ifndef COVTRIAGE_QML_H
#define COVTRIAGE_QML_H

#include "geo/package.h"

/** One class of a style. Categories match `value`; bands hold lower <= x < upper. */
struct qml_class {
    const char *value; /**< category; "" is every other value */
    double lower, upper;
    const char *label;
    uint32_t colour; /**< 0xRRGGBB */
    double size_mm;  /**< marker size or line width; 0: 2.4 and 0.4 */
};

struct qml {
    enum package_shape shape;
    const char *attribute;
    const struct qml_class *classes;
    size_t count;
    bool bands;             /**< classes are numeric bands, else categories */
    double opacity;         /**< 0..1; 0 means 1 */
    const char *label_with; /**< attribute drawn beside the shape; NULL: none */
};

/** Append the style as QML (QGIS 3) to `out`. Texts are escaped. */
void qml_write(const struct qml *qml, struct buffer *out);

#endif
