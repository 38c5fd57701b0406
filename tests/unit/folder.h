/* folder.h - a folder of the test's own, and files in it. */
#ifndef COVTRIAGE_TESTS_FOLDER_H
#define COVTRIAGE_TESTS_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[64];

/* cmocka's fixtures of a test or a group. */
static inline int folder_setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/covtriage-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_teardown(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* "FOLDER/name", in one of four buffers in turn. */
static inline const char *in_folder(const char *name)
{
    static char paths[4][192];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline const char *write_bytes(const char *name, const void *bytes, size_t length)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *write_file(const char *name, const char *text)
{
    return write_bytes(name, text, strlen(text));
}

#endif
