internal import TapgateJSON
internal import TapgateReports

/// One thing that `tapgate doctor` looked at.
struct Finding: Hashable, Sendable {
  /// How bad it is.
  enum Severity: String, Sendable, CaseIterable {
    case ok
    case warning
    /// It could not be looked at: no reason to call it healthy.
    case unexamined
    case fault
  }

  /// Stable and dotted, such as `data.modeTooWide`.
  var code: String
  var severity: Severity
  /// What was found, in a sentence.
  var sentence: String
  /// What shows it: a path, a mode, the system's words; `nil` where the sentence says all.
  var evidence: String?
  /// A command or an act that helps; `nil` where nothing has to be done.
  var fix: String?
  /// Whether the fix needs root.
  var needsRoot = false

  /// As `--json` tells it.
  var json: JSON {
    .object([
      "code": .string(code), "severity": .string(severity.rawValue),
      "sentence": .string(sentence), "evidence": .optional(evidence), "fix": .optional(fix),
      "needsRoot": .bool(needsRoot),
    ])
  }
}

/// What a whole examination comes to.
struct Diagnosis: Hashable, Sendable {
  var findings: [Finding]

  /// The worst counts: faults before what could not be examined, that before warnings.
  var status: ExitStatus {
    let severities = Set(findings.map(\.severity))
    if severities.contains(.fault) { return .fault }
    if severities.contains(.unexamined) || findings.isEmpty { return .unexamined }
    return severities.contains(.warning) ? .warning : .done
  }

  /// As `--json` tells it.
  var document: JSON {
    let words: [ExitStatus: String] = [
      .done: "healthy", .warning: "warnings", .fault: "faults", .unexamined: "couldNotExamine",
    ]
    return .object([
      "version": .integer(1), "verdict": .string(words[status] ?? ""),
      "findings": .array(findings.map(\.json)),
    ])
  }

  /// As people read it: what is wrong with evidence and remedy, what is well in a line each.
  func lines(on console: Console) -> [String] {
    findings.flatMap { finding in
      let mark =
        switch finding.severity {
        case .ok: console.toned("ok", .good)
        case .warning: console.toned(Words.doctorWarning(), .doubtful)
        case .unexamined: console.toned(Words.doctorUnexamined(), .doubtful)
        case .fault: console.toned(Words.doctorFault(), .bad)
        }
      var lines = ["\(mark)  \(DisplayWidth.printable(finding.sentence))  (\(finding.code))"]
      if let evidence = finding.evidence {
        lines.append("    " + DisplayWidth.printable(Words.doctorEvidence(evidence)))
      }
      if let fix = finding.fix {
        let words = finding.needsRoot ? Words.doctorFixAsRoot : Words.doctorFix
        lines.append("    " + DisplayWidth.printable(words(fix)))
      }
      return lines
    }
  }
}
