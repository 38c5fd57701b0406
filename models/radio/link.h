/* link.h - a cell and a place: geometry, the antenna's share, the nominal level. */
#ifndef COVTRIAGE_RADIO_LINK_H
#define COVTRIAGE_RADIO_LINK_H

#include "geo/point.h"
#include "models/radio/antenna.h"
#include "models/radio/p1812.h"
#include "models/tables/record.h"

/** How a place is seen from an antenna. */
struct link {
    double distance_m;    /**< along the ground */
    double bearing_deg;   /**< clockwise from grid north */
    double elevation_deg; /**< towards the terminal, negative below the horizon */
};

/** Height of a terminal above ground, m. Source: 3GPP TR 38.901 table 7.2-1. */
#define LINK_MOBILE_HEIGHT_M 1.5

/**
 * From an antenna `above_m` over the terminal's antenna, both in one plane. Effective earth
 * radius 8500 km bends the horizon down. Source: ITU-R P.452-16 clause 4, k = 4/3.
 */
struct link link_between(struct xy antenna, struct xy place, double above_m);

/** The cell's antenna: its own gain, hbw, vbw; what is absent is its measured pattern's, where
 * the table names one, else the 3GPP macro's. Indoor cells and those without azimuth have no
 * lobe. The pattern is borrowed from the cell. */
struct antenna link_antenna(const struct cell *cell);

/** Where the cell's table says that it points; absent tilts are 0, an electrical one that of
 * the measured pattern. */
struct antenna_aim link_aim(const struct cell *cell);

/** The cell's height over ground, m: the table's, else 30 m (rural 35 m by TR 38.901 RMa, urban
 * 25 m by UMa). */
double link_height_m(const struct cell *cell);

/** The carrier of the cell, MHz: as the table has it, else a usual one of the
 * technology (GSM 945, UMTS 2140, LTE 1850, NR 3500). */
double link_frequency_mhz(const struct cell *cell);

/** Reference-signal or carrier power at the antenna's connector, dBm: the table's, else a usual
 * one of the technology (GSM 43, UMTS 33, LTE 15.2, NR 17). */
double link_power_dbm(const struct cell *cell);

struct terrain; /* geo/terrain.h */

/** What lies between two antennas. Borrowed. */
struct link_ground {
    const struct terrain *terrain; /**< heights above sea */
    const struct terrain *clutter; /**< heights of buildings and trees over it, or NULL */
    double dn, n0;                 /**< climate, see P1812_DN and P1812_N0 */
    double latitude_deg;
};

/** From an antenna to another in the plane of the terrain; heights above ground. */
struct link_path {
    struct xy from, to;
    double from_m, to_m;
    double frequency_mhz;
};

/**
 * ITU-R P.1812-6 for half of the time and of the places, over a profile of the terrain and the
 * clutter at even steps of about 90 m, 8 to 64 of them. Flags as p1812_loss.
 */
struct p1812_result link_p1812(const struct link_ground *ground, const struct link_path *path);

/**
 * What hills and clutter add to free space, dB, at least 0: P.1812 where it is valid, nearer
 * and at other frequencies its Bullington construction alone.
 * Source: ITU-R P.1812-6 clause 4.3.1, equation (21).
 */
double link_hill_db(const struct link_ground *ground, const struct link_path *path);

#endif
