#include "cmd/out/worklist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xlsxwriter.h>

#include "cmd/out/book.h"
#include "cmd/out/excerpt.h"
#include "cmd/out/orders.h"
#include "cmd/out/palette.h"
#include "cmd/out/plot.h"
#include "cmd/out/sheet.h"
#include "cmd/out/worklist_cells.h"

enum { MAX_TEXT = 4000, MAX_DISTRICTS = 40, MAX_PLOTS = 200, MAX_LINKS = 60000 };

/* ---- CSV ----------------------------------------------------------------------------- */

enum status worklist_write_csv(const struct result *result, const char *path,
                               struct error *error)
{
    struct sheet sheet;
    if (sheet_open(&sheet, path, result->utc_offset_s, error) != STATUS_OK)
        return error->status;
    for (int c = 0; c < WORKLIST_COLUMNS; c++)
        sheet_text(&sheet, say(result->language, worklist_formats[c].header));
    sheet_end(&sheet);
    for (size_t i = 0; i < result->order_count; i++) {
        for (int c = 0; c < WORKLIST_COLUMNS; c++) {
            struct worklist_cell cell;
            worklist_cell(result, &result->orders[i], (enum worklist_column)c, &cell);
            if (worklist_formats[c].type == CELL_NUMBER)
                sheet_number(&sheet, cell.number, worklist_formats[c].decimals);
            else if (worklist_formats[c].type == CELL_TIME)
                sheet_time(&sheet, cell.at_s);
            else
                sheet_text(&sheet, cell.text);
        }
        sheet_end(&sheet);
    }
    return sheet_close(&sheet, error);
}

/* ---- workbook ------------------------------------------------------------------------ */

/* The workbook being made and its formats. */
struct book {
    const struct result *result;
    lxw_workbook *workbook;
    lxw_format *header, *text, *wrap, *link, *date, *number[7], *rank, *input, *vip;
    lxw_format *overdue, *finished, *title, *later;
    lxw_format *tint[VERDICT_COUNT];
    struct arena *arena;
    size_t links;
    struct textmap names;    /* sheet names in use, lower case */
    struct textmap plot_row; /* cell_id -> row of its plot */
};

static const char *words(const struct book *book, const char *english)
{
    return say(book->result->language, english);
}

static lxw_format *format_new(struct book *book)
{
    lxw_format *format = workbook_add_format(book->workbook);
    format_set_font_name(format,
                         book->result->language == LANGUAGE_ZH ? "Microsoft YaHei" : "Calibri");
    format_set_font_size(format, 10);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    return format;
}

static void add_formats(struct book *book)
{
    static const char *const decimals[] = {"0",      "0.0",     "0.00",    "0.000",
                                           "0.0000", "0.00000", "0.000000"};
    book->header = format_new(book);
    format_set_bold(book->header);
    format_set_text_wrap(book->header);
    format_set_bg_color(book->header, 0x26404F);
    format_set_font_color(book->header, 0xFFFFFF);
    format_set_border(book->header, LXW_BORDER_THIN);
    format_set_border_color(book->header, 0x8FA3AF);
    book->text = format_new(book);
    book->wrap = format_new(book);
    format_set_text_wrap(book->wrap);
    book->link = format_new(book);
    format_set_font_color(book->link, 0x0072B2);
    format_set_underline(book->link, LXW_UNDERLINE_SINGLE);
    book->date = format_new(book);
    format_set_num_format(book->date, "yyyy-mm-dd hh:mm");
    for (size_t i = 0; i < ARRAY_COUNT(decimals); i++) {
        book->number[i] = format_new(book);
        format_set_num_format(book->number[i], decimals[i]);
    }
    book->rank = format_new(book);
    format_set_align(book->rank, LXW_ALIGN_CENTER);
    book->input = format_new(book);
    format_set_bg_color(book->input, 0xFFFBE6);
    format_set_text_wrap(book->input);
    format_set_border(book->input, LXW_BORDER_HAIR);
    format_set_border_color(book->input, 0xC9B458);
    book->title = format_new(book);
    format_set_bold(book->title);
    format_set_font_size(book->title, 14);
    book->overdue = workbook_add_format(book->workbook);
    format_set_font_color(book->overdue, 0xB00020);
    format_set_bold(book->overdue);
    book->finished = workbook_add_format(book->workbook);
    format_set_font_color(book->finished, 0x8A8A8A);
    format_set_font_strikeout(book->finished);
    book->later = workbook_add_format(book->workbook);
    format_set_font_color(book->later, 0x6B6B6B);
    book->vip = workbook_add_format(book->workbook);
    format_set_bold(book->vip);
    format_set_bg_color(book->vip, 0xFFE08A);
    for (int v = 0; v < VERDICT_COUNT; v++) {
        book->tint[v] = workbook_add_format(book->workbook);
        format_set_bg_color(book->tint[v], palette_verdict_tint((enum verdict_kind)v));
    }
}

