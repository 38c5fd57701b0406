#include "cmd/out/kmz.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zip.h>

#include "cmd/out/orders.h"
#include "cmd/out/palette.h"
#include "cmd/out/plot.h"
#include "cmd/out/sheet.h"
#include "cmd/out/styles.h"
#include "cmd/out/worklist_cells.h"

enum { MAX_NAME = 120, MAX_TEXT = 1200 };

/* Length of the character at `text`, 0 where XML 1.0 does not take it (or it is no UTF-8). */
static size_t xml_char(const unsigned char *c)
{
    if (c[0] < 0x80)
        return c[0] >= 0x20 || c[0] == '\t' || c[0] == '\n' || c[0] == '\r';
    size_t length = c[0] >= 0xF0 ? 4 : c[0] >= 0xE0 ? 3 : c[0] >= 0xC2 ? 2 : 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    if (length == 3 && ((c[0] == 0xED && c[1] >= 0xA0) || /* surrogates, U+FFFE, U+FFFF */
                        (c[0] == 0xEF && c[1] == 0xBF && c[2] >= 0xBE)))
        return 0;
    return length;
}

void xml_text(struct buffer *out, const char *text, size_t most)
{
    const unsigned char *c = (const unsigned char *)text;
    while (*c && (size_t)((const char *)c - text) < most) {
        size_t length = xml_char(c);
        const char *entity = *c == '<'   ? "&lt;"
                             : *c == '>' ? "&gt;"
                             : *c == '&' ? "&amp;"
                             : *c == '"' ? "&quot;"
                                         : NULL;
        if (entity)
            buffer_text(out, entity);
        else if (length)
            buffer_append(out, (const char *)c, length);
        c += length ? length : 1;
    }
    if (*c)
        buffer_text(out, "\u2026");
}

/* Viewers show a description as HTML, so a ticket's words are escaped once more inside it. */
static void html_text(struct buffer *out, const char *text)
{
    size_t length = strlen(text);
    if (length > MAX_TEXT)
        for (length = MAX_TEXT; length && ((unsigned char)text[length] & 0xC0) == 0x80;)
            length--;
    for (const char *c = text; c < text + length; c++) {
        if (*c == '<')
            buffer_text(out, "&lt;");
        else if (*c == '&')
            buffer_text(out, "&amp;");
        else
            buffer_append(out, c, 1);
    }
    buffer_text(out, "<br/>");
}

/* KML writes colours as alpha, blue, green, red. */
static void colour_text(uint32_t rgb, unsigned alpha, char text[16])
{
    snprintf(text, 16, "%02x%02x%02x%02x", alpha, rgb & 255, rgb >> 8 & 255, rgb >> 16 & 255);
}

static void write_style(struct buffer *out, const char *id, uint32_t rgb, const char *icon,
                        double size)
{
    char line[16], fill[16];
    colour_text(rgb, 255, line);
    colour_text(rgb, 110, fill);
    buffer_format(out, "<Style id=\"%s\">", id);
    if (icon)
        buffer_format(
            out,
            "<IconStyle><color>%s</color><scale>%g</scale><Icon><href>%s</href></Icon>"
            "</IconStyle><LabelStyle><scale>0.8</scale></LabelStyle>",
            line, size, icon);
    buffer_format(out,
                  "<LineStyle><color>%s</color><width>1.5</width></LineStyle>"
                  "<PolyStyle><color>%s</color></PolyStyle></Style>\n",
                  line, fill);
}

/* The icon is in the archive, so that nothing is fetched. */
static void write_styles(struct buffer *out)
{
    static const char *const states[] = {"ok", "misaligned", "swapped", "tilt", "insufficient"};
    char id[64];
    for (int v = 0; v < VERDICT_COUNT; v++) {
        snprintf(id, sizeof id, "case-%d", v);
        write_style(out, id, palette_verdict((enum verdict_kind)v), "dot.png", 0.6);
    }
    for (size_t i = 0; order_kinds[i]; i++) {
        snprintf(id, sizeof id, "order-%s", order_kinds[i]);
        write_style(out, id, palette_order(order_kinds[i]), "dot.png", 1.1);
    }
    for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
        snprintf(id, sizeof id, "antenna-%s", states[i]);
        write_style(out, id, palette_audit(states[i]), NULL, 0);
    }
    write_style(out, "cell", 0x5B7083, NULL, 0);
    write_style(out, "plan", palette_verdict(VERDICT_PLANNED), "dot.png", 0.9);
}

static void open_folder(struct buffer *out, const char *name, bool visible)
{
    buffer_text(out, "<Folder><name>");
    xml_text(out, name, MAX_NAME);
    buffer_format(out, "</name><visibility>%d</visibility>\n", visible);
}

