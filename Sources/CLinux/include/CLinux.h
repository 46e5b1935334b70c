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

// Input devices. All of them answer 0 or a count, or -1 with errno.

/// EVIOCGRAB: while it is on, no other program and no console hears the device (linux/input.h).
int tapgate_evdev_grab(int fd, int is_on);

/// EVIOCGKEY: one bit a key that is down now, lowest first; the count of bytes written.
int tapgate_evdev_keys_down(int fd, unsigned char *bits, size_t capacity);

/// EVIOCSCLOCKID: events bear CLOCK_MONOTONIC.
int tapgate_evdev_use_monotonic(int fd);

/// HIDIOCGRDESCSIZE and HIDIOCGRDESC: the report descriptor; its count of bytes (linux/hidraw.h).
int tapgate_hidraw_descriptor(int fd, unsigned char *bytes, size_t capacity);

/// Makes a serial line raw: eight data bits, no parity, no flow control, nothing translated; throws away
/// what came before, keeps other programs out (TIOCEXCL) and raises DTR and RTS. termios(3),
/// ioctl_tty(2). A line without modem wires, such as a pseudoterminal, is as good. A baud rate that
/// termios has no name for is -1 with EINVAL.
int tapgate_serial_make_raw(int fd, int baud);

/// Whether termios has a name for a baud rate.
int tapgate_serial_has_rate(int baud);

/// eventfd(2), not blocking, closed on exec.
int tapgate_event_counter(void);

/// Overwrites count bytes with zeros, unless they lie in the program or a library (dladdr(3)), whose
/// constants are in read-only memory. Whether they were overwritten.
int tapgate_erase(void *bytes, size_t count);