/* A text that a cell can hold: bounded, cut between characters. */
static const char *cell_text(const struct book *book, const char *text)
{
    size_t length = strlen(text);
    if (length <= MAX_TEXT)
        return text;
    length = MAX_TEXT;
    while (length && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    return arena_format(book->arena, "%.*s\u2026", (int)length, text);
}

/* Excel's day number of the local time; from 1899-12-30, both its calendars' quirks apart. */
static double excel_time(const struct book *book, int64_t at_s)
{
    return (double)(at_s + book->result->utc_offset_s) / 86400.0 + 25569.0;
}

static void write_link(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                       const char *url)
{
    if (text_empty(url))
        return;
    if (book->links++ < MAX_LINKS) /* Excel's limit is 65,530 a sheet */
        worksheet_write_url_opt(sheet, row, column, url, book->link, words(book, "map"), NULL);
    else
        worksheet_write_string(sheet, row, column, url, book->text);
}

static void write_cell(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                       const struct result_order *order, enum worklist_column column)
{
    const struct worklist_format *format = &worklist_formats[column];
    bool input = column == COLUMN_STATUS || column == COLUMN_NOTE;
    bool wrap = column == COLUMN_WHAT || column == COLUMN_WHY;
    struct worklist_cell cell;
    worklist_cell(book->result, order, column, &cell);
    lxw_col_t at = (lxw_col_t)column;
    if (format->type == CELL_LINK)
        write_link(book, sheet, row, at, cell.text);
    else if (format->type == CELL_NUMBER && isfinite(cell.number))
        worksheet_write_number(sheet, row, at, cell.number,
                               column == COLUMN_RANK ? book->rank
                                                     : book->number[format->decimals]);
    else if (format->type == CELL_TIME && cell.at_s != TIME_ABSENT)
        worksheet_write_number(sheet, row, at, excel_time(book, cell.at_s), book->date);
    else if (input && text_empty(cell.text))
        worksheet_write_blank(sheet, row, at, book->input);
    else if (!text_empty(cell.text))
        worksheet_write_string(sheet, row, at, cell_text(book, cell.text),
                               input  ? book->input
                               : wrap ? book->wrap
                                      : book->text);
}

/* The name of a flagged cell leads to its plot. */
static void link_plot(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                      const struct result_order *order)
{
    uint32_t plot = text_empty(order->cell_id) ? TEXTMAP_NONE
                                               : textmap_get(&book->plot_row, order->cell_id);
    if (plot == TEXTMAP_NONE || book->links++ >= MAX_LINKS)
        return;
    const char *url =
        arena_format(book->arena, "internal:'%s'!A%u", words(book, "Antenna plots"), plot + 1);
    worksheet_write_url_opt(sheet, row, COLUMN_CELL, url, book->link,
                            cell_text(book, order->cell_id), NULL);
}

static void add_condition(lxw_worksheet *sheet, const lxw_row_t last,
                          enum worklist_column column, const char *formula, lxw_format *format)
{
    lxw_conditional_format condition = {.type = LXW_CONDITIONAL_TYPE_FORMULA,
                                        .value_string = (char *)formula,
                                        .format = format};
    lxw_col_t first = column == WORKLIST_COLUMNS ? 0 : (lxw_col_t)column;
    lxw_col_t end = column == WORKLIST_COLUMNS ? WORKLIST_COLUMNS - 1 : (lxw_col_t)column;
    worksheet_conditional_format_range(sheet, 1, first, last, end, &condition);
}

/* "=$D2=\"re-aim antenna\"" and the like colour the rows. */
static void add_conditions(struct book *book, lxw_worksheet *sheet, lxw_row_t last)
{
    const char *done = arena_format(book->arena, "=OR($K2=\"%s\",$K2=\"%s\")",
                                    words(book, "done"), words(book, "closed"));
    add_condition(sheet, last, WORKLIST_COLUMNS, done, book->finished);
    add_condition(sheet, last, COLUMN_DUE, "=AND(ISNUMBER($J2),$J2<NOW())", book->overdue);
    add_condition(sheet, last, COLUMN_VIPS, "=$O2>0", book->vip);
    for (size_t i = 0; order_kinds[i]; i++)
        add_condition(
            sheet, last, COLUMN_KIND,
            arena_format(book->arena, "=$D2=\"%s\"", words(book, order_label(order_kinds[i]))),
            book->tint[palette_order_verdict(order_kinds[i])]);
    lxw_conditional_format bar = {
        .type = LXW_CONDITIONAL_DATA_BAR, .bar_solid = LXW_TRUE, .bar_color = 0x8FC1DE};
    worksheet_conditional_format_range(sheet, 1, COLUMN_PRIORITY, last, COLUMN_PRIORITY, &bar);
}

static void add_validation(struct book *book, lxw_worksheet *sheet, lxw_row_t last)
{
    char *list[16] = {NULL};
    for (size_t i = 0; worklist_statuses[i]; i++)
        list[i] = (char *)words(book, worklist_statuses[i]);
    lxw_data_validation validation = {
        .validate = LXW_VALIDATION_TYPE_LIST,
        .value_list = list,
        .error_type = LXW_VALIDATION_ERROR_TYPE_WARNING,
        .input_title = (char *)words(book, "Status"),
        .input_message =
            (char *)words(book, "Choose one. The next run reads it back and keeps it."),
        .show_input = LXW_VALIDATION_ON};
    worksheet_data_validation_range(sheet, 1, COLUMN_STATUS, last, COLUMN_STATUS, &validation);
}

static void lay_out(struct book *book, lxw_worksheet *sheet, lxw_row_t last)
{
    for (int c = 0; c < WORKLIST_COLUMNS; c++) {
        worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, worklist_formats[c].width,
                             NULL);
        worksheet_write_string(sheet, 0, (lxw_col_t)c, words(book, worklist_formats[c].header),
                               book->header);
    }
    worksheet_set_row(sheet, 0, 32, NULL);
    worksheet_freeze_panes(sheet, 1, COLUMN_ORDER + 1);
    worksheet_autofilter(sheet, 0, 0, last, WORKLIST_COLUMNS - 1);
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_print_area(sheet, 0, 0, last, COLUMN_GAIN_HI);
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6);
    worksheet_set_footer(sheet, "&L&A&R&P / &N");
    add_conditions(book, sheet, last);
    add_validation(book, sheet, last);
}

