public import TapgateJSON

extension CrashReport {
  /// The report for people; the verdict is its last line.
  public var text: String {
    var lines = (lost + doubled + otherFaults).prefix(40).map { "fault: \($0)" }
    if let keptFolder { lines.append("kept for inspection: \(keptFolder)") }
    if strangeSlipCount > 0 { lines.append("\(strangeSlipCount) slips name no receipt") }
    lines.append(
      "seed \(seed): \(acknowledgedCount) acknowledged, \(resentCount) sent again after a kill, "
        + "\(slipCount) slips"
    )
    lines.append(verdict)
    return lines.joined(separator: "\n")
  }

  /// One document.
  public var json: JSON {
    .object([
      "rounds": .integer(Int64(roundCount)),
      "seed": .string("\(seed)"),
      "acknowledged": .integer(Int64(acknowledgedCount)),
      "resent": .integer(Int64(resentCount)),
      "slips": .integer(Int64(slipCount)),
      "strangeSlips": .integer(Int64(strangeSlipCount)),
      "lost": .array(lost.map(JSON.string)),
      "doubled": .array(doubled.map(JSON.string)),
      "otherFaults": .array(otherFaults.map(JSON.string)),
      "keptFolder": .optional(keptFolder),
    ])
  }
}
