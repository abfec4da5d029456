/*
 * Preloaded into the services by tests: a disk that can lose power, and a file system that can become read-only. Linux only.
 *
 * Below HOTEL_DATA_DIR, whatever has been synced is copied to HOTEL_DATA_DIR.durable, under the number of its inode. After a kill,
 * what is there is what a disk would have after a power cut that took everything that was not synced (test/storage/storage.ts).
 * While the file `read-only` exists in HOTEL_DATA_DIR, every write below it fails with EROFS.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The original of a function that this library replaces. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static const char *data_dir(void) {
  const char *dir = getenv("HOTEL_DATA_DIR");
  return dir && *dir ? dir : NULL;
}

static int is_ours(int fd) {
  char link[64], path[PATH_MAX], real[PATH_MAX];
  const char *dir = data_dir();
  if (!dir || !realpath(dir, real)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  size_t prefix = strlen(real);
  return strncmp(path, real, prefix) == 0 && path[prefix] == '/';
}

static int is_refused(int fd) {
  char flag[PATH_MAX];
  const char *dir = data_dir();
  if (!dir) return 0;
  snprintf(flag, sizeof flag, "%s/read-only", dir);
  if (access(flag, F_OK) != 0 || !is_ours(fd)) return 0;
  errno = EROFS;
  return 1;
}

/* Copies the file. A copy is replaced as a whole: a kill in the middle leaves the previous one. */
static void keep(int fd) {
  char link[64], dir[PATH_MAX], to[PATH_MAX + 64], partial[PATH_MAX + 96], buffer[1 << 16];
  struct stat status;
  if (!is_ours(fd) || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  snprintf(dir, sizeof dir, "%s.durable", data_dir());
  mkdir(dir, 0777);
  snprintf(to, sizeof to, "%s/%lu", dir, (unsigned long)status.st_ino);
  snprintf(partial, sizeof partial, "%s.%d", to, getpid());
  /* Opened again, since `fd` may be open only for writing. */
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int from = open(link, O_RDONLY | O_CLOEXEC);
  int copy = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (from < 0 || copy < 0) abort();
  for (off_t at = 0;;) {
    ssize_t got = pread(from, buffer, sizeof buffer, at);
    if (got < 0) abort();
    if (got == 0) break;
    if (syscall(SYS_write, copy, buffer, (size_t)got) != got) abort();
    at += got;
  }
  close(from);
  close(copy);
  if (rename(partial, to) != 0) abort();
}

/* The real disk is left out: it would only slow the test down. */
static int synced(int fd) {
  if (is_refused(fd)) return -1;
  keep(fd);
  return 0;
}

int fsync(int fd) { return is_ours(fd) ? synced(fd) : REAL(fsync)(fd); }
int fdatasync(int fd) { return is_ours(fd) ? synced(fd) : REAL(fdatasync)(fd); }

ssize_t write(int fd, const void *data, size_t count) { return is_refused(fd) ? -1 : REAL(write)(fd, data, count); }
ssize_t pwrite(int fd, const void *data, size_t count, off_t at) {
  return is_refused(fd) ? -1 : REAL(pwrite)(fd, data, count, at);
}
ssize_t pwrite64(int fd, const void *data, size_t count, off64_t at) {
  return is_refused(fd) ? -1 : REAL(pwrite64)(fd, data, count, at);
}
int ftruncate(int fd, off_t size) { return is_refused(fd) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return is_refused(fd) ? -1 : REAL(ftruncate64)(fd, size); }