/* A name that a sheet may have: at most 31 units, without []:*?/\', not used yet. */
static const char *sheet_name(struct book *book, const char *wanted)
{
    char name[100];
    size_t length = 0, units = 0;
    for (const char *c = wanted; *c && units < 26 && length < sizeof name - 5; c++) {
        unsigned char byte = (unsigned char)*c;
        if ((byte & 0xC0) != 0x80)
            units += byte >= 0xF0 ? 2 : 1;
        if (units >= 26)
            break;
        name[length++] = byte < 0x20 || strchr("[]:*?/\\'", *c) ? ' ' : *c;
    }
    name[length] = '\0';
    if (!length)
        strcpy(name, "-");
    const char *unique = arena_text(book->arena, name, strlen(name));
    for (int n = 2; textmap_get(&book->names, unique) != TEXTMAP_NONE; n++)
        unique = arena_format(book->arena, "%s %d", name, n);
    textmap_put(&book->names, unique, 0);
    return unique;
}

/* Which orders a sheet shows; both NULL: all. */
struct selection {
    const char *kind, *district;
};

static bool selected(const struct selection *selection, const struct result_order *order)
{
    return (!selection->kind || text_equal(order->kind, selection->kind)) &&
           (!selection->district || text_equal(order->district, selection->district));
}

