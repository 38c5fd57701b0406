/* Reading of MSI/Planet antenna files: lines of "KEYWORD value", then two blocks of rows. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "models/radio/antenna.h"

/* dBd is relative to a half-wave dipole, 2.15 dBi. Source: ITU-R V.573. */
static const double DIPOLE_DBI = 2.15;

struct msi {
    const char *path;
    struct antenna_pattern *out;
    float *block; /* the cut whose rows are being read; NULL in the header */
    int line;
    bool horizontal, vertical;
};

static void text_trim(char *text)
{
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
}

static void cut_clear(float *cut)
{
    for (int i = 0; i < 360; i++)
        cut[i] = NAN;
}

/* A header line. What is not known is passed over: vendors add their own. */
static void msi_keyword(struct msi *msi, const char *word, const char *value)
{
    struct antenna_pattern *out = msi->out;
    char *rest = NULL;
    double number = strtod(value, &rest);
    bool numeric = rest != value;
    if (strcasecmp(word, "NAME") == 0)
        snprintf(out->name, sizeof out->name, "%.127s", value);
    else if (strcasecmp(word, "GAIN") == 0 && numeric)
        out->gain_dbi = number + (strcasestr(rest, "dbi") ? 0 : DIPOLE_DBI);
    else if (strcasecmp(word, "FREQUENCY") == 0 && numeric)
        out->frequency_mhz = number;
    else if (strcasecmp(word, "ELECTRICAL_TILT") == 0 && numeric)
        out->elec_tilt_deg = number;
    else if (strcasecmp(word, "HORIZONTAL") == 0)
        msi->horizontal = true, msi->block = out->horizontal_db, cut_clear(msi->block);
    else if (strcasecmp(word, "VERTICAL") == 0)
        msi->vertical = true, msi->block = out->vertical_db, cut_clear(msi->block);
}

static enum status msi_line(struct msi *msi, char *text, struct error *error)
{
    text_trim(text);
    char *p = text;
    while (isspace((unsigned char)*p))
        p++;
    if (isalpha((unsigned char)*p)) {
        char *value = p;
        while (*value && !isspace((unsigned char)*value))
            value++;
        if (*value)
            *value++ = '\0';
        while (isspace((unsigned char)*value))
            value++;
        msi_keyword(msi, p, value);
        return STATUS_OK;
    }
    if (!msi->block || !*p)
        return STATUS_OK;
    char *end, *last;
    double angle = strtod(p, &end), loss = strtod(end, &last);
    if (end == p || last == end || !isfinite(angle) || !isfinite(loss) || fabs(angle) > 360 ||
        fabs(loss) > 200)
        return error_set(error, STATUS_FORMAT, "%s:%d: '%.40s' is not an angle and a loss",
                         msi->path, msi->line, p);
    int degree = ((int)lrint(angle) % 360 + 360) % 360;
    msi->block[degree] = (float)fabs(loss); /* some write the gain below the peak, negative */
    return STATUS_OK;
}

/* Gaps between given degrees are joined by straight lines around the circle. */
static bool cut_fill(float *cut)
{
    int first = 0;
    while (first < 360 && isnan(cut[first]))
        first++;
    if (first == 360)
        return false;
    int last = first;
    for (int i = first + 1; i <= first + 360; i++) {
        if (isnan(cut[i % 360]))
            continue;
        float from = cut[last % 360], to = cut[i % 360];
        for (int k = last + 1; k < i; k++)
            cut[k % 360] = from + (to - from) * (float)(k - last) / (float)(i - last);
        last = i;
    }
    return true;
}

/* Degrees from the peak to where half of the power is lost, one way; NAN: nowhere. */
static double half_width_deg(const float *cut, int peak, int way)
{
    for (int k = 1; k < 180; k++) {
        float now = cut[(peak + way * k + 360) % 360] - cut[peak];
        float before = cut[(peak + way * (k - 1) + 360) % 360] - cut[peak];
        if (now >= 3)
            return k - 1 + (3 - before) / (now - before);
    }
    return NAN;
}

static double cut_width_deg(const float *cut)
{
    int peak = 0;
    for (int i = 1; i < 360; i++)
        if (cut[i] < cut[peak])
            peak = i;
    return half_width_deg(cut, peak, 1) + half_width_deg(cut, peak, -1);
}

/* Only a regular file: a pipe would wait for ever. */
static FILE *open_regular(const char *path)
{
    struct stat is;
    if (stat(path, &is) != 0)
        return NULL;
    if (S_ISREG(is.st_mode))
        return fopen(path, "r");
    errno = EINVAL;
    return NULL;
}

enum status antenna_read_msi(const char *path, struct antenna_pattern *out, struct error *error)
{
    *out =
        (struct antenna_pattern){.gain_dbi = NAN, .frequency_mhz = NAN, .elec_tilt_deg = NAN};
    FILE *file = open_regular(path);
    if (!file)
        return error_set(error, STATUS_IO, "%s cannot be opened: %s", path, strerror(errno));
    struct msi msi = {.path = path, .out = out};
    char text[512];
    enum status status = STATUS_OK;
    while (status == STATUS_OK && msi.line < 10000 && fgets(text, sizeof text, file)) {
        msi.line++;
        status = msi_line(&msi, text, error);
    }
    fclose(file);
    if (status == STATUS_OK && (!msi.horizontal || !cut_fill(out->horizontal_db)))
        status = error_set(error, STATUS_FORMAT, "%s has no HORIZONTAL pattern", path);
    if (status == STATUS_OK && (!msi.vertical || !cut_fill(out->vertical_db)))
        status = error_set(error, STATUS_FORMAT, "%s has no VERTICAL pattern", path);
    if (status == STATUS_OK) {
        out->hbw_deg = cut_width_deg(out->horizontal_db);
        out->vbw_deg = cut_width_deg(out->vertical_db);
    }
    return status;
}
