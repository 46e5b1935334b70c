import Logging
import TapgateLock
import Testing

@testable import TapgateDevices

@Suite("The log of a flapping reader")
struct LogAllowanceTests {
  private static let minute: UInt64 = 60_000_000_000

  /// Keeps the lines that were logged.
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let added = event.metadata.map { " \($0.keys.sorted())" } ?? ""
      lines.all.withLock { $0.append("\(event.message)\(added)") }
    }
  }

  @Test("ten lines in any hour and device, and the next says how many were left out")
  func allowance() {
    var allowance = LogAllowance()
    var told: [Int] = []
    for minute in 0..<120 as Range<UInt64> {
      if let leftOut = allowance.line(about: "a", at: minute * Self.minute) { told.append(leftOut) }
    }
    #expect(told == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(allowance.line(about: "b", at: 119 * Self.minute) == 0)
  }

  @Test("more devices than are kept apart share one allowance, until others were quiet")
  func manyDevices() {
    var allowance = LogAllowance()
    let lines = (0..<1000).compactMap { allowance.line(about: "reader \($0)", at: 0) }
    #expect(lines.count == LogAllowance.deviceCountMax + LogAllowance.lineCountMax)
    #expect(allowance.line(about: "reader 999", at: 61 * Self.minute) == 0)
  }

  @Test("a pcscd that comes and goes all the time writes ten lines, not thousands")
  func flappingService() {
    let lines = Lines()
    let backend = PCSCBackend(logger: Logger(label: "test") { _ in Handler(lines: lines) })
    let error = PCSCError(call: "SCardEstablishContext", code: PCSCError.noService)
    for _ in 0..<1000 {
      backend.serviceLost(error)
      backend.serviceFound()
    }
    let logged = lines.all.withLock { $0 }
    #expect(logged.count == LogAllowance.lineCountMax, "\(logged)")
    #expect(logged.first == "pcscd cannot be reached [\"error\"]")
    #expect(logged.dropFirst().first?.hasPrefix("pcscd is back") == true)
  }
}
