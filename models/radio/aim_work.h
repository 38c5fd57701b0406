/* aim_work.h - a mast's joint fit in progress: shared by aim_fit and aim_search, not for
 * others. */
#ifndef COVTRIAGE_RADIO_AIM_WORK_H
#define COVTRIAGE_RADIO_AIM_WORK_H

#include "models/radio/aim_inner.h"

/* A fit in progress. */
struct aim_work {
    const struct aim_view *view;
    float **rows; /* [cell]: of the tilt in force; a row of power and pattern, dB, a place */
    float **kept; /* [cell * AIM_TILTS + tilt]: rows made before, or NULL */
    bool keeps;
    struct arena *arena;
    float *now;   /* [place * cells + cell]: of the azimuths in force */
    float *trust; /* [place * cells + cell]: inverse variance of the level there, 0: unseen */
    struct aim_lobe *lobes; /* [cell * AIM_TILTS + tilt] */
    int *step, *tilt;       /* in force */
    float *offset;          /* dB, added to gain */
    float outlier, absent_db, absent_limit, absent_weight;
};

/** Put a tilt or an azimuth, each by its number, in force. */
void aim_work_set_tilt(struct aim_work *work, uint32_t cell, int tilt);
void aim_work_set_azimuth(struct aim_work *work, uint32_t cell, int step);

/** The table's azimuth, degrees; NAN: not given. */
double aim_work_table_deg(const struct aim_view *view, uint32_t cell);

/** What the mast costs as it stands: -2 times its log likelihood and prior. */
float aim_work_cost(const struct aim_work *work);

/** Better each cell's azimuth, or its tilt too, in turn until none moves. */
void aim_work_descend(struct aim_work *work);
void aim_work_descend_tilts(struct aim_work *work);

/** Does the mast stand as its table says, so that no other arrangement need be tried? */
bool aim_work_as_table(const struct aim_work *work);

/** Put in force what fits best of all starts; what it needs comes from `arena`. */
void aim_work_search(struct aim_work *work, struct arena *arena);

#endif
