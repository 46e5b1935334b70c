#define _GNU_SOURCE
#include "CLinux.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int tapgate_peer_credentials(int fd, tapgate_peer *peer) {
  struct ucred credentials;
  socklen_t length = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
  peer->pid = credentials.pid;
  peer->uid = credentials.uid;
  peer->gid = credentials.gid;
  return 0;
}

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

int tapgate_peer_groups(int fd, gid_t *groups, size_t capacity) {
  socklen_t length = (socklen_t)(capacity * sizeof *groups);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -1;
  return (int)(length / sizeof *groups);
}

int tapgate_forbid_core_dumps(void) {
  const struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int tapgate_allow_files(int count) {
  const rlim_t wanted = count < 0 ? 0 : (rlim_t)count;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  if (limit.rlim_cur >= wanted) return count;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
  return (int)(setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before);
}

int tapgate_fdatasync(int fd) { return fdatasync(fd); }

void tapgate_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name, 0, 0, 0); }

static int unix_address(const char *path, struct sockaddr_un *address) {
  if (strlen(path) >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  strcpy(address->sun_path, path);
  return 0;
}

static int close_keeping_errno(int fd) {
  const int code = errno;
  close(fd);
  errno = code;
  return -1;
}

int tapgate_unix_connect(const char *path) {
  struct sockaddr_un address;
  if (unix_address(path, &address) != 0) return -1;
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) return close_keeping_errno(fd);
  return fd;
}

int tapgate_unix_listen(const char *path) {
  struct sockaddr_un address;
  if (unix_address(path, &address) != 0) return -1;
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  unlink(path);
  const mode_t mask = umask(0177);
  const int result = bind(fd, (struct sockaddr *)&address, sizeof address);
  umask(mask);
  if (result != 0 || listen(fd, 8) != 0) return close_keeping_errno(fd);
  return fd;
}

int tapgate_erase(void *bytes, size_t count) {
  Dl_info facts;
  if (dladdr(bytes, &facts) != 0) return 0;
  explicit_bzero(bytes, count);
  return 1;
}
