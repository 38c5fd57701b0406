/* A library to preload: it counts what a program does to regular files and makes the n-th such
 * call go wrong.
 *   FAULT_AT=n       the call that fails (0: none, only count)
 *   FAULT_HOW=eio    that call alone fails with EIO
 *             full   that call and all later ones that need room fail with ENOSPC
 *             kill   the process is killed before that call
 *   FAULT_TALLY=f    the number of calls is written to f at the end */
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
#include <unistd.h>

static atomic_long calls;
static long fault_at;
static char fault_how;

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void shim_start(void)
{
    const char *at = getenv("FAULT_AT"), *how = getenv("FAULT_HOW");
    fault_at = at ? atol(at) : 0;
    fault_how = how ? how[0] : 'e';
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

/* Does this call fail? It takes room on the disk or not. */
static int fails(int takes_room)
{
    long n = atomic_fetch_add(&calls, 1) + 1;
    if (!fault_at || n < fault_at || (n > fault_at && (fault_how != 'f' || !takes_room)))
        return 0;
    if (fault_how == 'k')
        kill(getpid(), SIGKILL);
    errno = fault_how == 'f' ? ENOSPC : EIO;
    return 1;
}

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
    return fails(0) ? -1 : REAL(renameat2)(from_folder, from, to_folder, to, flags);
}
