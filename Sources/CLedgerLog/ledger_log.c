#include "CLedgerLog.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Bytes gathered before they are written: the unix VFS writes at most 128 KiB less one byte in a call (os_unix.c,
// seekAndWriteFd), and what comes to a multiple of 128 KiB it takes for nothing.
enum { GATHER_MAX = 120 << 10 };

// A log's file: this, and behind it the unix VFS's own.
typedef struct {
  sqlite3_file base;
  unsigned char *gathered;
  int count;
  sqlite3_int64 offset;
  int header_is_dirty;
} log_file;

static sqlite3_vfs vfs;
static sqlite3_vfs *unix_vfs;
static int registration = SQLITE_ERROR;
static _Thread_local int is_deferring;
static atomic_ullong deferred_count;
static atomic_ullong done_count;

static sqlite3_file *inner(sqlite3_file *file) {
  return (sqlite3_file *)((log_file *)file + 1);
}

// Writes what was gathered. Whether that works or not, nothing stays gathered: after a failure SQLite rolls back
// and writes those places again.
static int write_gathered(log_file *log) {
  if (log->count == 0) return SQLITE_OK;
  sqlite3_file *file = inner(&log->base);
  int count = log->count;
  log->count = 0;
  return file->pMethods->xWrite(file, log->gathered, count, log->offset);
}

static int log_close(sqlite3_file *file) {
  log_file *log = (log_file *)file;
  int code = write_gathered(log);
  free(log->gathered);
  log->gathered = NULL;
  int closed = inner(file)->pMethods ? inner(file)->pMethods->xClose(inner(file)) : SQLITE_OK;
  return code == SQLITE_OK ? closed : code;
}

static int log_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  int code = write_gathered((log_file *)file);
  if (code != SQLITE_OK) return code;
  return inner(file)->pMethods->xRead(inner(file), bytes, count, offset);
}

static int log_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  log_file *log = (log_file *)file;
  if (offset == 0) log->header_is_dirty = 1;
  int follows = log->count > 0 && offset == log->offset + log->count && log->count + count <= GATHER_MAX;
  if (!follows) {
    int code = write_gathered(log);
    if (code != SQLITE_OK) return code;
  }
  if (!is_deferring || offset == 0 || count > GATHER_MAX) {
    return inner(file)->pMethods->xWrite(inner(file), bytes, count, offset);
  }
  if (log->gathered == NULL) {
    log->gathered = malloc(GATHER_MAX);
    if (log->gathered == NULL) return SQLITE_IOERR_NOMEM;
  }
  if (log->count == 0) log->offset = offset;
  memcpy(log->gathered + log->count, bytes, (size_t)count);
  log->count += count;
  return SQLITE_OK;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
  int code = write_gathered((log_file *)file);
  if (code != SQLITE_OK) return code;
  return inner(file)->pMethods->xTruncate(inner(file), size);
}

static int log_sync(sqlite3_file *file, int flags) {
  log_file *log = (log_file *)file;
  int code = write_gathered(log);
  if (code != SQLITE_OK) return code;
  // A log that starts again has a new header, and its flush is a barrier: were frames on the disk before it, a
  // power cut could have the old header vouch for old frames again (SQLite's ticket ff5be73dee).
  if (is_deferring && !log->header_is_dirty) {
    atomic_fetch_add_explicit(&deferred_count, 1, memory_order_relaxed);
    return SQLITE_OK;
  }
  code = inner(file)->pMethods->xSync(inner(file), flags);
  if (code == SQLITE_OK) log->header_is_dirty = 0;
  atomic_fetch_add_explicit(&done_count, 1, memory_order_relaxed);
  return code;
}

static int log_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  int code = write_gathered((log_file *)file);
  if (code != SQLITE_OK) return code;
  return inner(file)->pMethods->xFileSize(inner(file), size);
}

static int log_lock(sqlite3_file *file, int level) { return inner(file)->pMethods->xLock(inner(file), level); }

static int log_unlock(sqlite3_file *file, int level) { return inner(file)->pMethods->xUnlock(inner(file), level); }

static int log_check_lock(sqlite3_file *file, int *is_held) {
  return inner(file)->pMethods->xCheckReservedLock(inner(file), is_held);
}

static int log_control(sqlite3_file *file, int operation, void *argument) {
  return inner(file)->pMethods->xFileControl(inner(file), operation, argument);
}

static int log_sector_size(sqlite3_file *file) { return inner(file)->pMethods->xSectorSize(inner(file)); }

static int log_characteristics(sqlite3_file *file) {
  return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

static const sqlite3_io_methods log_methods = {
  .iVersion = 1,
  .xClose = log_close,
  .xRead = log_read,
  .xWrite = log_write,
  .xTruncate = log_truncate,
  .xSync = log_sync,
  .xFileSize = log_file_size,
  .xLock = log_lock,
  .xUnlock = log_unlock,
  .xCheckReservedLock = log_check_lock,
  .xFileControl = log_control,
  .xSectorSize = log_sector_size,
  .xDeviceCharacteristics = log_characteristics,
};

static int vfs_open(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *out_flags) {
  (void)self;
  if (!(flags & SQLITE_OPEN_WAL)) return unix_vfs->xOpen(unix_vfs, name, file, flags, out_flags);
  log_file *log = (log_file *)file;
  memset(log, 0, sizeof *log);
  int code = unix_vfs->xOpen(unix_vfs, name, inner(file), flags, out_flags);
  if (code == SQLITE_OK) log->base.pMethods = &log_methods;
  return code;
}

static void register_once(void) {
  unix_vfs = sqlite3_vfs_find(NULL);
  if (unix_vfs == NULL) return;
  vfs = *unix_vfs;
  vfs.pNext = NULL;
  vfs.zName = "tapgate";
  vfs.szOsFile = (int)sizeof(log_file) + unix_vfs->szOsFile;
  vfs.xOpen = vfs_open;
  registration = sqlite3_vfs_register(&vfs, 1);
}

int tapgate_log_register(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, register_once);
  return registration;
}

void tapgate_log_defer(void) { is_deferring = 1; }

void tapgate_log_settle(void) { is_deferring = 0; }

void tapgate_log_counts(unsigned long long *deferred, unsigned long long *done) {
  *deferred = atomic_load_explicit(&deferred_count, memory_order_relaxed);
  *done = atomic_load_explicit(&done_count, memory_order_relaxed);
}
