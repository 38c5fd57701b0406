#include "models/tables/vendor/level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RSRP_CODE_MAX = 97, RSRQ_CODE_MAX = 34, ASU_FLOOR_DBM = -113 };

double level_of_rsrp_code(int code)
{
    return code >= 0 && code <= RSRP_CODE_MAX ? code - 141.0 : NAN;
}

double level_of_rsrq_code(int code)
{
    return code >= 0 && code <= RSRQ_CODE_MAX ? code / 2.0 - 20.0 : NAN;
}

const char *level_nonsense(enum rat rat, double level_dbm)
{
    static const struct {
        double min_dbm, max_dbm;
        const char *reason;
    } ranges[RAT_COUNT] = {
        [RAT_UNKNOWN] = {-156, -25, "is outside -156..-25 dBm, what any phone can report"},
        [RAT_GSM] = {-110, -47, "is outside -110..-47 dBm, what RxLev can be"},
        [RAT_UMTS] = {-120, -25, "is outside -120..-25 dBm, what RSCP can be"},
        [RAT_LTE] = {-140, -44, "is outside -140..-44 dBm, what RSRP can be"},
        [RAT_NR] = {-156, -31, "is outside -156..-31 dBm, what SS-RSRP can be"},
    };
    if ((rat == RAT_GSM || rat == RAT_UMTS) && level_dbm == ASU_FLOOR_DBM)
        return "is the phone's floor (ASU 0), not a measurement";
    if (!(level_dbm >= ranges[rat].min_dbm && level_dbm <= ranges[rat].max_dbm))
        return ranges[rat].reason;
    return NULL;
}

bool level_parse(const char *text, double *value)
{
    char *end = NULL;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

bool level_parse_count(const char *text, uint64_t *value)
{
    size_t digits = strspn(text, "0123456789");
    if (!digits || digits > 15 || text[digits])
        return false;
    *value = strtoull(text, NULL, 10);
    return true;
}
