#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <xlsxwriter.h>

#include "cmd/out/assets.h"
#include "cmd/out/book.h"
#include "cmd/out/compare.h"
#include "cmd/out/kmz.h"
#include "cmd/out/orders.h"
#include "cmd/out/sheet.h"

/* The columns of the sheet and of the page, the same in both. */
enum column {
    COLUMN_ORDER = 0,
    COLUMN_KIND,
    COLUMN_WHAT,
    COLUMN_DISTRICT,
    COLUMN_STATUS,
    COLUMN_VERDICT,
    COLUMN_PROBABILITY,
    COLUMN_LEVEL_BEFORE,
    COLUMN_LEVEL_AFTER,
    COLUMN_EFFECT,
    COLUMN_SIGMA,
    COLUMN_BINS,
    COLUMN_CONTROLS,
    COLUMN_RATE_BEFORE,
    COLUMN_RATE_AFTER,
    COLUMN_RATIO_LO,
    COLUMN_RATIO_HI,
    COLUMN_REOPENED,
    COLUMNS,
};

static const struct {
    const char *header;
    int decimals; /* -1: a text */
    double width;
} formats[COLUMNS] = {
    [COLUMN_ORDER] = {"Order", -1, 22},
    [COLUMN_KIND] = {"Action", -1, 16},
    [COLUMN_WHAT] = {"What to do", -1, 46},
    [COLUMN_DISTRICT] = {"District", -1, 12},
    [COLUMN_STATUS] = {"Status", -1, 12},
    [COLUMN_VERDICT] = {"Outcome", -1, 11},
    [COLUMN_PROBABILITY] = {"Probability", 2, 10},
    [COLUMN_LEVEL_BEFORE] = {"Level before", 1, 9},
    [COLUMN_LEVEL_AFTER] = {"Level after", 1, 9},
    [COLUMN_EFFECT] = {"Effect dB", 1, 9},
    [COLUMN_SIGMA] = {"± dB", 1, 7},
    [COLUMN_BINS] = {"Bins", 0, 7},
    [COLUMN_CONTROLS] = {"Control bins", 0, 9},
    [COLUMN_RATE_BEFORE] = {"Complaints a day before", 2, 12},
    [COLUMN_RATE_AFTER] = {"Complaints a day after", 2, 12},
    [COLUMN_RATIO_LO] = {"Ratio from", 2, 8},
    [COLUMN_RATIO_HI] = {"Ratio to", 2, 8},
    [COLUMN_REOPENED] = {"Reopened", 0, 10},
};

static const char *text_of(const struct compare_row *row, enum column column,
                           enum language language)
{
    bool zh = language == LANGUAGE_ZH;
    switch (column) {
    case COLUMN_ORDER:
        return row->order->order_id;
    case COLUMN_KIND:
        return say(language, order_label(row->order->kind));
    case COLUMN_WHAT:
        return zh ? row->order->what_zh : row->order->what_en;
    case COLUMN_DISTRICT:
        return row->order->district;
    case COLUMN_STATUS:
        return row->status;
    case COLUMN_VERDICT:
        return say(language, loop_word(row->verdict));
    default:
        return "";
    }
}

static double number_of(const struct compare_row *row, enum column column)
{
    switch (column) {
    case COLUMN_PROBABILITY:
        return row->probability;
    case COLUMN_LEVEL_BEFORE:
        return row->level.before_dbm;
    case COLUMN_LEVEL_AFTER:
        return row->level.after_dbm;
    case COLUMN_EFFECT:
        return row->level.effect_db;
    case COLUMN_SIGMA:
        return row->level.sigma_db;
    case COLUMN_BINS:
        return (double)row->level.bins;
    case COLUMN_CONTROLS:
        return (double)row->level.control_bins;
    case COLUMN_RATE_BEFORE:
        return row->rate.before / row->rate.before_days;
    case COLUMN_RATE_AFTER:
        return row->rate.after_days > 0 ? row->rate.after / row->rate.after_days : NAN;
    case COLUMN_RATIO_LO:
        return row->ratio_lo;
    case COLUMN_RATIO_HI:
        return row->ratio_hi;
    case COLUMN_REOPENED:
        return row->reopened;
    default:
        return NAN;
    }
}

