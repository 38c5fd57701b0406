/* antenna.h - how much an antenna gives in a direction: the 3GPP sector pattern, and measured
 * patterns from MSI/Planet files. Mechanical tilt turns the antenna's frame; electrical tilt
 * moves the vertical lobe within it, the same at every azimuth. */
#ifndef COVTRIAGE_RADIO_ANTENNA_H
#define COVTRIAGE_RADIO_ANTENNA_H

#include <stdbool.h>

#include "geo/base.h"

/** A measured pattern: losses below the peak, dB, at whole degrees. */
struct antenna_pattern {
    char name[128];           /**< "" when the file has none */
    const char *path;         /**< the file, as who read it keeps it; NULL: not kept */
    double gain_dbi;          /**< NAN when the file has none */
    double frequency_mhz;     /**< NAN when the file has none */
    double elec_tilt_deg;     /**< the tilt within the pattern; NAN when the file has none */
    double hbw_deg, vbw_deg;  /**< half-power beamwidths of the cuts; NAN: no lobe (omni) */
    float horizontal_db[360]; /**< by degrees clockwise from the boresight */
    float vertical_db[360];   /**< by degrees downward from the boresight's horizon */
};

/** An antenna. Plain data; `pattern` is borrowed and NULL for the 3GPP pattern. */
struct antenna {
    double gain_dbi;         /**< peak gain */
    double hbw_deg, vbw_deg; /**< half-power beamwidths; NAN: no shape in that cut (omni) */
    double front_back_db;    /**< the most that azimuth and both cuts together take away */
    double side_lobe_db;     /**< the most that the vertical cut takes away */
    const struct antenna_pattern *pattern;
};

/** Where it points: degrees clockwise from north, downtilts positive downward. */
struct antenna_aim {
    double azimuth_deg; /**< NAN: omni, the horizontal cut takes nothing away */
    double mech_tilt_deg, elec_tilt_deg;
};

/**
 * The 3GPP macro antenna: hbw 65 degrees, vbw 10, front-to-back 25 dB, side lobes 20 dB, 17
 * dBi. Source: 3GPP TR 36.814 v9.2.0 table A.2.1.1-2 (hbw 70 there; 65 and the gain by
 * TR 38.901).
 */
struct antenna antenna_default(void);

/**
 * Loss below the peak, dB (0 ..), towards `bearing_deg` (clockwise from north) and
 * `elevation_deg` (positive above the horizon).
 * Source: 3GPP TR 36.814 v9.2.0 table A.2.1.1-2: A_H = -min(12 (phi/hbw)^2, A_m), A_V =
 * -min(12 ((theta - tilt)/vbw)^2, SLA_v), A = -min(-(A_H + A_V), A_m), in the frame of the
 * antenna; the frame's turn by mechanical tilt by TR 38.901 clause 7.1.3. Measured cuts are
 * joined by horizontal projection interpolation (T. G. Vasiliadis et al., IEEE Trans. Antennas
 * Propag. 53(7), 2005).
 */
double antenna_loss_db(const struct antenna *antenna, const struct antenna_aim *aim,
                       double bearing_deg, double elevation_deg);

/** A direction in the frame of the antenna: 0, 0 is along the boresight. */
struct antenna_direction {
    double azimuth_deg;  /**< clockwise, (-180, 180] */
    double downward_deg; /**< below the boresight's horizon */
};

/** The two steps of antenna_loss_db(), for who asks about one direction under many electrical
 * tilts: the frame turns with the azimuth and the mechanical tilt only. */
struct antenna_direction antenna_direction(const struct antenna_aim *aim, double bearing_deg,
                                           double elevation_deg);
double antenna_loss_towards_db(const struct antenna *antenna, struct antenna_direction to,
                               double elec_tilt_deg);

/** Peak gain less antenna_loss_db(), dBi. */
double antenna_gain_dbi(const struct antenna *antenna, const struct antenna_aim *aim,
                        double bearing_deg, double elevation_deg);

/**
 * Read an MSI/Planet pattern file: NAME (may be missing), GAIN in dBd or dBi (dBd when no unit
 * is given), FREQUENCY, ELECTRICAL_TILT, HORIZONTAL and VERTICAL blocks; keywords in any case,
 * rows in any order, gaps interpolated. Errors: STATUS_IO (also for what is no regular file),
 * STATUS_FORMAT with the line.
 */
enum status antenna_read_msi(const char *path, struct antenna_pattern *out,
                             struct error *error);

#endif
