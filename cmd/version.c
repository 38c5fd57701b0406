/* covtriage --version: the program and the libraries at work. */
#include <cairo.h>
#include <expat.h>
#include <glib.h>
#include <json-c/json.h>
#include <pango/pango.h>
#include <stdio.h>
#include <unicode/uversion.h>
#include <utf8proc.h>
#include <xlsxwriter.h>
#include <zip.h>
#include <zlib.h>

#include "cmd/command.h"
#include "geo/gdal.h"

void command_print_version(void)
{
    char geo[128];
    UVersionInfo icu;
    u_getVersion(icu);
    printf("covtriage %s\n\n%s,\n", COVTRIAGE_VERSION, gdal_versions(geo, sizeof geo));
    printf("cairo %s, pango %s, glib %u.%u.%u, libxlsxwriter %s,\n", cairo_version_string(),
           pango_version_string(), glib_major_version, glib_minor_version, glib_micro_version,
           lxw_version());
    printf("%s, json-c %s, libzip %s, zlib %s, ICU %d.%d, utf8proc %s\n", XML_ExpatVersion(),
           json_c_version(), zip_libzip_version(), zlibVersion(), icu[0], icu[1],
           utf8proc_version());
    puts("\nMIT License, see LICENSE. The libraries and the scripts of the report are under\n"
         "licences of their own: see NOTICES.");
}
