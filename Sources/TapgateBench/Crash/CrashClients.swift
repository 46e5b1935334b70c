internal import TapgateJSON

/// The tills of a crash drill: connections that send accruals until the gateway dies under them.
///
/// Used by one thread.
struct CrashClients {
  let path: String
  let connectionCount: Int
  /// Unanswered requests a connection may have.
  let window: Int
  /// Accruals of one run, at most; with the last one sent the gateway is killed at once.
  let operationCountMax: Int
  let wire: CrashWire

  /// Sends the operations of `next` until `killAt` or the last one and calls `kill` then. Reads on
  /// until every connection is closed: what was answered before the death counts.
  func drive(
    _ book: inout CrashBook,
    killAt: Int64,
    next: () -> CrashOperation,
    kill: () -> Void
  ) throws(BenchError) {
    let poller = try Poller()
    var tills: [Int: Till] = [:]
    for token in 0..<connectionCount {
      let till = Till(channel: Channel(descriptor: try Sockets.connect(path: path)))
      wire.appendGreeting(to: &till.channel.outgoing)
      try poller.add(till.channel.descriptor, token: token)
      tills[token] = till
    }
    var rest = operationCountMax
    var isKilled = false
    let giveUp = killAt + 20_000_000_000
    while !tills.isEmpty, Clock.nanoseconds < giveUp {
      if !isKilled, rest == 0 || Clock.nanoseconds >= killAt {
        isKilled = true
        kill()
      }
      for (token, till) in tills {
        while !isKilled, rest > 0, till.waitingCount < window {
          let operation = next()
          book.send(operation)
          wire.appendAccrual(operation, id: operation.number, to: &till.channel.outgoing)
          till.waitingCount += 1
          rest -= 1
        }
        // A broken pipe is no news here: what there still is to read is read first.
        if till.channel.flush() { try poller.adjust(till.channel, token: token) }
      }
      if !isKilled { try poller.arm(for: killAt) }
      for ready in try poller.wait(milliseconds: 100) where ready.isReadable {
        guard let till = tills[ready.token] else { continue }
        if !till.channel.receive() { tills[ready.token] = nil }
        try take(till, &book)
      }
    }
    guard tills.isEmpty else { throw .protocolFault("a connection outlived the gateway") }
  }

  private func take(_ till: Till, _ book: inout CrashBook) throws(BenchError) {
    while let end = till.channel.incoming.firstOffset(of: 0x0A) {
      let line = till.channel.incoming.bytes(0..<end)
      till.channel.incoming.consume(end + 1)
      let reply: JSON
      do { reply = try JSONParser.parse(line) } catch { throw .protocolFault(error.description) }
      // The greeting has id 0, events have none.
      guard let id = reply["id"]?.integer, id > 0 else { continue }
      till.waitingCount -= 1
      book.take(reply, to: UInt64(id))
    }
  }
}

/// One connection of a drill.
private final class Till {
  let channel: Channel
  var waitingCount = 0

  init(channel: Channel) { self.channel = channel }
}

/// How a drill writes its accruals: the same bytes for the same operation, whenever it is sent.
final class CrashWire: JSONLines {
  private let population: Population
  private let identity: RunIdentity

  init(population: Population, identity: RunIdentity) {
    self.population = population
    self.identity = identity
  }

  /// The id under which the ledger knows operation `number`.
  func operationID(_ number: UInt64) -> String {
    var bytes: [UInt8] = []
    identity.appendOperationID(number, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The params of `points.accrue`.
  func params(_ operation: CrashOperation) -> JSON {
    .object([
      "operationId": .string(operationID(operation.number)),
      "memberId": .string(population.memberID(operation.memberIndex)),
      "receiptNo": .string(operation.receiptNumber),
      "amountMinor": .integer(population.amountMinor(ofRequest: operation.number)),
      "print": .bool(operation.isPrinted),
    ])
  }

  /// Writes the request of `operation`.
  func appendAccrual(_ operation: CrashOperation, id: UInt64, to bytes: inout [UInt8]) {
    let call = JSONScript.Call(method: "points.accrue", params: params(operation))
    bytes.append(contentsOf: call.line(id: Int(id)))
    bytes.append(0x0A)
  }
}