/* A placemark up to its description; the caller adds data and shape. */
static void open_placemark(struct buffer *out, const char *name, const char *style,
                           const char *description, bool visible)
{
    buffer_text(out, "<Placemark><name>");
    xml_text(out, name, MAX_NAME);
    buffer_format(out, "</name><visibility>%d</visibility><description>", visible);
    xml_text(out, description, 4 * MAX_TEXT);
    buffer_format(out, "</description><styleUrl>#%s</styleUrl>\n<ExtendedData>", style);
}

static void write_data(struct buffer *out, const char *name, const char *value)
{
    if (text_empty(value))
        return;
    buffer_format(out, "<Data name=\"%s\"><value>", name);
    xml_text(out, value, MAX_TEXT);
    buffer_text(out, "</value></Data>");
}

static void write_number(struct buffer *out, const char *name, double value, int decimals)
{
    char text[400];
    if (!isfinite(value))
        return;
    snprintf(text, sizeof text, "%.*f", decimals, value);
    write_data(out, name, text);
}

static void close_point(struct buffer *out, struct point at)
{
    buffer_text(out, "</ExtendedData>");
    if (point_valid(at))
        buffer_format(out, "<Point><coordinates>%.6f,%.6f</coordinates></Point>", at.lon,
                      at.lat);
    buffer_text(out, "</Placemark>\n");
}

static void write_case(struct buffer *out, const struct result *result,
                       const struct result_case *c)
{
    enum language language = result->language;
    enum verdict_kind verdict = verdict_of(c->verdict);
    char style[32], time[32];
    struct buffer text = {0};
    snprintf(style, sizeof style, "case-%d", verdict);
    sheet_format_time(c->reported_s, result->utc_offset_s, time);
    buffer_format(&text, "<b>%s</b> %.0f %%, %s<br/>", say(language, c->verdict),
                  100 * c->confidence, say(language, c->cause));
    html_text(&text, language == LANGUAGE_ZH ? c->reason_zh : c->reason_en);
    html_text(&text, c->address);
    open_placemark(out, c->ticket_id, style, text.bytes, true);
    write_data(out, "verdict", c->verdict);
    write_number(out, "confidence", c->confidence, 4);
    write_data(out, "cause", c->cause);
    write_data(out, "action", c->action);
    write_data(out, "order_id", c->order_id);
    write_data(out, "cell", c->responsible_cell);
    write_data(out, "site", c->responsible_site);
    write_data(out, "plan", c->responsible_plan);
    write_number(out, "level_dbm", c->level_dbm, 1);
    write_number(out, "radius_m", c->radius_m, 0);
    write_data(out, "reported_at", time);
    write_data(out, "symptom", c->symptom);
    write_data(out, "flags", c->flags);
    close_point(out, c->at);
    buffer_free(&text);
}

static void write_cases(struct buffer *out, const struct result *result)
{
    open_folder(out, say(result->language, "Complaints"), true);
    for (int v = 1; v <= VERDICT_COUNT; v++) { /* last: those without a verdict */
        enum verdict_kind verdict = v == VERDICT_COUNT ? VERDICT_UNKNOWN : (enum verdict_kind)v;
        size_t count = 0;
        for (size_t i = 0; i < result->case_count; i++) {
            const struct result_case *c = &result->cases[i];
            if (verdict_of(c->verdict) != verdict || !point_valid(c->at))
                continue;
            if (!count++)
                open_folder(out, say(result->language, verdict_word(verdict)), true);
            write_case(out, result, c);
        }
        if (count)
            buffer_text(out, "</Folder>\n");
    }
    buffer_text(out, "</Folder>\n");
}

static void write_orders(struct buffer *out, const struct result *result)
{
    bool zh = result->language == LANGUAGE_ZH;
    open_folder(out, say(result->language, "Worklist"), true);
    for (size_t i = 0; i < result->order_count; i++) {
        const struct result_order *order = &result->orders[i];
        char style[48], name[64], link[256], due[32];
        struct buffer text = {0};
        if (!point_valid(order->at) || !order->this_round)
            continue;
        snprintf(style, sizeof style, "order-%s", order->kind);
        snprintf(name, sizeof name, "%u %.48s", order->rank,
                 say(result->language, order_label(order->kind)));
        worklist_link(order->at, link);
        sheet_format_time(order->due_s, result->utc_offset_s, due);
        html_text(&text, zh ? order->what_zh : order->what_en);
        html_text(&text, zh ? order->why_zh : order->why_en);
        html_text(&text, link);
        open_placemark(out, name, style, text.bytes, true);
        write_data(out, "order_id", order->order_id);
        write_data(out, "site", order->site_id);
        write_data(out, "cell", order->cell_id);
        write_number(out, "tickets", order->tickets, 0);
        write_number(out, "gain_db", order->gain_db, 1);
        write_data(out, "due_at", due);
        write_data(out, "district", order->district);
        close_point(out, order->at);
        buffer_free(&text);
    }
    buffer_text(out, "</Folder>\n");
}

static void write_ring(struct buffer *out, const struct point *ring, size_t count)
{
    buffer_text(out, "</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>");
    for (size_t i = 0; i <= count; i++)
        buffer_format(out, "%.6f,%.6f ", ring[i % count].lon, ring[i % count].lat);
    buffer_text(out, "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>\n");
}