static enum status write_csv(const struct compare *compare, enum language language,
                             const char *path, struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, compare->after->utc_offset_s, error) != STATUS_OK)
        return error->status;
    for (int c = 0; c < COLUMNS; c++)
        sheet_text(&sheet, say(language, formats[c].header));
    sheet_end(&sheet);
    for (size_t i = 0; i < compare->row_count; i++) {
        for (int c = 0; c < COLUMNS; c++)
            if (formats[c].decimals < 0)
                sheet_text(&sheet, text_of(&compare->rows[i], (enum column)c, language));
            else
                sheet_number(&sheet, number_of(&compare->rows[i], (enum column)c),
                             formats[c].decimals);
        sheet_end(&sheet);
    }
    return sheet_close(&sheet, error);
}

/* ---- workbook ------------------------------------------------------------------------ */

/* Dark and light of an outcome: Okabe and Ito's green, blue, grey and vermillion. */
static void outcome_colours(enum loop_verdict verdict, uint32_t *dark, uint32_t *light)
{
    static const uint32_t darks[] = {0x5F5F5F, 0x00704F, 0x005A8C, 0x5F5F5F, 0xA64900};
    static const uint32_t lights[] = {0xF4F4F4, 0xCCECE3, 0xCCE3F0, 0xEDEDED, 0xF9DFCC};
    *dark = darks[verdict];
    *light = lights[verdict];
}

static void write_header(lxw_workbook *book, lxw_worksheet *sheet, enum language language)
{
    lxw_format *header = workbook_add_format(book);
    format_set_bold(header);
    format_set_text_wrap(header);
    format_set_bg_color(header, 0x26404F);
    format_set_font_color(header, 0xFFFFFF);
    for (int c = 0; c < COLUMNS; c++) {
        worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, formats[c].width, NULL);
        worksheet_write_string(sheet, 0, (lxw_col_t)c, say(language, formats[c].header),
                               header);
    }
    worksheet_set_row(sheet, 0, 32, NULL);
    worksheet_freeze_panes(sheet, 1, 1);
}

static void write_rows(const struct compare *compare, enum language language,
                       lxw_workbook *book, lxw_worksheet *sheet)
{
    static const char *const number_formats[] = {"0", "0.0", "0.00"};
    lxw_format *numbers[3], *outcome[LOOP_WORSE + 1];
    for (int i = 0; i < 3; i++) {
        numbers[i] = workbook_add_format(book);
        format_set_num_format(numbers[i], number_formats[i]);
    }
    for (int v = 0; v <= LOOP_WORSE; v++) {
        uint32_t dark, light;
        outcome_colours((enum loop_verdict)v, &dark, &light);
        outcome[v] = workbook_add_format(book);
        format_set_bg_color(outcome[v], light);
        format_set_font_color(outcome[v], dark);
        format_set_bold(outcome[v]);
    }
    for (size_t i = 0; i < compare->row_count; i++) {
        const struct compare_row *row = &compare->rows[i];
        for (int c = 0; c < COLUMNS; c++) {
            double number = number_of(row, (enum column)c);
            if (formats[c].decimals < 0)
                worksheet_write_string(sheet, (lxw_row_t)i + 1, (lxw_col_t)c,
                                       text_of(row, (enum column)c, language),
                                       c == COLUMN_VERDICT ? outcome[row->verdict] : NULL);
            else if (isfinite(number))
                worksheet_write_number(sheet, (lxw_row_t)i + 1, (lxw_col_t)c, number,
                                       numbers[formats[c].decimals]);
        }
    }
    worksheet_autofilter(sheet, 0, 0, (lxw_row_t)BASE_MAX(compare->row_count, 1u), COLUMNS - 1);
}

