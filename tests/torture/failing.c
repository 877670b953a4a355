/* Makes one call that changes or reads a file fail, be cut short, or be the last of its process.

Loaded with LD_PRELOAD, so that every call of Python and of SQLite comes by. `arm` says below which directory calls
count, whether those that read do or those that change, which of them is struck, and how; before, all calls go through.
Each call that counts is noted as a line. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum how { NEVER, ONCE, ON, SHORT, KILL, TORN };
enum kind { CREATES, WRITES, NAMES, SYNCS, READS };
enum verdict { GO, FAIL, HALF, LAST };

static char root[PATH_MAX];
static int point = -1, error, how, notes = -1, seen, reads;

void arm(const char *directory, int notes_to, int reading, int how_to, int at, int with) {
    snprintf(root, sizeof root, "%s/", directory);
    notes = notes_to, reads = reading, how = how_to, point = at, error = with, seen = 0;
}

/* Whether a call of this kind goes on failing while the disk is full, or is mounted for reading only. */
static int goes_on(enum kind kind) {
    switch (error) {
    case ENOSPC: return kind == CREATES || kind == WRITES;
    case EROFS:
    case EACCES: return kind == CREATES || kind == NAMES;
    default: return 1;
    }
}

static enum verdict judge(const char *call, enum kind kind, const char *path) {
    if (notes < 0 || (kind == READS) != reads || strncmp(path, root, strlen(root))) return GO;
    int number = seen++;
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", call, path + strlen(root));
    syscall(SYS_write, notes, line, length);
    if (number < point || (number > point && !(how == ON && goes_on(kind)))) return GO;
    switch (how) {
    case ON:
        /* The room ends in the midst of a write. */
        if (error == ENOSPC && kind == WRITES && number == point) return HALF;
        /* fall through */
    case ONCE: errno = error; return FAIL;
    case SHORT: return kind == WRITES ? HALF : GO;
    case KILL: _exit(137);
    case TORN: return kind == WRITES ? HALF : LAST;
    default: return GO;
    }
}

/* The whole path of a name in an open directory, or of an open file where there is no name. */
static const char *full(int directory, const char *name, char *path) {
    if (name && name[0] == '/') return name;
    char link[64];
    ssize_t length;
    snprintf(link, sizeof link, directory == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", directory);
    length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) length = 0;
    path[length] = 0;
    if (name) snprintf(path + length, PATH_MAX - length, "/%s", name);
    return path;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define STRUCK(call, kind, directory, path)                                                                            \
    char buffer[PATH_MAX];                                                                                             \
    enum verdict verdict = judge(call, kind, full(directory, path, buffer));                                           \
    if (verdict == FAIL) return -1
#define ENDED(result)                                                                                                  \
    do {                                                                                                               \
        __typeof__(result) value = (result);                                                                           \
        if (verdict == LAST || (how == TORN && verdict == HALF)) _exit(137);                                           \
        return value;                                                                                                  \
    } while (0)

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        REAL(name);                                                                                                    \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                        \
        va_end(rest);                                                                                                  \
        int changes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;                                              \
        STRUCK("open", changes ? CREATES : READS, AT_FDCWD, path);                                                     \
        ENDED(real(path, flags, mode));                                                                                \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                   \
    int name(int directory, const char *path, int flags, ...) {                                                        \
        REAL(name);                                                                                                    \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                        \
        va_end(rest);                                                                                                  \
        int changes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;                                              \
        STRUCK("open", changes ? CREATES : READS, directory, path);                                                    \
        ENDED(real(directory, path, flags, mode));                                                                     \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *data, size_t size) {
    REAL(write);
    STRUCK("write", WRITES, file, NULL);
    ENDED(real(file, data, verdict == HALF && size > 1 ? size / 2 : size));
}

#define PWRITE(name, offset_type)                                                                                      \
    ssize_t name(int file, const void *data, size_t size, offset_type at) {                                            \
        REAL(name);                                                                                                    \
        STRUCK("write", WRITES, file, NULL);                                                                           \
        ENDED(real(file, data, verdict == HALF && size > 1 ? size / 2 : size, at));                                    \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t read(int file, void *data, size_t size) {
    REAL(read);
    STRUCK("read", READS, file, NULL);
    ENDED(real(file, data, size));
}

#define PREAD(name, offset_type)                                                                                       \
    ssize_t name(int file, void *data, size_t size, offset_type at) {                                                  \
        REAL(name);                                                                                                    \
        STRUCK("read", READS, file, NULL);                                                                             \
        ENDED(real(file, data, size, at));                                                                             \
    }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

DIR *opendir(const char *path) {
    REAL(opendir);
    char buffer[PATH_MAX];
    return judge("list", READS, full(AT_FDCWD, path, buffer)) == FAIL ? NULL : real(path);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(writev);
    STRUCK("write", WRITES, file, NULL);
    ENDED(real(file, parts, verdict == HALF && count > 1 ? count / 2 : count));
}

#define TRUNCATE(name, offset_type)                                                                                    \
    int name(int file, offset_type size) {                                                                             \
        REAL(name);                                                                                                    \
        STRUCK("truncate", WRITES, file, NULL);                                                                        \
        ENDED(real(file, size));                                                                                       \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int fsync(int file) {
    REAL(fsync);
    STRUCK("sync", SYNCS, file, NULL);
    ENDED(real(file));
}

int fdatasync(int file) {
    REAL(fdatasync);
    STRUCK("sync", SYNCS, file, NULL);
    ENDED(real(file));
}

int rename(const char *from, const char *to) {
    REAL(rename);
    STRUCK("rename", NAMES, AT_FDCWD, to);
    ENDED(real(from, to));
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
    REAL(renameat);
    STRUCK("rename", NAMES, to_directory, to);
    ENDED(real(from_directory, from, to_directory, to));
}

int link(const char *from, const char *to) {
    REAL(link);
    STRUCK("link", NAMES, AT_FDCWD, to);
    ENDED(real(from, to));
}

int symlink(const char *from, const char *to) {
    REAL(symlink);
    STRUCK("link", NAMES, AT_FDCWD, to);
    ENDED(real(from, to));
}

int unlink(const char *path) {
    REAL(unlink);
    STRUCK("unlink", NAMES, AT_FDCWD, path);
    ENDED(real(path));
}

int unlinkat(int directory, const char *path, int flags) {
    REAL(unlinkat);
    STRUCK("unlink", NAMES, directory, path);
    ENDED(real(directory, path, flags));
}

int rmdir(const char *path) {
    REAL(rmdir);
    STRUCK("rmdir", NAMES, AT_FDCWD, path);
    ENDED(real(path));
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    STRUCK("mkdir", NAMES, AT_FDCWD, path);
    ENDED(real(path, mode));
}

int mkdirat(int directory, const char *path, mode_t mode) {
    REAL(mkdirat);
    STRUCK("mkdir", NAMES, directory, path);
    ENDED(real(directory, path, mode));
}
