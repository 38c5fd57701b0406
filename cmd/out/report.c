#include "cmd/out/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/out/assets.h"
#include "cmd/out/report_data.h"

static void write_text(FILE *file, const char *text)
{
    fputs(text, file);
}

/* A library without its last line, which names a file that is not there. */
static void write_script(FILE *file, const char *script)
{
    const char *map = strstr(script, "//# sourceMappingURL");
    write_text(file, "<script>");
    fwrite(script, 1, map ? (size_t)(map - script) : strlen(script), file);
    write_text(file, "</script>\n");
}

/* "https://host" of a tile template, if it is one and of harmless characters. */
static bool origin_of(const char *url, char *origin, size_t size)
{
    const char *host = strstr(url, "://");
    size_t length = host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/") : 0;
    if (!length || length >= size ||
        (!text_starts(url, "http://") && !text_starts(url, "https://")))
        return false;
    snprintf(origin, size, "%.*s", (int)length, url);
    char *mark = strstr(origin, "{s}");
    if (mark)
        *mark = '*', memmove(mark + 1, mark + 3, strlen(mark + 3) + 1);
    return strspn(origin,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:/*") ==
           strlen(origin);
}

/* The page may run what is in it and ask nobody for anything, but for tiles that were asked
 * for. */
static void write_head(FILE *file, const struct result *result, const char *tiles)
{
    bool zh = result->language == LANGUAGE_ZH;
    fprintf(
        file,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:%s%s\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>%s</title>\n<style>\n",
        zh ? "zh-CN" : "en", tiles ? " " : "", tiles ? tiles : "",
        say(result->language, "Complaint triage"));
    write_text(file, asset_leaflet_css);
    write_text(file, asset_report_css);
    write_text(file, "</style>\n</head>\n<body>\n");
}

static enum status write_page(FILE *file, const struct result *result, const struct heat *heat,
                              const char *basemap_url, struct error *error)
{
    char tiles[256];
    if (basemap_url && !origin_of(basemap_url, tiles, sizeof tiles))
        return error_set(error, STATUS_USAGE,
                         "--basemap takes a tile template such as "
                         "https://tile.example.org/{z}/{x}/{y}.png, not '%s'",
                         basemap_url);
    write_head(file, result, basemap_url ? tiles : NULL);
    write_text(file, asset_report_html);
    struct buffer data = {0};
    report_data(result, heat, basemap_url, &data);
    write_text(file, "<script type=\"application/json\" id=\"data\">");
    fwrite(data.bytes, 1, data.length, file);
    write_text(file, "</script>\n");
    buffer_clear(&data);
    enum status status = STATUS_OK;
    for (size_t block = 0; block * REPORT_BLOCK < result->case_count && status == STATUS_OK;
         block++) {
        status = report_details(result, block, &data, error);
        fprintf(file, "<script type=\"text/plain\" id=\"d%zu\">", block);
        fwrite(data.bytes, 1, data.length, file);
        write_text(file, "</script>\n");
        buffer_clear(&data);
    }
    buffer_free(&data);
    write_script(file, asset_leaflet_js);
    write_script(file, asset_chart_js);
    write_script(file, asset_table_js);
    write_script(file, asset_map_js);
    write_script(file, asset_report_js);
    write_text(file, "</body>\n</html>\n");
    return status;
}

enum status report_write(const struct result *result, const struct heat *heat,
                         const char *basemap_url, const char *path, struct error *error)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
    enum status status = write_page(file, result, heat, basemap_url, error);
    bool failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    if (status == STATUS_OK && failed)
        status = error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
    return status;
}
