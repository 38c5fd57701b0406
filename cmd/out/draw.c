#include "cmd/out/draw.h"

#include <pango/pangocairo.h>

void draw_colour(cairo_t *cr, uint32_t colour, double alpha)
{
    cairo_set_source_rgba(cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                          (colour & 255) / 255.0, alpha);
}

static PangoLayout *layout_of(cairo_t *cr, const struct draw_text *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font,
                                      "Noto Sans CJK SC, Noto Sans, DejaVu Sans, sans-serif");
    pango_font_description_set_absolute_size(font, text->size * PANGO_SCALE);
    if (text->bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text->text, -1);
    if (text->width > 0) {
        pango_layout_set_width(layout, (int)(text->width * PANGO_SCALE));
        if (text->wrap)
            pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        else
            pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    if (!text->wrap)
        pango_layout_set_single_paragraph_mode(layout, TRUE);
    return layout;
}

void draw_measure(cairo_t *cr, const struct draw_text *text, double *width, double *height)
{
    PangoLayout *layout = layout_of(cr, text);
    int w, h;
    pango_layout_get_pixel_size(layout, &w, &h);
    *width = w;
    *height = h;
    g_object_unref(layout);
}

double draw_text(cairo_t *cr, const struct draw_text *text)
{
    PangoLayout *layout = layout_of(cr, text);
    int width, height;
    pango_layout_get_pixel_size(layout, &width, &height);
    cairo_move_to(cr, text->middle ? text->x - width / 2.0 : text->x,
                  text->middle ? text->y - height / 2.0 : text->y);
    if (text->halo) {
        cairo_save(cr);
        pango_cairo_layout_path(cr, layout);
        draw_colour(cr, 0xFFFFFF, 0.85);
        cairo_set_line_width(cr, 3);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cr);
        cairo_restore(cr);
        cairo_move_to(cr, text->middle ? text->x - width / 2.0 : text->x,
                      text->middle ? text->y - height / 2.0 : text->y);
    }
    draw_colour(cr, text->colour, 1);
    pango_cairo_show_layout(cr, layout);
    g_object_unref(layout);
    return height;
}
