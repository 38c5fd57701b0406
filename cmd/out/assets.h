/* assets.h - the report's page, style and scripts, built into the program. Leaflet
 * (BSD-2-Clause) and Chart.js (MIT) come from Debian's libjs-leaflet and libjs-chart.js at
 * build time. */
#ifndef COVTRIAGE_ASSETS_H
#define COVTRIAGE_ASSETS_H

/** Each is NUL-terminated text. */
extern const char asset_leaflet_js[], asset_leaflet_css[], asset_chart_js[],
    asset_report_html[], asset_report_css[], asset_report_js[], asset_map_js[],
    asset_table_js[];

#endif
