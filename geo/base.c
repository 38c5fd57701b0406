#include "geo/base.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

void error_record(struct error *error, enum status status, const char *format, ...)
{
    if (error && error->status == STATUS_OK) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        error->status = status;
    }
}

/* ---- memory ------------------------------------------------------------------------- */

/* At once: what runs at a normal end may want memory too, and other threads are at work. */
void base_out_of_memory(size_t bytes)
{
    dprintf(STDERR_FILENO, "covtriage: out of memory (%zu bytes wanted)\n", bytes);
    _exit(EXIT_FAILURE);
}

void *base_alloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        base_out_of_memory(count * size);
    return p;
}

void *base_grow(void *items, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return items;
    size_t want = BASE_MAX(*capacity, 8);
    while (want < need) {
        if (want > SIZE_MAX / 2 / size)
            base_out_of_memory(SIZE_MAX);
        want *= 2;
    }
    char *grown = realloc(items, want * size);
    if (!grown)
        base_out_of_memory(want * size);
    memset(grown + *capacity * size, 0, (want - *capacity) * size);
    *capacity = want;
    return grown;
}

char *base_text(const char *text)
{
    return base_text_n(text, strlen(text));
}

char *base_text_n(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = base_alloc(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *base_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        base_out_of_memory(strlen(format));
    return text;
}

void base_sort(void *items, size_t count, size_t size,
               int (*compare)(const void *, const void *))
{
    if (count)
        qsort(items, count, size, compare);
}

enum { ARENA_BLOCK = 1 << 16, ARENA_ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    _Alignas(ARENA_ALIGN) char bytes[];
};

struct arena {
    struct arena_block *head; /* the block in use; older ones follow */
    struct arena_block *spare;
    size_t bytes;
};

struct arena *arena_new(void)
{
    return base_alloc(1, sizeof(struct arena));
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->head);
    free_blocks(arena->spare);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    while (arena->head) {
        struct arena_block *block = arena->head;
        arena->head = block->next;
        block->used = 0;
        block->next = arena->spare;
        arena->spare = block;
    }
}

static struct arena_block *arena_block_for(struct arena *arena, size_t size)
{
    for (struct arena_block **p = &arena->spare; *p; p = &(*p)->next)
        if ((*p)->size >= size) {
            struct arena_block *block = *p;
            *p = block->next;
            return block;
        }
    /* Blocks grow with the arena, so that big worlds take few of them. */
    size_t want = BASE_MAX(size, BASE_MIN(BASE_MAX(arena->bytes, ARENA_BLOCK), 64u << 20));
    struct arena_block *block = malloc(sizeof *block + want);
    if (!block)
        base_out_of_memory(want);
    block->size = want;
    block->used = 0;
    arena->bytes += want;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t need = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (need < size)
        base_out_of_memory(size);
    if (!arena->head || arena->head->size - arena->head->used < need) {
        struct arena_block *block = arena_block_for(arena, need);
        block->next = arena->head;
        arena->head = block;
    }
    void *p = arena->head->bytes + arena->head->used;
    arena->head->used += need;
    return memset(p, 0, need);
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, (size_t)BASE_MAX(length, 0) + 1);
    vsnprintf(text, (size_t)BASE_MAX(length, 0) + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->bytes;
}

/* ---- strings ------------------------------------------------------------------------ */

bool text_empty(const char *text)
{
    return !text || !*text;
}

bool text_equal(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool text_equal_fold(const char *a, const char *b)
{
    return strcasecmp(a ? a : "", b ? b : "") == 0;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);
    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

size_t text_likeness(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), limit = BASE_MIN(n, m), head = 0, tail = 0;
    while (head < limit && a[head] == b[head])
        head++;
    while (tail < limit - head && a[n - 1 - tail] == b[m - 1 - tail])
        tail++;
    return head + tail;
}

void buffer_append(struct buffer *buffer, const char *bytes, size_t length)
{
    buffer->bytes = base_grow(buffer->bytes, &buffer->capacity, buffer->length + length + 1, 1);
    if (length)
        memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0) {
        size_t need = buffer->length + (size_t)length + 1;
        buffer->bytes = base_grow(buffer->bytes, &buffer->capacity, need, 1);
        vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    if (buffer->bytes)
        buffer->bytes[0] = '\0';
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

/* ---- hashing ------------------------------------------------------------------------ */

uint64_t hash_mix(uint64_t value)
{
    value ^= value >> 30;
    value *= 0xbf58476d1ce4e5b9u;
    value ^= value >> 27;
    value *= 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

uint64_t hash_bytes(const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u;
    return hash_mix(hash);
}

struct textmap_slot {
    const char *key;
    uint64_t hash;
    uint32_t value;
};

static struct textmap_slot *textmap_find(const struct textmap *map, const char *key,
                                         uint64_t hash)
{
    size_t mask = map->capacity - 1, i = hash & mask;
    while (map->slots[i].key &&
           (map->slots[i].hash != hash || strcmp(map->slots[i].key, key) != 0))
        i = (i + 1) & mask;
    return &map->slots[i];
}

uint32_t textmap_get(const struct textmap *map, const char *key)
{
    if (!map->count)
        return TEXTMAP_NONE;
    const struct textmap_slot *slot = textmap_find(map, key, hash_bytes(key, strlen(key)));
    return slot->key ? slot->value : TEXTMAP_NONE;
}

static void textmap_double(struct textmap *map)
{
    struct textmap bigger = {.count = map->count, .capacity = BASE_MAX(map->capacity * 2, 16)};
    bigger.slots = base_alloc(bigger.capacity, sizeof *bigger.slots);
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].key)
            *textmap_find(&bigger, map->slots[i].key, map->slots[i].hash) = map->slots[i];
    free(map->slots);
    *map = bigger;
}

uint32_t textmap_put(struct textmap *map, const char *key, uint32_t value)
{
    if ((map->count + 1) * 4 > map->capacity * 3)
        textmap_double(map);
    uint64_t hash = hash_bytes(key, strlen(key));
    struct textmap_slot *slot = textmap_find(map, key, hash);
    if (!slot->key) {
        *slot = (struct textmap_slot){key, hash, value};
        map->count++;
    }
    return slot->value;
}

void textmap_free(struct textmap *map)
{
    free(map->slots);
    *map = (struct textmap){0};
}

/* ---- random ------------------------------------------------------------------------- */

void rng_seed(struct rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        rng->state[i] = hash_mix(seed += 0x9e3779b97f4a7c15u);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->state, result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rng_uniform(struct rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *rng)
{
    double u = 1.0 - rng_uniform(rng), v = rng_uniform(rng);
    return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}
