/* A library to preload: it counts what a program does to regular files, or asks of the memory,
 * and makes the n-th such call go wrong. Told by the environment:
 * - FAULT_AT=n: the call that goes wrong (0: none, only count)
 * - FAULT_HOW=eio: it fails with EIO
 * - FAULT_HOW=full: it and all later ones that need room fail with ENOSPC
 * - FAULT_HOW=kill: the process is killed before it
 * - FAULT_HOW=memory: counted are malloc, calloc, realloc of the program and of every library;
 *   it gets none
 * - FAULT_HOW=read: counted are reads of files below FAULT_UNDER; it fails with EIO
 * - FAULT_HOW=rows: counted are the rows that GDAL reads; there the layer seems to end
 * - FAULT_HOW=intr: it is interrupted (EINTR)
 * - FAULT_HOW=short: it and all later ones give a part of what was asked
 * - FAULT_HOW=grow: before it the file becomes longer
 * - FAULT_HOW=cut: before it the file becomes half as long
 * - FAULT_CLOCK=s: the wall clock stands so many seconds ahead; under FAULT_HOW=clock from the
 *   n-th question on
 * - FAULT_NO_EXCHANGE=1: two names cannot be exchanged
 * - FAULT_TALLY=f: the number of calls is written to f at the end */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;
static long fault_at;
static enum {
    HOW_EIO,
    HOW_FULL,
    HOW_KILL,
    HOW_MEMORY,
    HOW_READ,
    HOW_INTR,
    HOW_SHORT,
    HOW_GROW,
    HOW_CUT,
    HOW_CLOCK,
    HOW_ROWS
} fault_how;
static const char *const hows[] = {"eio",   "full", "kill", "memory", "read", "intr",
                                   "short", "grow", "cut",  "clock",  "rows"};
static const char *fault_under;
static long clock_ahead_s;

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void shim_start(void)
{
    const char *at = getenv("FAULT_AT"), *how = getenv("FAULT_HOW");
    const char *ahead = getenv("FAULT_CLOCK");
    for (size_t i = 0; how && i < sizeof hows / sizeof *hows; i++)
        if (strcmp(how, hows[i]) == 0)
            fault_how = i;
    fault_under = getenv("FAULT_UNDER");
    clock_ahead_s = ahead ? atol(ahead) : 0;
    fault_at = at ? atol(at) : 0;
}

__attribute__((destructor)) static void shim_end(void)
{
    const char *tally = getenv("FAULT_TALLY");
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
    int file =
        tally ? (int)syscall(SYS_openat, AT_FDCWD, tally, O_WRONLY | O_CREAT | O_TRUNC, 0666)
              : -1;
    if (file >= 0)
        syscall(SYS_write, file, text, (size_t)length);
}

/* Does this call that changes files fail? It takes room on the disk or not. */
static int fails(int takes_room)
{
    if (fault_how > HOW_KILL)
        return 0;
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (!fault_at || n < fault_at || (n > fault_at && (fault_how != HOW_FULL || !takes_room)))
        return 0;
    if (fault_how == HOW_KILL)
        kill(getpid(), SIGKILL);
    errno = fault_how == HOW_FULL ? ENOSPC : EIO;
    return 1;
}

/* ---- memory ------------------------------------------------------------------------------ */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *bytes, size_t size);

/* Does this question for memory get none? */
static int starves(void)
{
    if (fault_how != HOW_MEMORY || atomic_fetch_add(&calls, 1) + 1 != fault_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return starves() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return starves() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *bytes, size_t size)
{
    return starves() ? NULL : __libc_realloc(bytes, size);
}

/* ---- reading ----------------------------------------------------------------------------- */

/* The file grows by a row like others, or loses its half. */
static void meddle(const char *path)
{
    struct stat info;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_APPEND);
    if (file >= 0 && fstat(file, &info) == 0 && fault_how == HOW_CUT)
        syscall(SYS_ftruncate, file, info.st_size / 2);
    else if (file >= 0)
        syscall(SYS_write, file, "\n", 1);
    if (file >= 0)
        close(file);
}

/* What becomes of a read of `size` bytes: -1 it fails (errno says why), else the bytes to read.
 */
static ssize_t read_fate(int file, size_t size)
{
    char link[32], path[4096];
    int kept = errno;
    if (fault_how < HOW_READ || fault_how > HOW_CUT || !fault_under)
        return (ssize_t)size;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length <= 0 || strncmp(path, fault_under, strlen(fault_under)) != 0)
        return (ssize_t)size;
    path[length] = '\0';
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (!fault_at || n < fault_at || (n > fault_at && fault_how != HOW_SHORT))
        return (ssize_t)size;
    if (fault_how == HOW_SHORT)
        return size > 7 ? 7 + (ssize_t)(size - 7) / 3 : (ssize_t)size;
    if (fault_how == HOW_READ || fault_how == HOW_INTR) {
        errno = fault_how == HOW_READ ? EIO : EINTR;
        return -1;
    }
    meddle(path);
    return (ssize_t)size;
}

ssize_t read(int file, void *bytes, size_t size)
{
    ssize_t left = read_fate(file, size);
    return left < 0 ? -1 : REAL(read)(file, bytes, (size_t)left);
}

