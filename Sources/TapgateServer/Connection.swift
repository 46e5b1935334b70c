internal import Logging
internal import NIOCore
internal import TapgateAPI
internal import TapgateCore
internal import TapgateJSON
internal import TapgateModel

/// One client's socket: frames in, answers and events out. Everything here runs on the loop.
///
/// Answers are gathered in `out` and leave once per turn of the loop. A client that does not read
/// is not read from either; its events queue up to their bound and then give way.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let id: ClientID
  let peer: PeerIdentity
  /// `nil` for a user whom the role table does not know.
  let role: Role?
  /// Set for a connection that is one too many: told so, and closed.
  let turnedAway: Failure?
  /// What the client said in `hello`; `nil` before.
  var greeting: Greeting?
  var language: Language
  /// Kinds of events that the client subscribed to.
  var subscriptions: Set<String> = []
  /// Requests whose answers come later.
  var inFlight = 0
  var remembered = RememberedEvents()
  /// Answers and events of this turn.
  var out = JSONWriter(capacity: 0)
  private(set) var isDirty = false
  private(set) var isGone = false

  private let board: Switchboard
  private var framer = LineFramer()
  /// What was read and not handled yet, because the client does not take its answers: one read's
  /// worth.
  private var unread = ByteBuffer()
  private var isHandling = false
  /// Answers gathered before they are handed to the socket within a turn.
  private static let turnByteCountMax = 256 * 1024
  private var queue = EventQueue()
  private var context: ChannelHandlerContext?
  private var isInputClosed = false
  private var isClosing = false
  private var isDoomed = false
  private var isReading = true

  /// Creates a connection.
  init(
    id: ClientID,
    peer: PeerIdentity,
    role: Role?,
    turnedAway: Failure?,
    board: Switchboard
  ) {
    self.id = id
    self.peer = peer
    self.role = role
    self.turnedAway = turnedAway
    self.board = board
    language = board.configuration.language
  }

  /// The client's name for people: `acme-pos (pid 41)`.
  var title: String { "\(greeting?.name ?? "?") (pid \(peer.pid))" }

  /// Who the client is to the limit of misses.
  var guesser: MissLimit.Client {
    MissLimit.Client(userID: peer.uid, name: greeting?.name ?? "")
  }

  // MARK: The channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    guard let turnedAway else { return }
    board.fail(self, .unknown, turnedAway)
    board.flushDirty()
    close()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // What other threads handed over before came before this request.
    board.drainInbox()
    var buffer = unwrapInboundIn(data)
    if unread.readableBytes == 0 {
      unread = buffer
    } else {
      unread.writeBytes(Erasure.take(buffer.readableBytes, from: &buffer))
    }
    handleUnread()
  }

  /// Handles what was read, for as long as the client takes its answers.
  private func handleUnread() {
    // Writing may find the socket writable again and come back here.
    guard !isHandling else { return }
    isHandling = true
    while isReading, !isClosing, !isDoomed,
      let frame = framer.next(&unread, canBeLarge: greeting != nil && role != nil)
    {
      switch frame {
      case .line(let line): board.receive(line, from: self)
      case .oversized(let peek, let byteCountMax):
        board.refuseLine(peek, byteCountMax: byteCountMax, from: self)
      case .hopeless:
        board.refuseStream(from: self)
        close()
      }
      if out.bytes.count >= Self.turnByteCountMax { writeOut() }
    }
    isHandling = false
    if unread.readableBytes == 0 { unread = ByteBuffer() }
  }

  func channelReadComplete(context: ChannelHandlerContext) { board.flushDirty() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      sendQueuedEvents()
      setReading(true)
      handleUnread()
      closeWhenDone()
    } else {
      setReading(false)
    }
    board.flushDirty()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // shutdown(SHUT_WR): the client says nothing more but may wait for answers.
    if case .inputClosed? = event as? ChannelEvent {
      isInputClosed = true
      board.inputEnded(self)
      board.flushDirty()
      closeWhenDone()
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    guard !isGone else { return }
    isGone = true
    isClosing = true
    self.context = nil
    out.removeAll(capacityMax: 0)
    board.left(self)
    board.flushDirty()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // ECONNRESET and EPIPE are how clients die; there is nobody left to tell.
    board.logger.debug("connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  // MARK: Sending

  /// Says that `out` holds something to send at the end of this turn.
  func markDirty() {
    guard !isDirty, !isGone else { return }
    isDirty = true
    board.dirty.append(self)
  }

  /// Sends one event, now or once the client reads again.
  func send(event frame: [UInt8]) {
    guard !isGone, !isClosing else { return }
    guard let context, context.channel.isWritable, queue.isEmpty else {
      return queue.append(frame)
    }
    out.raw(frame)
    out.appendByte(0x0A)
    markDirty()
  }

  /// Hands what was gathered to the socket.
  func flush() {
    isDirty = false
    writeOut()
    if isDoomed { close() }
  }

  private func writeOut() {
    guard let context, !out.bytes.isEmpty else { return }
    let buffer = context.channel.allocator.buffer(bytes: out.bytes)
    out.removeAll()
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    guard !context.channel.isWritable else { return }
    // An option that cannot be read counts as nothing waiting: the client is slow, not yet
    // hopeless.
    let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    if waiting > Limits.replyBacklogByteCountMax { abandon() }
  }

  /// Ends the connection where the client has said its last and heard the last answer.
  func closeWhenDone() {
    let isDone = (isInputClosed && unread.readableBytes == 0) || board.isClosing
    if isDone, inFlight == 0 { close() }
  }

  /// Sends what there is and closes.
  func close() {
    guard !isClosing else { return }
    isClosing = true
    writeOut()
    guard let context else { return }
    // The empty write is answered once everything before it was written.
    let done = context.eventLoop.makePromise(of: Void.self)
    done.futureResult.assumeIsolated().whenComplete { [weak self] _ in
      self?.context?.close(promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: done)
  }

  /// Closes once this turn's answers were handed over; nothing more is read.
  func closeSoon() { isDoomed = true }

  /// Closes at once: what is unsent is lost. Commits are not; their ids can be asked for.
  func abandon() {
    isClosing = true
    context?.close(promise: nil)
  }

  private func sendQueuedEvents() {
    guard !queue.isEmpty else { return }
    let (lostCount, frames) = queue.drain()
    if lostCount > 0 {
      out.raw(board.lossFrame(count: lostCount, reason: "queueOverflow"))
      out.appendByte(0x0A)
    }
    for frame in frames {
      out.raw(frame)
      out.appendByte(0x0A)
    }
    markDirty()
  }

  private func setReading(_ isOn: Bool) {
    guard isReading != isOn, let context else { return }
    isReading = isOn
    do {
      try context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    } catch {
      board.logger.debug("autoRead cannot be set", metadata: ["error": "\(error)"])
    }
    if isOn { context.read() }
  }
}
