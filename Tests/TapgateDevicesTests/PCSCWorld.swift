import Dispatch
import TapgateCore
import TapgateDevices
import TapgateRigs
import Testing

/// A real pcscd, a backend on it, and what the backend told.
struct PCSCWorld {
  static let uidA: [UInt8] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80]
  static let uidB: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF]

  let rig: PcscdRig
  let backend: PCSCBackend
  let sink: RecordingSink

  /// Runs `body` once every reader is online, and ends everything afterwards.
  static func run(
    pairs: Int = 1,
    configuration: PCSCBackend.Configuration = .init(lane: "1"),
    _ body: (PCSCWorld) async throws -> Void
  ) async throws {
    let rig = try await PcscdRig.launch(pairs: pairs)
    let sink = RecordingSink()
    let backend = PCSCBackend(configuration: configuration)
    backend.start(sink: sink)
    do {
      for name in rig.readers {
        _ = try await sink.device { $0.power == .online && $0.name == name }
      }
      try await body(PCSCWorld(rig: rig, backend: backend, sink: sink))
    } catch {
      Issue.record(error)
    }
    await backend.stop()
    rig.close()
  }

  /// Puts a card on a reader and waits for its presentation.
  func tap(_ profile: CardProfile, reader: Int = 0) async throws -> (VirtualCard, Presentation) {
    let mark = sink.count
    let card = rig.card(profile, reader: reader)
    try card.insert()
    return (card, try await sink.presented(after: mark))
  }
}

extension DispatchTime {
  /// Milliseconds since this instant.
  var age: Int { Int((DispatchTime.now().uptimeNanoseconds - uptimeNanoseconds) / 1_000_000) }
}
