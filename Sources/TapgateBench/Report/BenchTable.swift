extension BenchReport {
  /// The report for people: a table, the machine's own figures, and what was compared with what.
  public var table: String {
    var lines = [
      "tapgate bench \(plan.workload.rawValue): \(grouped(plan.memberCount)) members, "
        + "requests spread evenly over them",
      "\(Machine.processorCount) processors (\(Machine.processor)), \(Machine.kernel), "
        + "\(fileSystem) in \(plan.directory)",
      "",
      row([
        "in", "", "closed loop", "tapgate", "p50", "p99", "CPU", "open loop", "p50", "p99",
        "p99.9", "max", "wrong or",
      ]),
      row([
        "flight", "peer", "ops/s", "/ peer", "µs", "µs", "µs/op", "at ops/s", "µs", "µs", "µs",
        "µs", "missing",
      ]),
    ]
    for level in levels {
      lines.append(contentsOf: rows(of: level))
      lines.append("")
    }
    lines.append(contentsOf: footer)
    return lines.joined(separator: "\n")
  }

  private static let widths = [6, 10, 11, 8, 9, 9, 7, 10, 9, 9, 10, 10, 9]

  private func row(_ fields: [String]) -> String {
    zip(fields, Self.widths).enumerated()
      .map { column, field in
        let padding = String(repeating: " ", count: max(0, field.1 - field.0.count))
        return column == 1 ? field.0 + padding : padding + field.0
      }
      .joined(separator: " ")
  }

  private func rows(of level: Level) -> [String] {
    let own = level.cells.first { $0.peer == "tapgate" }?.rate
    return level.cells.map { cell in
      let processor = cell.median(of: cell.closed, \.processorNanoseconds)
      return row([
        "\(level.inFlight)",
        cell.peer,
        grouped(cell.rate),
        own.map { ratio($0, to: cell.rate) } ?? "-",
        microseconds(cell.median(of: cell.closed, \.median)),
        microseconds(cell.median(of: cell.closed, \.p99)),
        processor > 0 ? microseconds(processor) : "-",
        grouped(level.openRate),
        microseconds(cell.median(of: cell.open, \.median)),
        microseconds(cell.median(of: cell.open, \.p99)),
        microseconds(cell.median(of: cell.open, \.p999)),
        microseconds(cell.median(of: cell.open, \.maximum)),
        grouped(cell.failedCount + cell.unansweredCount),
      ])
    }
  }

  private var footer: [String] {
    var lines: [String] = []
    for (disk, when) in zip(disks, ["before", "after"]) {
      lines.append(
        "fdatasync of 4 KiB \(when): append p50 "
          + "\(microseconds(disk.append.percentile(thousandths: 500))) µs, p99 "
          + "\(microseconds(disk.append.percentile(thousandths: 990))) µs; overwrite p50 "
          + "\(microseconds(disk.overwrite.percentile(thousandths: 500))) µs, p99 "
          + "\(microseconds(disk.overwrite.percentile(thousandths: 990))) µs"
      )
    }
    for peer in peers { lines.append("\(peer.name) = \(peer.description)") }
    for name in absent { lines.append("\(name): not installed") }
    for level in levels {
      let connections = level.cells.map { "\($0.peer) \($0.connectionCount)" }
      lines.append(
        "\(level.inFlight) in flight over connections: " + connections.joined(separator: ", ")
      )
    }
    for cell in levels.flatMap(\.cells) {
      if let failure = cell.firstFailure {
        lines.append("first wrong answer of \(cell.peer): \(failure)")
      }
    }
    return lines + [
      "Medians of \(plan.roundCount) rounds of \(plan.milliseconds) ms, each after a lead-in of a "
        + "tenth; the peers take turns run by run.",
      "One generator thread, no processor pinned; CPU is the peer's own processor time.",
      "Closed loop: each slot sends its next request when the last is answered. Open loop: Poisson",
      "arrivals fixed in advance; latency counts from the instant a request was due, also while it",
      "waits for a free slot.",
    ]
  }

  // MARK: Numbers

  private func microseconds(_ nanoseconds: Int64) -> String {
    let tenths = (nanoseconds + 50) / 100
    return tenths < 10_000 ? "\(tenths / 10).\(tenths % 10)" : grouped(Int(tenths / 10))
  }

  private func ratio(_ own: Int, to other: Int) -> String {
    let hundredths = (own * 200 + other) / max(2 * other, 1)
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func grouped(_ number: Int) -> String {
    var digits = Array("\(number)")
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: position)
      position -= 3
    }
    return String(digits)
  }
}
