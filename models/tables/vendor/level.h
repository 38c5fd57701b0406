/* level.h - reported levels: codes to dBm, and what a phone cannot have measured. */
#ifndef COVTRIAGE_VENDOR_LEVEL_H
#define COVTRIAGE_VENDOR_LEVEL_H

#include "models/tables/record.h"

/** RSRP of a report code 0..97, dBm: the lower bound of its step, n - 141 (0: below -140).
 * NAN outside. Source: 3GPP TS 36.133 table 9.1.4-1. */
double level_of_rsrp_code(int code);

/** RSRQ of a report code 0..34, dB: the lower bound of its step, n / 2 - 20. NAN outside.
 * Source: 3GPP TS 36.133 table 9.1.7-1. */
double level_of_rsrq_code(int code);

/**
 * NULL when `level_dbm` can be a level of that technology, else why it cannot: outside the
 * range that can be reported, or the value that Android gives for "unknown". RAT_UNKNOWN takes
 * the widest range.
 * Source: RSRP -140..-44 TS 36.133 9.1.4; SS-RSRP -156..-31 TS 38.133 10.1.6; RSCP -120..-25
 * TS 25.133 9.1.1.3; RxLev -110..-47 TS 45.008 8.1.4; Android gives ASU 0 as -113 dBm for GSM
 * and UMTS (TS 27.007 8.5 +CSQ: 0 is "-113 dBm or less").
 */
const char *level_nonsense(enum rat rat, double level_dbm);

/** A whole text as a number. false: it is none (empty, NIL, "-", text). */
bool level_parse(const char *text, double *value);

/** As level_parse for a whole number 0..10^15. */
bool level_parse_count(const char *text, uint64_t *value);

#endif
