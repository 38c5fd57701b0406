/* calibrate.h - a few weights of the classifier fitted to tickets whose cause is known: the
 * five priors, the sharpness, the weight of words. */
#ifndef COVTRIAGE_CALIBRATE_H
#define COVTRIAGE_CALIBRATE_H

#include "models/verdict/classify.h"

enum { CALIBRATE_FOLDS = 5 };

/** A closed ticket: what its probabilities are made of, and what it turned out to be. */
struct calibrate_case {
    struct verdict_terms terms;
    enum verdict_kind truth;
    unsigned fold; /**< 0 .. CALIBRATE_FOLDS - 1: in which part it is held out */
};

/**
 * Fit the weights by maximum likelihood, multinomial logistic regression by Newton's method,
 * with a ridge towards the rules as they are that weighs as much as calibrate_ridge tickets.
 * Cases of the fold `held_out` are left out (-1: none). The seven rules of *rules are replaced,
 * kept within their ranges. Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical
 * Learning", 2nd ed., 4.4.
 */
void calibrate_fit(const struct calibrate_case *cases, size_t count, int held_out,
                   struct rules *rules);

/** How good probabilities and verdicts are. */
struct calibrate_marks {
    size_t cases;
    double macro_f1; /**< over the verdicts that occur */
    double log_loss; /**< mean, natural log */
    double ece;      /**< expected calibration error of the confidence, ten bins */
};

/** Marks of all cases under one set of rules. */
struct calibrate_marks calibrate_mark(const struct calibrate_case *cases, size_t count,
                                      const struct rules *rules);

/** Marks of all cases, each under rules fitted without its fold. */
struct calibrate_marks calibrate_cross(const struct calibrate_case *cases, size_t count,
                                       const struct rules *rules);

/** The rules that calibrate_fit sets; `count` of them. */
extern const enum rule_id calibrate_rules[];
enum { CALIBRATE_RULES = 7 };

#endif