static void write_reopened(const struct compare *compare, enum language language,
                           lxw_worksheet *sheet)
{
    static const char *const headers[] = {"Ticket", "Order", "Reported", "Verdict", "Customer"};
    for (size_t c = 0; c < ARRAY_COUNT(headers); c++) {
        worksheet_write_string(sheet, 0, (lxw_col_t)c, say(language, headers[c]), NULL);
        worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, 24, NULL);
    }
    for (size_t i = 0; i < compare->reopened_count; i++) {
        const struct compare_reopened *r = &compare->reopened[i];
        char time[32];
        sheet_format_time(r->ticket->reported_s, compare->after->utc_offset_s, time);
        const char *cells[] = {r->ticket->ticket_id, r->order->order_id, time,
                               say(language, r->ticket->verdict),
                               say(language, r->same_customer ? "the same" : "another")};
        for (size_t c = 0; c < ARRAY_COUNT(cells); c++)
            worksheet_write_string(sheet, (lxw_row_t)i + 1, (lxw_col_t)c, cells[c], NULL);
    }
}

static enum status write_xlsx(const struct compare *compare, enum language language,
                              const char *path, struct error *error)
{
    lxw_workbook *book = book_open(path);
    lxw_doc_properties properties = {
        .title = (char *)say(language, "Closed loop"),
        .comments = (char *)"covtriage " COVTRIAGE_VERSION,
        .created = (time_t)(compare->after->now_s == TIME_ABSENT ? 0 : compare->after->now_s)};
    workbook_set_properties(book, &properties);
    lxw_worksheet *sheet = workbook_add_worksheet(book, say(language, "Closed loop"));
    write_header(book, sheet, language);
    write_rows(compare, language, book, sheet);
    write_reopened(compare, language, workbook_add_worksheet(book, say(language, "Reopened")));
    return book_close(book, path, error);
}

/* ---- page ---------------------------------------------------------------------------- */

static void page_cell(struct buffer *out, const char *text, const char *class)
{
    buffer_format(out, "<td dir=\"auto\" class=\"%s\">", class);
    xml_text(out, text, 600);
    buffer_text(out, "</td>");
}

static void page_row(const struct compare_row *row, enum language language, struct buffer *out)
{
    uint32_t dark, light;
    outcome_colours(row->verdict, &dark, &light);
    buffer_text(out, "<tr>");
    for (int c = 0; c < COLUMNS; c++) {
        char text[64] = "";
        double number = number_of(row, (enum column)c);
        if (formats[c].decimals >= 0 && isfinite(number))
            snprintf(text, sizeof text, "%.*f", formats[c].decimals, number);
        if (c == COLUMN_VERDICT)
            buffer_format(out,
                          "<td><span class=\"badge\" style=\"background:#%06x\">%s</span></td>",
                          dark, text_of(row, COLUMN_VERDICT, language));
        else
            page_cell(out,
                      formats[c].decimals < 0 ? text_of(row, (enum column)c, language) : text,
                      formats[c].decimals < 0 ? (c == COLUMN_WHAT ? "wide" : "") : "num");
    }
    buffer_text(out, "</tr>\n");
}

static void page_figures(const struct compare *compare, enum language language,
                         struct buffer *out)
{
    size_t counts[LOOP_WORSE + 1] = {0};
    static const enum loop_verdict shown[] = {LOOP_CURED, LOOP_BETTER, LOOP_UNCHANGED,
                                              LOOP_WORSE, LOOP_UNKNOWN};
    for (size_t i = 0; i < compare->row_count; i++)
        counts[compare->rows[i].verdict]++;
    buffer_text(out, "<section id=\"figures\">");
    for (size_t i = 0; i < ARRAY_COUNT(shown); i++)
        buffer_format(out, "<div class=\"figure\"><b>%zu</b><span>%s</span></div>",
                      counts[shown[i]], say(language, loop_word(shown[i])));
    buffer_format(out, "<div class=\"figure%s\"><b>%zu</b><span>%s</span></div></section>\n",
                  compare->reopened_count ? " bad" : "", compare->reopened_count,
                  say(language, "Reopened"));
}

