/* channel.h - radio channel numbers and band names as frequencies. */
#ifndef COVTRIAGE_CHANNEL_H
#define COVTRIAGE_CHANNEL_H

#include "models/tables/record.h"

/**
 * The downlink carrier frequency in MHz of a channel number: EARFCN, NR-ARFCN, UARFCN (general
 * ones) or GSM ARFCN as `rat` says; NAN for a number that no band has. GSM 512..810 is DCS
 * 1800. Source: 3GPP TS 36.101 table 5.7.3-1, TS 38.104 5.4.2.1, TS 25.101 tables 5.1 and 5.1a,
 * TS 45.005 clause 2.
 */
double channel_mhz(enum rat rat, double number);

/** The E-UTRA band of an EARFCN, 0 when no band has it. Source: TS 36.101 table 5.7.3-1. */
int channel_lte_band(double number);

/**
 * The middle of the downlink of a band as people write it: "B3", "Band 41", "3", "n78", "2.1G",
 * "1800MHz", "GSM900", "F频段"; NAN when it is not understood. Good to a few per cent, enough
 * for propagation. Source: TS 36.101 table 5.5-1, TS 38.104 table 5.2-1; the letters A, D, E, F
 * are China's names of bands 34, 41, 40 and 39.
 */
double channel_band_mhz(const char *band);

#endif
