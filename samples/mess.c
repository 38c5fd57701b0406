/* The same tickets as a call centre exports them: GB18030, its own headers and spellings, rows
 * that cannot be used. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/datum.h"
#include "samples/county.h"

/* "2026/3/2 4:34", local time without an offset. */
static const char *loose_time(int64_t at_s, char text[32])
{
    time_t local = (time_t)(at_s + 8 * 3600);
    struct tm tm;
    gmtime_r(&local, &tm);
    snprintf(text, 32, "%d/%d/%d %d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
             tm.tm_hour, tm.tm_min);
    return text;
}

/* lon, lat, system: some from a map app, some with degree signs, some swapped. */
static void loose_point(struct buffer *out, const struct county *county, const struct ticket *t,
                        int i)
{
    struct point said = county_point(county, t->said);
    if (!t->has_point) {
        buffer_text(out, ",,,");
        return;
    }
    if (i % 5 == 1)
        said = datum_from_wgs84(DATUM_GCJ02, said);
    if (i % 11 == 3) /* the two columns swapped */
        buffer_format(out, "%.6f,%.6f,", said.lat, said.lon);
    else if (i % 7 == 2)
        buffer_format(out, "%.6f°,%.6f°,", said.lon, said.lat);
    else if (i % 7 == 4)
        buffer_format(out, "E%.5f,N%.5f,", said.lon, said.lat);
    else
        buffer_format(out, "%.6f,%.6f,", said.lon, said.lat);
    buffer_text(out, i % 5 == 1 ? "GCJ02," : "WGS84,");
}

/* The cell as another system writes it: eNodeB-cell without the network. */
static const char *loose_cell(const struct ticket *t, int i)
{
    return i % 3 == 1 && text_starts(t->serving, "460-00-") ? t->serving + 7 : t->serving;
}

static void loose_row(struct buffer *out, const struct county *county, const struct ticket *t,
                      int i)
{
    char reported[32], occurred[32] = "";
    if (t->has_time)
        loose_time(t->occurred_s, occurred);
    buffer_format(out, "T%06d,%s,%s,", i, loose_time(t->reported_s, reported), occurred);
    loose_point(out, county, t, i);
    buffer_format(out, "\"%s\",%s,%s,%s,\"%s\",", t->address, loose_cell(t, i),
                  radio_names[t->radio], t->symptom, t->description);
    buffer_format(out, "%s,C%04d,1380013%04d,%s\r\n", t->vip ? "VIP" : "普通", 1000 + i,
                  1000 + i * 37 % 9000,
                  strcmp(t->indoor, "yes") == 0  ? "室内"
                  : strcmp(t->indoor, "no") == 0 ? "室外"
                                                 : "");
}

/* Rows that no reading can save. */
static void bad_rows(struct buffer *out)
{
    buffer_text(out, ",2026/3/5 9:12,,,,,\"城关镇\",,LTE,信号弱,没有工单号,普通,C9001,,\r\n");
    buffer_text(out, "T900001,昨天下午,,,,,\"城关镇\",,LTE,信号弱,时间是文字,普通,C9002,,\r\n");
    buffer_text(out,
                "T900002,2026/3/5 9:15,,东经一百一十三,三十二,,,,LTE,无信号,,普通,C9003,,\r\n");
    buffer_text(out,
                "T000003,2026/3/5 9:20,,,,,\"城关镇\",,LTE,信号弱,工单号重复,普通,C9004,,\r\n");
}

static enum status write_gb18030(const struct county *county, const struct buffer *text,
                                 struct error *error)
{
    iconv_t to = iconv_open("GB18030", "UTF-8");
    if (to == (iconv_t)-1)
        return error_set(error, STATUS_IO, "iconv knows no GB18030: %s", strerror(errno));
    size_t left = text->length, room = 2 * text->length;
    char *bytes = base_alloc(room, 1), *in = text->bytes, *out = bytes;
    size_t done = iconv(to, &in, &left, &out, &room);
    iconv_close(to);
    FILE *file = done == (size_t)-1 ? NULL : county_open(county, "complaints.csv", NULL, error);
    if (file == NULL) {
        free(bytes);
        return error_set(error, STATUS_IO, "complaints.csv cannot be written as GB18030");
    }
    fwrite(bytes, 1, (size_t)(out - bytes), file);
    free(bytes);
    return county_close(file, error);
}

enum status mess_write(struct county *county, const struct ticket tickets[], int count,
                       struct error *error)
{
    struct buffer text = {0};
    buffer_text(&text, "工单编号,受理时间,发生时间,经度,纬度,坐标系,投诉地址,服务小区,网络制式,"
                       "故障现象,投诉内容,客户级别,客户编号,联系电话,室内外\r\n");
    for (int i = 0; i < count; i++)
        loose_row(&text, county, &tickets[i], i);
    bad_rows(&text);
    enum status status = write_gb18030(county, &text, error);
    buffer_free(&text);
    return status;
}