static void add_sheet(struct book *book, const char *name, const struct selection *selection)
{
    const struct result *result = book->result;
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, sheet_name(book, name));
    if (!sheet)
        return;
    book->links = 0;
    lxw_row_t row = 0;
    for (size_t i = 0; i < result->order_count; i++) {
        const struct result_order *order = &result->orders[i];
        if (!selected(selection, order))
            continue;
        row++;
        worksheet_set_row(sheet, row, 32, NULL);
        for (int c = 0; c < WORKLIST_COLUMNS; c++)
            write_cell(book, sheet, row, order, (enum worklist_column)c);
        link_plot(book, sheet, row, order);
    }
    lay_out(book, sheet, BASE_MAX(row, 1));
}

/* Which flagged antennas get a plot, and at which row of their sheet. */
static void place_plots(struct book *book)
{
    const struct result *result = book->result;
    struct textmap cells = {0};
    for (size_t i = 0; i < result->cell_count; i++)
        if (isfinite(result->cells[i].azimuth_est_deg))
            textmap_put(&cells, result->cells[i].cell_id, (uint32_t)i);
    uint32_t row = 1;
    for (size_t i = 0; i < result->order_count && book->plot_row.count < MAX_PLOTS; i++) {
        const struct result_order *order = &result->orders[i];
        bool antenna = text_equal(order->kind, "aim") || text_equal(order->kind, "swap");
        if (antenna && !text_empty(order->cell_id) &&
            textmap_get(&cells, order->cell_id) != TEXTMAP_NONE &&
            textmap_put(&book->plot_row, order->cell_id, row) == row)
            row++;
    }
    textmap_free(&cells);
}

static void write_plot(struct book *book, lxw_worksheet *sheet, const struct result_cell *cell,
                       lxw_row_t row)
{
    struct buffer png = {0};
    const double numbers[] = {cell->azimuth_deg,    cell->azimuth_est_deg, cell->azimuth_lo_deg,
                              cell->azimuth_hi_deg, cell->tilt_deg,        cell->tilt_est_deg,
                              (double)cell->samples};
    worksheet_set_row(sheet, row, 126, NULL);
    worksheet_write_string(sheet, row, 0, cell_text(book, cell->cell_id), book->text);
    worksheet_write_string(sheet, row, 1, cell_text(book, cell->site_name), book->wrap);
    worksheet_write_string(sheet, row, 2, words(book, cell->status), book->text);
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        if (isfinite(numbers[i]))
            worksheet_write_number(sheet, row, (lxw_col_t)(3 + i), numbers[i], book->number[0]);
    worksheet_write_string(sheet, row, 10, cell_text(book, cell->note), book->wrap);
    plot_antenna(cell, 320, &png);
    lxw_image_options options = {.x_scale = 0.5,
                                 .y_scale = 0.5,
                                 .x_offset = 4,
                                 .y_offset = 4,
                                 .description =
                                     (char *)words(book, "grey: the table; colour: measured")};
    worksheet_insert_image_buffer_opt(sheet, row, 11, (unsigned char *)png.bytes, png.length,
                                      &options);
    buffer_free(&png);
}

static void add_plots(struct book *book)
{
    static const struct {
        const char *header;
        double width;
    } columns[] = {{"Cell", 22},
                   {"Site name", 18},
                   {"Audit", 14},
                   {"Table azimuth", 9},
                   {"Measured azimuth", 10},
                   {"95 % from", 8},
                   {"95 % to", 8},
                   {"Table downtilt", 9},
                   {"Measured downtilt", 10},
                   {"Samples", 9},
                   {"Note", 30},
                   {"grey: the table; colour: measured", 26}};
    const struct result *result = book->result;
    if (!book->plot_row.count)
        return;
    lxw_worksheet *sheet =
        workbook_add_worksheet(book->workbook, sheet_name(book, words(book, "Antenna plots")));
    for (size_t c = 0; c < ARRAY_COUNT(columns); c++) {
        worksheet_set_column(sheet, (lxw_col_t)c, (lxw_col_t)c, columns[c].width, NULL);
        worksheet_write_string(sheet, 0, (lxw_col_t)c, words(book, columns[c].header),
                               book->header);
    }
    worksheet_set_row(sheet, 0, 32, NULL);
    worksheet_freeze_panes(sheet, 1, 1);
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    for (size_t i = 0; i < result->cell_count; i++) {
        uint32_t row = textmap_get(&book->plot_row, result->cells[i].cell_id);
        if (row != TEXTMAP_NONE)
            write_plot(book, sheet, &result->cells[i], row);
    }
}