/* One cell's wedge: where the table has it, or where the audit found it. */
static void write_wedge(struct buffer *out, const struct result *result,
                        const struct result_cell *cell, bool audit)
{
    struct point ring[WEDGE_POINTS];
    size_t count = wedge_ring(cell, audit, ring);
    char style[48] = "cell";
    struct buffer text = {0};
    if (!count)
        return;
    if (audit)
        snprintf(style, sizeof style, "antenna-%.30s", cell->status);
    html_text(&text, audit ? say(result->language, cell->status) : cell->cell_name);
    if (audit)
        html_text(&text, cell->note);
    open_placemark(out, text_empty(cell->cell_name) ? cell->cell_id : cell->cell_name, style,
                   text.bytes, audit);
    write_data(out, "cell_id", cell->cell_id);
    write_data(out, "site_id", cell->site_id);
    write_data(out, "band", cell->band);
    write_number(out, "azimuth_deg", cell->azimuth_deg, 0);
    write_number(out, "beamwidth_deg", cell->hbw_deg, 0);
    write_number(out, "downtilt_deg", cell->tilt_deg, 1);
    write_number(out, "height_m", cell->height_m, 1);
    write_data(out, "status", cell->status);
    write_number(out, "azimuth_est_deg", cell->azimuth_est_deg, 0);
    write_number(out, "tilt_est_deg", cell->tilt_est_deg, 1);
    write_data(out, "swapped_with", cell->swapped_with);
    write_ring(out, ring, count);
    buffer_free(&text);
}

static void write_cells(struct buffer *out, const struct result *result)
{
    open_folder(out, say(result->language, "Flagged antennas"), true);
    for (size_t i = 0; i < result->cell_count; i++) {
        const char *status = result->cells[i].status;
        if (text_equal(status, "misaligned") || text_equal(status, "swapped") ||
            text_equal(status, "tilt"))
            write_wedge(out, result, &result->cells[i], true);
    }
    buffer_text(out, "</Folder>\n");
    open_folder(out, say(result->language, "Cells"), false);
    for (size_t i = 0; i < result->cell_count; i++)
        write_wedge(out, result, &result->cells[i], false);
    buffer_text(out, "</Folder>\n");
}

static void write_plans(struct buffer *out, const struct result *result)
{
    open_folder(out, say(result->language, "Planned sites"), true);
    for (size_t i = 0; i < result->plan_count; i++) {
        const struct result_plan *plan = &result->plans[i];
        char date[32];
        sheet_format_time(plan->on_air_s, result->utc_offset_s, date);
        open_placemark(out, text_empty(plan->site_name) ? plan->plan_id : plan->site_name,
                       "plan", say(result->language, plan->stage), true);
        write_data(out, "plan_id", plan->plan_id);
        write_data(out, "stage", plan->stage);
        write_data(out, "on_air_date", date);
        write_number(out, "height_m", plan->height_m, 1);
        close_point(out, plan->at);
    }
    buffer_text(out, "</Folder>\n");
}

void kmz_text(const struct result *result, struct buffer *kml)
{
    buffer_text(kml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>");
    xml_text(kml, say(result->language, "Complaint triage"), MAX_NAME);
    buffer_text(kml, "</name>\n");
    write_styles(kml);
    write_orders(kml, result);
    write_cases(kml, result);
    write_cells(kml, result);
    write_plans(kml, result);
    buffer_text(kml, "</Document></kml>\n");
}

/* 1980-01-01 in the local time that the archive's format wants: the same bytes anywhere. */
static time_t archive_time(void)
{
    struct tm tm = {.tm_year = 80, .tm_mon = 0, .tm_mday = 1, .tm_hour = 12, .tm_isdst = -1};
    return mktime(&tm);
}

static bool add_entry(zip_t *archive, const char *name, const void *bytes, size_t length)
{
    zip_source_t *source = zip_source_buffer(archive, bytes, length, 0);
    zip_int64_t index = source ? zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
        zip_source_free(source);
        return false;
    }
    zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_DEFLATE, 6);
    return zip_file_set_mtime(archive, (zip_uint64_t)index, archive_time(), 0) == 0;
}

enum status kmz_write(const struct result *result, const char *path, struct error *error)
{
    struct buffer kml = {0}, dot = {0};
    int code = 0;
    kmz_text(result, &kml);
    plot_dot(64, &dot);
    zip_t *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    bool ok = archive && add_entry(archive, "doc.kml", kml.bytes, kml.length) &&
              add_entry(archive, "dot.png", dot.bytes, dot.length);
    if (ok)
        ok = zip_close(archive) == 0;
    if (!ok && archive)
        zip_discard(archive);
    buffer_free(&kml);
    buffer_free(&dot);
    return ok ? STATUS_OK : error_set(error, STATUS_IO, "cannot write %s", path);
}
