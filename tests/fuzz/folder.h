/* folder.h - a case folder as one text, and changes to it that know its tables.
 *
 *   == cells.csv
 *   site_id,cell_id,...
 *   == complaints.csv
 */
#ifndef COVTRIAGE_FUZZ_FOLDER_H
#define COVTRIAGE_FUZZ_FOLDER_H

#include <stddef.h>
#include <stdint.h>

/** Write the files of the text into fuzz_folder(); names with a slash or a leading dot are left
 * out. */
void folder_write(const uint8_t *bytes, size_t length);

/**
 * Change the text in place, at most `limit` bytes long: one to four changes of cells, rows,
 * columns, files or encodings, or libFuzzer's own of one cell. Returns the new length.
 */
size_t folder_mutate(uint8_t *bytes, size_t length, size_t limit, unsigned seed);

#endif
