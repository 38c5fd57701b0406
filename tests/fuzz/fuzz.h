/* fuzz.h - what the fuzz targets share: inputs as files, a way to fail. */
#ifndef COVTRIAGE_FUZZ_H
#define COVTRIAGE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** libFuzzer's entry. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/** Ends the run as a finding when what must hold does not. */
void fuzz_check(bool holds);

/** A NUL-terminated copy; free it. */
char *fuzz_text(const uint8_t *bytes, size_t length);

/** A memory file with these bytes and its path under /proc; close the descriptor. */
int fuzz_file(const uint8_t *bytes, size_t length, char path[64]);

/** A folder in memory (/dev/shm, else /tmp) that is this process's own; removed at its end. */
const char *fuzz_folder(void);

/** Write (or with NULL bytes remove) fuzz_folder()/name; the path is static. */
const char *fuzz_put(const char *name, const void *bytes, size_t length);

/** Remove the files (not the folders) that are in fuzz_folder(). */
void fuzz_empty(void);

/** Deterministic numbers, for mutators. */
uint64_t fuzz_random(uint64_t *state);

#endif
