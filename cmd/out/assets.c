#include "cmd/out/assets.h"

/* Paths are relative to the source folder or those of Debian's packages; see the Makefile. */
#define ASSET(symbol, path)                                                                    \
    __asm__(".section .rodata\n"                                                               \
            ".global " #symbol "\n" #symbol ":\n"                                              \
            ".incbin \"" path "\"\n"                                                           \
            ".byte 0\n"                                                                        \
            ".previous\n")

ASSET(asset_leaflet_js, ASSET_JS "/leaflet/leaflet.min.js");
ASSET(asset_leaflet_css, ASSET_JS "/leaflet/leaflet.css");
ASSET(asset_chart_js, ASSET_JS "/chart.js/chart.min.js");
ASSET(asset_report_html, "cmd/out/page/report.html");
ASSET(asset_report_css, "cmd/out/page/report.css");
ASSET(asset_report_js, "cmd/out/page/report.js");
ASSET(asset_map_js, "cmd/out/page/map.js");
ASSET(asset_table_js, "cmd/out/page/table.js");