static void page_reopened(const struct compare *compare, enum language language,
                          struct buffer *out)
{
    buffer_format(out, "<section class=\"card\"><h2>%s</h2><div class=\"scroll\"><table>\n",
                  say(language, "Reopened"));
    for (size_t i = 0; i < compare->reopened_count; i++) {
        const struct compare_reopened *r = &compare->reopened[i];
        char time[32];
        sheet_format_time(r->ticket->reported_s, compare->after->utc_offset_s, time);
        buffer_text(out, "<tr>");
        page_cell(out, r->ticket->ticket_id, "");
        page_cell(out, r->order->order_id, "");
        page_cell(out, time, "time");
        page_cell(out, say(language, r->ticket->verdict), "");
        page_cell(out, r->same_customer ? say(language, "the same customer") : "", "");
        buffer_text(out, "</tr>\n");
    }
    buffer_text(out, "</table></div></section>\n");
}

static void page_text(const struct compare *compare, enum language language, struct buffer *out)
{
    char from[32], to[32];
    sheet_format_time(compare->before->now_s, compare->before->utc_offset_s, from);
    sheet_format_time(compare->after->now_s, compare->after->utc_offset_s, to);
    buffer_format(
        out,
        "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta "
        "name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta "
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\"><title>%s</title><style>",
        language == LANGUAGE_ZH ? "zh-CN" : "en", say(language, "Closed loop"));
    buffer_text(out, asset_report_css);
    buffer_format(out,
                  "</style></head><body><header class=\"top\"><div><h1>%s</h1><p "
                  "id=\"subtitle\">%.10s &rarr; %.10s</p></div></header><main>\n",
                  say(language, "Closed loop"), from, to);
    page_figures(compare, language, out);
    buffer_text(out, "<section class=\"card\"><p class=\"note\">");
    xml_text(
        out,
        say(language, compare->levels
                          ? "Effect: the change of level where the order was to help, less "
                            "the change in bins of the same level that nobody touched."
                          : "The two runs' measurement grids differ: levels were not "
                            "compared."),
        1000);
    buffer_text(out, "</p><div class=\"scroll\"><table><thead><tr>");
    for (int c = 0; c < COLUMNS; c++)
        buffer_format(out, "<th scope=\"col\">%s</th>", say(language, formats[c].header));
    buffer_text(out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < compare->row_count; i++)
        page_row(&compare->rows[i], language, out);
    buffer_text(out, "</tbody></table></div></section>\n");
    if (compare->reopened_count)
        page_reopened(compare, language, out);
    buffer_text(out, "</main></body></html>\n");
}

static enum status write_page(const struct compare *compare, enum language language,
                              const char *path, struct error *error)
{
    struct buffer page = {0};
    page_text(compare, language, &page);
    FILE *file = fopen(path, "wb");
    bool ok = file && fwrite(page.bytes, 1, page.length, file) == page.length;
    if (file)
        ok = fclose(file) == 0 && ok;
    buffer_free(&page);
    return ok ? STATUS_OK
              : error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
}

enum status compare_write(const struct compare *compare, enum language language,
                          const char *folder, struct error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/compare.csv", folder);
    if (write_csv(compare, language, path, error) != STATUS_OK)
        return error->status;
    snprintf(path, sizeof path, "%s/compare.xlsx", folder);
    if (write_xlsx(compare, language, path, error) != STATUS_OK)
        return error->status;
    snprintf(path, sizeof path, "%s/compare.html", folder);
    return write_page(compare, language, path, error);
}
