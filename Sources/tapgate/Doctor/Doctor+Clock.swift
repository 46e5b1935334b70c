internal import TapgateJSON

extension Doctor {
  /// Whether the gateway follows the machine's clock.
  func clockFindings(_ status: JSON) -> [Finding] {
    guard let date = status["ledger"]?["date"], date["inDoubt"] == .bool(true) else { return [] }
    let today = date["today"]?.string ?? "?"
    let clock = date["clock"]?.string ?? "?"
    return [
      Finding(
        code: "clock.inDoubt",
        severity: .warning,
        sentence: Words.doctorClockInDoubt(today),
        evidence: clock,
        fix: "tapgate confirm-date \(clock.prefix(10))"
      )
    ]
  }
}
