/* memory.h - how much memory a command may hold, and how much it does. */
#ifndef COVTRIAGE_MEMORY_H
#define COVTRIAGE_MEMORY_H

#include "geo/base.h"

/** "500M", "8G" as bytes; at least 16M, at most 1e15. false: it is no such size. */
bool memory_parse(const char *text, uint64_t *bytes);

/** The machine's memory; 4 GB when it does not say. */
uint64_t memory_of_machine(void);

/** Memory of this process that is not on disk; 0 when the system does not say. */
uint64_t memory_held(void);

/** A bound that a run asks after its stages. */
struct memory_bound {
    uint64_t bytes;
    bool passed; /**< it was, at some time */
};

/** Is more held than the bound allows? Remembers it. From one thread. */
bool memory_passes(struct memory_bound *bound);

/** The sentence of a run that passed its bound, as STATUS_RANGE. */
enum status memory_fail(const struct memory_bound *bound, const char *stage,
                        struct error *error);

#endif
