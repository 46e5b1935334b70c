internal import CLinux
internal import Glibc
internal import NIOCore

/// Who is at the other end of a socket, as the kernel says.
struct PeerIdentity: Hashable, Sendable {
  var uid: UInt32
  /// Shown, never trusted: process ids are used again.
  var pid: Int32
  /// Primary group first, then supplementary ones.
  var groups: [UInt32]

  /// Reads SO_PEERCRED and SO_PEERGROUPS, unix(7), through the channel's own descriptor.
  ///
  /// A peer of more than 256 supplementary groups counts with its primary group only. The kernel's
  /// list is sorted, so zeroes behind it are padding.
  static func read(from channel: any Channel) -> EventLoopFuture<PeerIdentity> {
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    let level = NIOBSDSocket.OptionLevel(rawValue: SOL_SOCKET)
    // Safety: SO_PEERCRED fills struct ucred, whose layout tapgate_peer has (pid, uid, gid).
    let credentials: EventLoopFuture<tapgate_peer> = provider.unsafeGetSocketOption(
      level: level,
      name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
    )
    // Safety: SO_PEERGROUPS (59) fills an array of gid_t up to the length given and fails with
    // ERANGE where it is too short; the memory is zeroed before.
    let groups: EventLoopFuture<GroupList> = provider.unsafeGetSocketOption(
      level: level,
      name: NIOBSDSocket.Option(rawValue: 59)
    )
    return groups.flatMapErrorThrowing { _ in GroupList() }
      .and(credentials)
      .map { list, peer in
        PeerIdentity(uid: peer.uid, pid: peer.pid, groups: [peer.gid] + list.ids)
      }
  }

  private struct GroupList: Sendable, BitwiseCopyable {
    var values = InlineArray<256, UInt32>(repeating: 0)

    var ids: [UInt32] {
      var ids = values.indices.map { values[$0] }
      while ids.last == 0 { ids.removeLast() }
      return ids
    }
  }
}

/// Names of users and groups, as ids.
enum AccountNames {
  /// The user's id, getpwnam_r(3); digits stand for themselves.
  static func userID(_ name: String) -> UInt32? {
    if let id = UInt32(name) { return id }
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    // Safety: every pointer is valid for the call; only an integer is kept of what it fills.
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      return nil
    }
    return entry.pw_uid
  }

  /// The group's id, getgrnam_r(3); digits stand for themselves.
  static func groupID(_ name: String) -> UInt32? {
    if let id = UInt32(name) { return id }
    var entry = group()
    var found: UnsafeMutablePointer<group>?
    var buffer = [CChar](repeating: 0, count: 65_536)
    // Safety: as above.
    guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      return nil
    }
    return entry.gr_gid
  }

  /// The user that runs the gateway.
  static var ownUserID: UInt32 { geteuid() }

  /// This process.
  static var ownProcessID: Int32 { getpid() }
}
