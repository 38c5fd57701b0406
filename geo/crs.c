#include "geo/crs.h"

#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct crs {
    PJ_CONTEXT *context;
    PJ *transform;
    char *name;
};

enum status crs_open(const char *name, struct crs **out, struct error *error)
{
    struct crs *crs = base_alloc(1, sizeof *crs);
    crs->context = proj_context_create();
    proj_log_level(crs->context, PJ_LOG_NONE);
    proj_context_set_enable_network(crs->context, 0);
    PJ *raw = proj_create_crs_to_crs(crs->context, "EPSG:4326", name, NULL);
    if (raw) {
        crs->transform = proj_normalize_for_visualization(crs->context, raw);
        proj_destroy(raw);
    }
    crs->name = base_text(name);
    if (!crs->transform) {
        crs_close(crs);
        return error_set(error, STATUS_FORMAT,
                         "'%s' is not a coordinate system that PROJ knows; give EPSG:n", name);
    }
    *out = crs;
    return STATUS_OK;
}

enum status crs_open_utm(struct point middle, struct crs **out, struct error *error)
{
    if (!point_valid(middle))
        return error_set(error, STATUS_RANGE, "no UTM zone at %g, %g", middle.lon, middle.lat);
    int zone = (int)floor((middle.lon + 180.0) / 6.0) % 60 + 1;
    char name[16];
    snprintf(name, sizeof name, "EPSG:%d", (middle.lat < 0 ? 32700 : 32600) + zone);
    return crs_open(name, out, error);
}

void crs_close(struct crs *crs)
{
    if (!crs)
        return;
    proj_destroy(crs->transform);
    proj_context_destroy(crs->context);
    free(crs->name);
    free(crs);
}

const char *crs_name(const struct crs *crs)
{
    return crs->name;
}

bool crs_in_metres(const struct crs *crs)
{
    PJ *plane = proj_create(crs->context, crs->name);
    PJ *axes = plane ? proj_crs_get_coordinate_system(crs->context, plane) : NULL;
    int count = axes ? proj_cs_get_axis_count(crs->context, axes) : 0;
    bool metres = count >= 2;
    for (int i = 0; i < 2 && metres; i++) {
        double factor = 0;
        const char *unit = "";
        metres = proj_cs_get_axis_info(crs->context, axes, i, NULL, NULL, NULL, &factor, &unit,
                                       NULL, NULL) &&
                 factor == 1 && (text_equal(unit, "metre") || text_equal(unit, "meter"));
    }
    proj_destroy(axes);
    proj_destroy(plane);
    return metres;
}

struct xy crs_forward(struct crs *crs, struct point p)
{
    PJ_COORD c = proj_trans(crs->transform, PJ_FWD, proj_coord(p.lon, p.lat, 0, 0));
    if (!isfinite(c.xy.x) || !isfinite(c.xy.y))
        return (struct xy){NAN, NAN};
    return (struct xy){c.xy.x, c.xy.y};
}

struct point crs_inverse(struct crs *crs, struct xy at)
{
    PJ_COORD c = proj_trans(crs->transform, PJ_INV, proj_coord(at.x_m, at.y_m, 0, 0));
    if (!isfinite(c.lp.lam) || !isfinite(c.lp.phi))
        return POINT_ABSENT;
    /* PROJ ends a turn early or late at the date line */
    double lon = fabs(c.lp.lam) > 180 ? remainder(c.lp.lam, 360) : c.lp.lam;
    return (struct point){lon, c.lp.phi};
}

double crs_accuracy_m(struct crs *crs, struct xy at, bool *ballpark)
{
    proj_trans(crs->transform, PJ_INV, proj_coord(at.x_m, at.y_m, 0, 0));
    PJ *used = proj_trans_get_last_used_operation(crs->transform);
    *ballpark = used && proj_coordoperation_has_ballpark_transformation(crs->context, used);
    double accuracy_m = used ? proj_coordoperation_get_accuracy(crs->context, used) : -1;
    proj_destroy(used);
    return accuracy_m >= 0 ? accuracy_m : NAN;
}

bool crs_is_cgcs2000(const struct crs *crs)
{
    PJ *object = proj_create(crs->context, crs->name);
    PJ *geodetic = object ? proj_crs_get_geodetic_crs(crs->context, object) : NULL;
    const char *name = geodetic ? proj_get_name(geodetic) : NULL;
    bool is = name && strstr(name, "China Geodetic Coordinate System 2000");
    proj_destroy(geodetic);
    proj_destroy(object);
    return is;
}
