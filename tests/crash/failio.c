/* LD_PRELOAD: the n-th writing call on a file below a folder fails, or kills the process (x86-64, arm64 Linux).
 *
 * failio_arm(mode, n, folder) starts counting in this process; failio_calls() tells the count. Without it the
 * shim only passes calls on, so that a server can load everything once and arm the children it forks.
 * FAILIO_READONLY=folder makes a read-only disk of a folder for every process that has it in its environment. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum mode { OFF, KILL_BEFORE, KILL_AFTER, KILL_HALF, FAIL_EIO, FAIL_ENOSPC, DISK_FULL };
static enum mode mode;
static int wanted, calls;
static char folder[4096];

void failio_arm(int how, int n, const char *under) {
    mode = how, wanted = n, calls = 0;
    snprintf(folder, sizeof folder, "%s/", under);
}
int failio_calls(void) { return calls; }
static int below(const char *path) { return mode && !strncmp(path, folder, strlen(folder)); }
static int ours(int fd) {
    char link[64], path[4096];
    if (!mode) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}
static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}
/* What shall happen to this call; `needs_room` is false for those that a full disk can still do. */
static enum mode turn(int mine, int needs_room) {
    if (!mine) return OFF;
    calls++;
    if (mode == DISK_FULL) return needs_room ? DISK_FULL : OFF;
    return calls == wanted ? mode : OFF;
}

#define CALL(type, name, params, args, mine, needs_room, half)                      \
    type name params {                                                              \
        static type (*real) params;                                                 \
        if (!real) real = (type(*) params)dlsym(RTLD_NEXT, #name);                  \
        int kept = errno;                                                           \
        enum mode now = turn(mine, needs_room);                                     \
        errno = kept;                                                               \
        if (now == KILL_HALF) half;                                                 \
        if (now == KILL_BEFORE || now == KILL_HALF) die();                          \
        if (now >= FAIL_EIO) return errno = now == FAIL_EIO ? EIO : ENOSPC, -1;     \
        type result = real args;                                                    \
        if (now == KILL_AFTER) die();                                               \
        return result;                                                              \
    }
#define HALF_AT (void)!real(fd, data, size / 2, at)
CALL(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), ours(fd), 1, HALF_AT)
CALL(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), ours(fd), 1, HALF_AT)
CALL(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size), ours(fd), 1,
     (void)!real(fd, data, size / 2))
CALL(int, fsync, (int fd), (fd), ours(fd), 0, (void)0)
CALL(int, fdatasync, (int fd), (fd), ours(fd), 0, (void)0)
CALL(int, ftruncate, (int fd, off_t size), (fd, size), ours(fd), 0, (void)0)
CALL(int, ftruncate64, (int fd, off64_t size), (fd, size), ours(fd), 0, (void)0)
CALL(int, unlink, (const char *path), (path), below(path), 0, (void)0)
CALL(int, rename, (const char *from, const char *to), (from, to), below(to), 0, (void)0)

#define OPEN(name)                                                                              \
    int name(const char *path, int flags, ...) {                                                \
        static int (*real)(const char *, int, ...);                                             \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);             \
        va_list rest;                                                                           \
        va_start(rest, flags);                                                                  \
        int bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;                       \
        va_end(rest);                                                                           \
        const char *frozen = getenv("FAILIO_READONLY");                                         \
        if (frozen && !strncmp(path, frozen, strlen(frozen)) && flags & (O_WRONLY | O_RDWR | O_CREAT)) \
            return errno = EROFS, -1;                                                           \
        return real(path, flags, bits);                                                         \
    }
OPEN(open)
OPEN(open64)
