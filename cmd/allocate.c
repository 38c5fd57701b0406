/* Memory that a library asks for and does not get ends the run with the sentence that ends it
 * when we get none: GDAL, SQLite, json-c, libpng and others else leave out a layer, an overlay
 * or a sheet without a word. These are malloc and its like for the whole process.
 *
 * What is large may be a file's doing (a raster that claims to be a terabyte): there the
 * library's own answer names the file, so it gets its NULL. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHERS_ALLOCATE
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define OTHERS_ALLOCATE
#endif

#ifndef OTHERS_ALLOCATE

static const size_t LARGE = (size_t)64 << 20;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *bytes, size_t size);

/* Who answered without us: a preloaded library or libc. */
static struct {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *bytes, size_t size);
} next = {__libc_malloc, __libc_calloc, __libc_realloc};

__attribute__((constructor)) static void find_next(void)
{
    void *found[] = {dlsym(RTLD_NEXT, "malloc"), dlsym(RTLD_NEXT, "calloc"),
                     dlsym(RTLD_NEXT, "realloc")};
    if (!found[0] || !found[1] || !found[2])
        return;
    memcpy(&next, found, sizeof next);
}

void *malloc(size_t size)
{
    void *bytes = next.malloc(size);
    if (!bytes && size < LARGE)
        base_out_of_memory(size);
    return bytes;
}

void *calloc(size_t count, size_t size)
{
    void *bytes = next.calloc(count, size);
    if (!bytes && count < LARGE && count * size < LARGE && size < LARGE)
        base_out_of_memory(count * size);
    return bytes;
}

void *realloc(void *old, size_t size)
{
    void *bytes = next.realloc(old, size);
    if (!bytes && size && size < LARGE)
        base_out_of_memory(size);
    return bytes;
}

#endif
