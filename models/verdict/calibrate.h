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
 * with a ridge towards the rules as they are that weighs as much as `ridge` tickets (> 0).
 * Cases of the fold `held_out` are left out (-1: none). The seven rules of *rules are replaced,
 * kept within their ranges. Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical
 * Learning", 2nd ed., 4.4.
 */
void calibrate_fit(const struct calibrate_case *cases, size_t count, int held_out, double ridge,
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

/** Whether closed tickets are enough to do better than the rules as they are. */
struct calibrate_choice {
    double ridge;                 /**< how strongly the weights are held, in tickets */
    struct calibrate_marks cross; /**< of all cases, each under rules fitted without its fold */
    double gain, gain_se; /**< of the log loss by that, mean and standard error over cases */
    bool better;          /**< the gain is sure enough: *rules were replaced */
};

/**
 * Fit with the strongest ridge whose cross-validated log loss is within a standard error of the
 * best one's, of calibrate_ridge times 1 .. 1000; the rules stay as they are unless that loss
 * is better than theirs by more than calibrate_sure standard errors. Source: Hastie,
 * Tibshirani, Friedman, 7.10, the one-standard-error rule; differences are taken case by case.
 */
struct calibrate_choice calibrate_choose(const struct calibrate_case *cases, size_t count,
                                         struct rules *rules);

/** The rules that calibrate_fit sets; `count` of them. */
extern const enum rule_id calibrate_rules[];
enum { CALIBRATE_RULES = 7 };

#endif