ssize_t pread(int file, void *bytes, size_t size, off_t at)
{
    ssize_t left = read_fate(file, size);
    return left < 0 ? -1 : REAL(pread)(file, bytes, (size_t)left, at);
}

ssize_t pread64(int file, void *bytes, size_t size, off64_t at)
{
    ssize_t left = read_fate(file, size);
    return left < 0 ? -1 : REAL(pread64)(file, bytes, (size_t)left, at);
}

/* A stream goes on after a short read, so that only failures show. */
size_t fread(void *bytes, size_t size, size_t count, FILE *stream)
{
    if (fileno(stream) >= 0 && read_fate(fileno(stream), 1) < 0) {
        stream->_flags |= 0x20; /* glibc's mark of a failed stream, for ferror() */
        return 0;
    }
    return REAL(fread)(bytes, size, count, stream);
}

/* GDAL's reader of rows, which tells the end and some failures by the same NULL. */
void *OGR_L_GetNextFeature(void *layer);
void *OGR_L_GetNextFeature(void *layer)
{
    if (fault_how == HOW_ROWS && atomic_fetch_add(&calls, 1) + 1 == fault_at)
        return NULL;
    return REAL(OGR_L_GetNextFeature)(layer);
}

/* ---- the clock --------------------------------------------------------------------------- */

static long ahead_s(void)
{
    if (fault_how != HOW_CLOCK)
        return clock_ahead_s;
    return atomic_fetch_add(&calls, 1) + 1 >= fault_at ? clock_ahead_s : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed = (int)syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += ahead_s();
    return failed;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *out, void *zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

/* ---- writing ----------------------------------------------------------------------------- */

/* A regular file that is written, on a disk: memory does not fail now and then. */
static int is_data(int file)
{
    struct stat info;
    char link[32], name[16] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (readlink(link, name, sizeof name - 1) > 0 && strncmp(name, "/dev/shm/", 9) == 0)
        return 0;
    return fstat(file, &info) == 0 && S_ISREG(info.st_mode) &&
           (fcntl(file, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

static int is_data_stream(FILE *stream)
{
    int kept = errno, data = fileno(stream) >= 0 && is_data(fileno(stream));
    errno = kept;
    return data;
}

#define OPENING(name)                                                                          \
    int name(const char *path, int flags, ...)                                                 \
    {                                                                                          \
        va_list args;                                                                          \
        va_start(args, flags);                                                                 \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;                \
        va_end(args);                                                                          \
        if ((flags & O_ACCMODE) != O_RDONLY && strncmp(path, "/dev/", 5) && fails(1))          \
            return -1;                                                                         \
        return REAL(name)(path, flags, mode);                                                  \
    }
OPENING(open)
OPENING(open64)

#define STREAM_OPENING(name)                                                                   \
    FILE *name(const char *path, const char *mode)                                             \
    {                                                                                          \
        if (strpbrk(mode, "wa+") && strncmp(path, "/dev/", 5) && fails(1))                     \
            return NULL;                                                                       \
        return REAL(name)(path, mode);                                                         \
    }
STREAM_OPENING(fopen)
STREAM_OPENING(fopen64)

ssize_t write(int file, const void *bytes, size_t size)
{
    return is_data(file) && fails(1) ? -1 : REAL(write)(file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at)
{
    return is_data(file) && fails(1) ? -1 : REAL(pwrite)(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    return is_data(file) && fails(1) ? -1 : REAL(pwrite64)(file, bytes, size, at);
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *stream)
{
    if (!is_data_stream(stream) || !fails(1))
        return REAL(fwrite)(bytes, size, count, stream);
    stream->_flags |= 0x20; /* glibc's mark of a failed stream, for ferror() */
    return 0;
}

int fclose(FILE *stream)
{
    if (!is_data_stream(stream) || !fails(1))
        return REAL(fclose)(stream);
    int why = errno;
    REAL(fclose)(stream);
    errno = why;
    return EOF;
}

int fflush(FILE *stream)
{
    if (!stream || !is_data_stream(stream) || !fails(1))
        return REAL(fflush)(stream);
    stream->_flags |= 0x20;
    return EOF;
}

int fsync(int file)
{
    return fails(0) ? -1 : REAL(fsync)(file);
}

int fdatasync(int file)
{
    return fails(0) ? -1 : REAL(fdatasync)(file);
}

int ftruncate(int file, off_t size)
{
    return fails(0) ? -1 : REAL(ftruncate)(file, size);
}

int ftruncate64(int file, off64_t size)
{
    return fails(0) ? -1 : REAL(ftruncate64)(file, size);
}

int mkdir(const char *path, mode_t mode)
{
    return fails(1) ? -1 : REAL(mkdir)(path, mode);
}

int link(const char *from, const char *to)
{
    return fails(1) ? -1 : REAL(link)(from, to);
}

int rename(const char *from, const char *to)
{
    return fails(0) ? -1 : REAL(rename)(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    if (getenv("FAULT_NO_EXCHANGE")) { /* a file system that knows plain renames only */
        errno = EINVAL;
        return -1;
    }
    return fails(0) ? -1 : REAL(renameat2)(from_folder, from, to_folder, to, flags);
}
