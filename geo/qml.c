#include "geo/qml.h"

#include <stdio.h>

static void write_escaped(struct buffer *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '&')
            buffer_text(out, "&amp;");
        else if (*c == '<')
            buffer_text(out, "&lt;");
        else if (*c == '"')
            buffer_text(out, "&quot;");
        else
            buffer_append(out, c, 1);
    }
}

static void write_property(struct buffer *out, const char *key, const char *value)
{
    buffer_format(out, "<prop k=\"%s\" v=\"%s\"/>", key, value);
}

static void colour_text(uint32_t colour, int alpha, char out[32])
{
    snprintf(out, 32, "%u,%u,%u,%d", colour >> 16 & 255, colour >> 8 & 255, colour & 255,
             alpha);
}

static void write_marker(struct buffer *out, const char *fill, double size_mm)
{
    char size[32];
    snprintf(size, sizeof size, "%g", size_mm > 0 ? size_mm : 2.4);
    buffer_text(out, "<layer class=\"SimpleMarker\" enabled=\"1\" locked=\"0\" pass=\"0\">");
    write_property(out, "name", "circle");
    write_property(out, "color", fill);
    write_property(out, "outline_color", "255,255,255,255");
    write_property(out, "outline_width", "0.25");
    write_property(out, "size", size);
    write_property(out, "size_unit", "MM");
}

static void write_stroke(struct buffer *out, const char *colour, double width_mm)
{
    char width[32];
    snprintf(width, sizeof width, "%g", width_mm > 0 ? width_mm : 0.4);
    buffer_text(out, "<layer class=\"SimpleLine\" enabled=\"1\" locked=\"0\" pass=\"0\">");
    write_property(out, "line_color", colour);
    write_property(out, "line_width", width);
    write_property(out, "line_width_unit", "MM");
}

static void write_fill(struct buffer *out, const char *fill, double outline_mm)
{
    char width[32];
    snprintf(width, sizeof width, "%g", outline_mm);
    buffer_text(out, "<layer class=\"SimpleFill\" enabled=\"1\" locked=\"0\" pass=\"0\">");
    write_property(out, "color", fill);
    write_property(out, "style", "solid");
    write_property(out, "outline_style", outline_mm > 0 ? "solid" : "no");
    write_property(out, "outline_color", "70,70,70,255");
    write_property(out, "outline_width", width);
}

static void write_symbol(const struct qml *qml, size_t index, struct buffer *out)
{
    static const char *const types[] = {"marker", "marker", "line", "fill"};
    const struct qml_class *class = &qml->classes[index];
    char colour[32];
    colour_text(class->colour, 255, colour);
    buffer_format(out,
                  "<symbol name=\"%zu\" type=\"%s\" alpha=\"%g\" clip_to_extent=\"1\" "
                  "force_rhr=\"0\">",
                  index, types[qml->shape], qml->opacity > 0 ? qml->opacity : 1);
    if (qml->shape == PACKAGE_LINE)
        write_stroke(out, colour, class->size_mm);
    else if (qml->shape == PACKAGE_POLYGON)
        write_fill(out, colour, class->size_mm);
    else
        write_marker(out, colour, class->size_mm);
    buffer_text(out, "</layer></symbol>");
}

static void write_class(const struct qml *qml, size_t index, struct buffer *out)
{
    const struct qml_class *class = &qml->classes[index];
    if (qml->bands) {
        buffer_format(out, "<range lower=\"%g\" upper=\"%g\" label=\"", class->lower,
                      class->upper);
    } else {
        buffer_text(out, "<category type=\"string\" value=\"");
        write_escaped(out, class->value);
        buffer_text(out, "\" label=\"");
    }
    write_escaped(out, class->label);
    buffer_format(out, "\" symbol=\"%zu\" render=\"true\"/>", index);
}

static void write_labels(const char *attribute, struct buffer *out)
{
    buffer_text(out, "<labeling type=\"simple\"><settings calloutType=\"simple\"><text-style "
                     "fontSize=\"8\" fontSizeUnit=\"Point\" textColor=\"50,50,50,255\" "
                     "isExpression=\"0\" fieldName=\"");
    write_escaped(out, attribute);
    buffer_text(out,
                "\"><text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" "
                "bufferSizeUnits=\"MM\" bufferColor=\"255,255,255,255\"/></text-style>"
                "<placement placement=\"1\" dist=\"1\"/><rendering scaleVisibility=\"1\" "
                "scaleMin=\"50000\" scaleMax=\"1\" drawLabels=\"1\"/></settings></labeling>");
}

void qml_write(const struct qml *qml, struct buffer *out)
{
    buffer_text(out, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
                     "<qgis version=\"3.22.16\" styleCategories=\"Symbology|Labeling\" "
                     "labelsEnabled=\"");
    buffer_text(out, qml->label_with ? "1\">\n" : "0\">\n");
    buffer_format(out,
                  "<renderer-v2 type=\"%s\" symbollevels=\"0\" enableorderby=\"0\" attr=\"",
                  qml->bands ? "graduatedSymbol" : "categorizedSymbol");
    write_escaped(out, qml->attribute);
    buffer_text(out, qml->bands ? "\" graduatedMethod=\"GraduatedColor\">\n<ranges>"
                                : "\">\n<categories>");
    for (size_t i = 0; i < qml->count; i++)
        write_class(qml, i, out);
    buffer_text(out, qml->bands ? "</ranges>\n<symbols>" : "</categories>\n<symbols>");
    for (size_t i = 0; i < qml->count; i++)
        write_symbol(qml, i, out);
    buffer_text(out, "</symbols>\n</renderer-v2>\n");
    if (qml->label_with)
        write_labels(qml->label_with, out);
    buffer_text(out, "</qgis>\n");
}
