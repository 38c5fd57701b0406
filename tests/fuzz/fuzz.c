#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char folder[64];

void fuzz_check(bool holds)
{
    if (!holds)
        abort();
}

char *fuzz_text(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    fuzz_check(text != NULL);
    if (length)
        memcpy(text, bytes, length);
    text[length] = '\0';
    return text;
}

int fuzz_file(const uint8_t *bytes, size_t length, char path[64])
{
    int file = memfd_create("fuzz", 0);
    fuzz_check(file >= 0 && write(file, bytes, length) == (ssize_t)length);
    snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

void fuzz_empty(void)
{
    DIR *directory = opendir(fuzz_folder());
    fuzz_check(directory != NULL);
    for (struct dirent *entry; (entry = readdir(directory));)
        unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
    if (folder[0])
        return folder;
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/covtriage-fuzz-XXXXXX", memory);
    fuzz_check(mkdtemp(folder) != NULL);
    atexit(remove_folder);
    return folder;
}

const char *fuzz_put(const char *name, const void *bytes, size_t length)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    if (!bytes) {
        unlink(path);
        return path;
    }
    FILE *file = fopen(path, "wb");
    fuzz_check(file && fwrite(bytes, 1, length, file) == length);
    fclose(file);
    return path;
}

uint64_t fuzz_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
