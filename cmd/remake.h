/* remake.h - products made again from the store of an earlier run. */
#ifndef COVTRIAGE_REMAKE_H
#define COVTRIAGE_REMAKE_H

#include "cmd/command.h"
#include "cmd/out/products.h"

/**
 * Read operand 1 (an OUT folder), make the products that `which` asks for, and put them in
 * place of the old ones (outdir_add), in OUT or in --output. Language: --lang, else the run's.
 * What crews typed into the worklist is kept. Returns the exit code.
 */
int remake(const struct options *options, const struct products_options *which);

#endif
