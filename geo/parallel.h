/* parallel.h - the same work on every item, shared among threads. The result does not depend on
 * the number of threads when `work` writes only what belongs to its own items. */
#ifndef COVTRIAGE_PARALLEL_H
#define COVTRIAGE_PARALLEL_H

#include <stddef.h>

/** Items first..end-1 are to be done. */
typedef void (*parallel_work)(void *context, size_t first, size_t end);

/** Do `count` items in pieces of `piece` (1..) by `threads` (1..) threads; returns when done.
 */
void parallel_for(int threads, size_t count, size_t piece, parallel_work work, void *context);

#endif
