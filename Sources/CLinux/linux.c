#define _GNU_SOURCE
#include "CLinux.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/hidraw.h>
#include <linux/input.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
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

int tapgate_evdev_grab(int fd, int is_on) { return ioctl(fd, EVIOCGRAB, (void *)(long)(is_on ? 1 : 0)); }

int tapgate_evdev_keys_down(int fd, unsigned char *bits, size_t capacity) {
  return ioctl(fd, EVIOCGKEY(capacity), bits);
}

int tapgate_evdev_use_monotonic(int fd) {
  int clock = CLOCK_MONOTONIC;
  return ioctl(fd, EVIOCSCLOCKID, &clock);
}

int tapgate_hidraw_descriptor(int fd, unsigned char *bytes, size_t capacity) {
  int size = 0;
  if (ioctl(fd, HIDIOCGRDESCSIZE, &size) < 0) return -1;
  struct hidraw_report_descriptor descriptor;
  memset(&descriptor, 0, sizeof descriptor);
  if (size < 0 || size > HID_MAX_DESCRIPTOR_SIZE || (size_t)size > capacity) {
    errno = EMSGSIZE;
    return -1;
  }
  descriptor.size = (unsigned)size;
  if (ioctl(fd, HIDIOCGRDESC, &descriptor) < 0) return -1;
  memcpy(bytes, descriptor.value, (size_t)size);
  return size;
}

static speed_t speed_of(int baud) {
  switch (baud) {
  case 1200: return B1200;
  case 2400: return B2400;
  case 4800: return B4800;
  case 9600: return B9600;
  case 19200: return B19200;
  case 38400: return B38400;
  case 57600: return B57600;
  case 115200: return B115200;
  case 230400: return B230400;
  case 460800: return B460800;
  case 921600: return B921600;
  default: return B0;
  }
}

int tapgate_serial_has_rate(int baud) { return speed_of(baud) != B0; }

int tapgate_serial_make_raw(int fd, int baud) {
  const speed_t speed = speed_of(baud);
  if (speed == B0) {
    errno = EINVAL;
    return -1;
  }
  struct termios line;
  if (tcgetattr(fd, &line) != 0) return -1;
  cfmakeraw(&line);
  line.c_cflag |= CLOCAL | CREAD;
  line.c_cflag &= (tcflag_t) ~(CRTSCTS | CSTOPB);
  line.c_cc[VMIN] = 1;
  line.c_cc[VTIME] = 0;
  if (cfsetispeed(&line, speed) != 0 || cfsetospeed(&line, speed) != 0) return -1;
  if (tcsetattr(fd, TCSANOW, &line) != 0) return -1;
  if (ioctl(fd, TIOCEXCL) != 0) return -1;
  (void)tcflush(fd, TCIFLUSH);
  const int wires = TIOCM_DTR | TIOCM_RTS;
  (void)ioctl(fd, TIOCMBIS, &wires);
  return 0;
}

int tapgate_event_counter(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int tapgate_erase(void *bytes, size_t count) {
  Dl_info facts;
  if (dladdr(bytes, &facts) != 0) return 0;
  explicit_bzero(bytes, count);
  return 1;
}
