#pragma once
// Linux calls that Swift's Glibc module does not import. Each wrapper says which call it stands for.
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/types.h>

/// Who is at the other end of a connected AF_UNIX socket: SO_PEERCRED, unix(7).
typedef struct {
  pid_t pid;
  uid_t uid;
  gid_t gid;
} tapgate_peer;

/// Reads SO_PEERCRED; 0 or -1 with errno.
int tapgate_peer_credentials(int fd, tapgate_peer *peer);

/// Reads SO_PEERGROUPS into groups; the number of groups or -1 with errno.
int tapgate_peer_groups(int fd, gid_t *groups, size_t capacity);

/// prctl(PR_SET_DUMPABLE, 0) and RLIMIT_CORE 0: no core file of this process; 0 or -1 with errno.
int tapgate_forbid_core_dumps(void);

/// Raises the soft RLIMIT_NOFILE to count, or to the hard limit where that is less. How many of count
/// files this process may have open now; -1 with errno.
int tapgate_allow_files(int count);

/// fdatasync(2): the disk figure that `tapgate bench` prints beside its own.
int tapgate_fdatasync(int fd);

/// prctl(PR_SET_NAME): names the calling thread, 15 bytes at most.
void tapgate_name_thread(const char *name);

/// A stream socket connected to the AF_UNIX socket at path (unix(7)); -1 with errno.
int tapgate_unix_connect(const char *path);

/// A stream socket that listens at path, mode 0600; a file that stands there is replaced. -1 with errno.
int tapgate_unix_listen(const char *path);

/// Overwrites count bytes with zeros, unless they lie in the program or a library (dladdr(3)), whose
/// constants are in read-only memory. Whether they were overwritten.
int tapgate_erase(void *bytes, size_t count);