/* How the list was made, in words and this run's numbers. */
static void add_notes(struct book *book)
{
    const struct result *result = book->result;
    double days = RULE_VALUE(&result->rules, worklist_crew_days), value = 0;
    size_t round = 0;
    for (size_t i = 0; i < result->order_count; i++)
        if (result->orders[i].this_round) {
            round++;
            value += result->orders[i].weight * result->orders[i].cure;
        }
    lxw_worksheet *sheet =
        workbook_add_worksheet(book->workbook, sheet_name(book, words(book, "About")));
    struct arena *a = book->arena;
    char part[256];
    excerpt_note(result, book->result->language, part);
    const char *lines[] = {
        arena_format(a,
                     words(book,
                           "This round: %zu of %zu orders, %g crew-days; expected to clear "
                           "%.1f weighted complaints."),
                     round, BASE_MAX(result->order_count, result->whole_orders), days, value),
        isfinite(result->orders_bound)
            ? arena_format(a,
                           words(book,
                                 "No choice of orders could clear more than %.0f %% beyond "
                                 "that (a proven bound)."),
                           100 * (1 / BASE_MAX(result->orders_bound, 0.01) - 1))
            : "",
        words(book,
              "Priority = weight x cure / crew-days. Weight: the sum over its tickets, VIP, "
              "repeated, grouped and overdue ones more. Cure: the share of it that the order "
              "is expected to clear."),
        words(book, "Gain: expected rise of the level at the tickets; 80 % of them lie between "
                    "from and to."),
        words(book,
              "Fill in Status and Note only. Put the file back into the output folder: the "
              "next run keeps what you typed."),
        part,
    };
    worksheet_set_column(sheet, 0, 0, 110, NULL);
    worksheet_write_string(sheet, 0, 0, words(book, "How this worklist was made"), book->title);
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        if (!text_empty(lines[i]))
            worksheet_write_string(sheet, (lxw_row_t)(i + 2), 0, lines[i], book->wrap);
}

/* Districts by the number of their orders, the largest first; at most MAX_DISTRICTS. */
struct district {
    const char *name;
    size_t orders;
};

static int compare_district(const void *a, const void *b)
{
    const struct district *x = a, *y = b;
    if (x->orders != y->orders)
        return x->orders > y->orders ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void add_districts(struct book *book)
{
    const struct result *result = book->result;
    struct textmap seen = {0};
    struct district *districts = base_alloc(result->order_count + 1, sizeof *districts);
    size_t count = 0;
    for (size_t i = 0; i < result->order_count; i++) {
        const char *name = result->orders[i].district;
        if (text_empty(name))
            continue;
        uint32_t d = textmap_put(&seen, name, (uint32_t)count);
        if (d == count)
            districts[count++].name = name;
        districts[d].orders++;
    }
    base_sort(districts, count, sizeof *districts, compare_district);
    for (size_t d = 0; d < count && d < MAX_DISTRICTS; d++)
        add_sheet(book, districts[d].name, &(struct selection){.district = districts[d].name});
    free(districts);
    textmap_free(&seen);
}

static void fill_book(struct book *book)
{
    const struct result *result = book->result;
    add_formats(book);
    place_plots(book);
    add_sheet(book, words(book, "Worklist"), &(struct selection){0});
    for (size_t k = 0; order_kinds[k]; k++)
        for (size_t i = 0; i < result->order_count; i++)
            if (text_equal(result->orders[i].kind, order_kinds[k])) {
                add_sheet(book, words(book, order_label(order_kinds[k])),
                          &(struct selection){.kind = order_kinds[k]});
                break;
            }
    add_districts(book);
    add_plots(book);
    add_notes(book);
}

enum status worklist_write_xlsx(const struct result *result, const char *path,
                                struct error *error)
{
    struct book book = {.result = result, .arena = arena_new()};
    book.workbook = book_open(path);
    lxw_doc_properties properties = {
        .title = (char *)say(result->language, "Worklist"),
        .company = (char *)"",
        .comments = (char *)"covtriage " COVTRIAGE_VERSION,
        .created = (time_t)(result->now_s == TIME_ABSENT ? 0 : result->now_s)};
    workbook_set_properties(book.workbook, &properties);
    fill_book(&book);
    enum status status = book_close(book.workbook, path, error);
    textmap_free(&book.names);
    textmap_free(&book.plot_row);
    arena_free(book.arena);
    return status;
}
