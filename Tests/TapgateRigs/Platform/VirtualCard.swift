internal import Foundation
internal import Glibc
internal import TapgateLock

/// A card that speaks vpcd's protocol: pcscd's vpcd driver listens, the card connects.
///
/// Each message is two bytes of length, most significant first, and a payload. One byte from vpcd
/// is an order (0 power off, 1 power on, 2 reset, 4 answer to reset: only that one is answered);
/// anything longer is a command APDU. vpcd asks for the answer to reset every 400 ms.
///
/// Every card has a thread of its own while it is inserted, which keeps the card alive until
/// `remove` or the end of pcscd; all functions may be called from any thread.
public final class VirtualCard: Sendable {
  /// What can go wrong with a card.
  public enum Fault: Hashable, Sendable {
    case none
    /// No answer to reset: PRESENT and MUTE.
    case mute
    /// Commands are swallowed: SCardTransmit blocks until the card is removed.
    case hang
    /// The card leaves the field in the middle of a command.
    case drop
    /// The command is lost, and the card is back at once: no removal is seen.
    case tear
    /// Ten bytes are announced, two are sent, then the card leaves.
    case short
    /// Every command is answered with this status word.
    case status(UInt16)
  }

  private struct State {
    var socket: Int32 = -1
    var fault = Fault.none
    var isPowered = false
    var commands: [[UInt8]] = []
    var onCommand: (@Sendable ([UInt8]) -> Void)?
  }

  private let profile: CardProfile
  private let port: UInt16
  private let state = Mutex(State())

  /// Creates a card for the vpcd slot that listens on `port`; `insert` puts it in.
  public init(_ profile: CardProfile, port: UInt16, fault: Fault = .none) {
    self.profile = profile
    self.port = port
    state.withLock { $0.fault = fault }
  }

  /// What goes wrong from now on.
  public var fault: Fault {
    get { state.withLock { $0.fault } }
    set { state.withLock { $0.fault = newValue } }
  }

  /// Every command APDU that reached the card, in order.
  public var commands: [[UInt8]] { state.withLock { $0.commands } }

  /// Whether the card is connected to vpcd.
  public var isInserted: Bool { state.withLock { $0.socket >= 0 } }

  /// Calls `hook` on the card's thread before each command is answered.
  public func onCommand(_ hook: @escaping @Sendable ([UInt8]) -> Void) {
    state.withLock { $0.onCommand = hook }
  }

  /// Puts the card on the reader. pcscd sees it within 400 ms.
  ///
  /// - Throws: `RigError` when nothing listens on the slot's port within 5 s.
  public func insert() throws {
    guard !isInserted else { return }
    let socket = try Self.connect(port: port)
    state.withLock { state in
      state.socket = socket
      state.isPowered = false
    }
    serve(socket)
  }

  /// Takes the card away. pcscd sees it within 400 ms.
  public func remove() {
    state.withLock { state in
      if state.socket >= 0 { shutdown(state.socket, Int32(SHUT_RDWR)) }
      state.socket = -1
    }
  }

  private func serve(_ socket: Int32) {
    Thread.detachNewThread {
      while let message = Self.receive(socket) {
        guard let answer = self.handle(message, socket) else { continue }
        guard Self.send(answer, socket) else { break }
      }
      self.state.withLock { state in
        if state.socket == socket { state.socket = -1 }
      }
      close(socket)
    }
  }

  /// The answer to a message, or `nil` where there is none.
  private func handle(_ message: [UInt8], _ socket: Int32) -> [UInt8]? {
    guard message.count > 1 else { return order(message.first ?? 0, socket) }
    let (fault, hook) = state.withLock { state in
      state.commands.append(message)
      return (state.fault, state.onCommand)
    }
    hook?(message)
    switch fault {
    case .none, .mute: return profile.respond(message)
    case .status(let status): return [UInt8(status >> 8), UInt8(status & 0xFF)]
    case .hang: return nil
    case .drop: shutdown(socket, Int32(SHUT_RDWR))
    case .short:
      _ = Self.write([0x00, 0x0A, 0x90, 0x00], socket)
      shutdown(socket, Int32(SHUT_RDWR))
    case .tear: bounce(socket)
    }
    return nil
  }

  private func order(_ order: UInt8, _ socket: Int32) -> [UInt8]? {
    guard order == 4 else {
      profile.reset()
      state.withLock { $0.isPowered = order != 0 }
      return nil
    }
    let isMute = state.withLock { state in
      defer { if state.fault == .mute { state.isPowered = false } }
      return state.fault == .mute && state.isPowered
    }
    guard isMute else { return profile.answerToReset }
    bounce(socket)
    return nil
  }

  /// Leaves and comes back at once: the new connection waits in vpcd's queue.
  private func bounce(_ old: Int32) {
    // Without vpcd there is nothing to come back to.
    if let fresh = try? Self.connect(port: port) {
      state.withLock { $0.socket = fresh }
      serve(fresh)
    }
    shutdown(old, Int32(SHUT_RDWR))
  }

  // MARK: Bytes

  private static func connect(port: UInt16) throws -> Int32 {
    let deadline = Date().addingTimeInterval(5)
    while true {
      let file = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
      guard file >= 0 else { throw RigError("socket: errno \(errno)") }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      // Safety: sockaddr_in is the sockaddr of AF_INET, and its length goes with it.
      let code = withUnsafePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      if code == 0 {
        var one: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        return file
      }
      close(file)
      guard Date() < deadline else { throw RigError("nothing listens on port \(port)") }
      usleep(5000)
    }
  }

  private static func receive(_ socket: Int32) -> [UInt8]? {
    guard let header = read(2, socket) else { return nil }
    return read(Int(header[0]) << 8 | Int(header[1]), socket)
  }

  private static func read(_ count: Int, _ socket: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count < count {
      // vpcd sends length and payload apart with Nagle on: without an immediate ACK each command
      // costs 44 ms.
      var one: Int32 = 1
      setsockopt(
        socket,
        Int32(IPPROTO_TCP),
        TCP_QUICKACK,
        &one,
        socklen_t(MemoryLayout<Int32>.size)
      )
      let got = recv(socket, &chunk, min(chunk.count, count - bytes.count), 0)
      guard got > 0 else { return nil }
      bytes += chunk.prefix(got)
    }
    return bytes
  }

  private static func send(_ payload: [UInt8], _ socket: Int32) -> Bool {
    // An empty message would block vpcd's thread.
    guard !payload.isEmpty else { return true }
    return write([UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload, socket)
  }

  private static func write(_ bytes: [UInt8], _ socket: Int32) -> Bool {
    Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }
}

/// Why a rig cannot be used.
public struct RigError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, in a sentence.
  public let description: String

  /// Creates an error.
  public init(_ description: String) { self.description = description }
}
