internal import TapgateAPI
internal import TapgateStore

extension Doctor {
  // MARK: Configuration and programme

  /// The configuration, where there is a valid one or none was named, and what was found about it.
  func configurationFindings() -> (GatewayConfiguration?, [Finding]) {
    guard let path = subject.configurationFile else {
      let finding = Finding(
        code: "config.defaults",
        severity: .ok,
        sentence: Words.doctorConfigDefaults()
      )
      return (GatewayConfiguration(), [finding])
    }
    do {
      let bytes = try probe.contents(path)
      let configuration = try GatewayConfiguration.parse(bytes, path: path)
      let finding = Finding(
        code: "config.valid",
        severity: .ok,
        sentence: Words.doctorConfigValid(),
        evidence: path
      )
      return (configuration, [finding])
    } catch let problems as ConfigurationProblems {
      let findings = problems.errors.map { error in
        Finding(
          code: "config.invalid",
          severity: .fault,
          sentence: Words.doctorConfigInvalid(),
          evidence: error.description
        )
      }
      return (nil, findings)
    } catch {
      let finding = unreadable("config", path, error)
      return (nil, [finding])
    }
  }

  /// What was found about the programme's file; nothing where the shipped one runs.
  func programmeFindings(_ configuration: GatewayConfiguration?) -> [Finding] {
    guard let path = configuration?.programmeFile else { return [] }
    do {
      let programme = try ProgrammeFile(try probe.contents(path))
      var findings = [
        Finding(
          code: "programme.valid",
          severity: .ok,
          sentence: Words.doctorProgrammeValid("\(programme.id) rev \(programme.revision)"),
          evidence: path
        )
      ]
      if !programme.examples.isEmpty {
        findings.append(
          Finding(
            code: "programme.examples",
            severity: .warning,
            sentence: Words.doctorProgrammeExamples(),
            evidence: programme.examples.joined(separator: ", ")
          )
        )
      }
      return findings
    } catch let refusal as ProgrammeFile.Refusal {
      return [
        Finding(
          code: "programme.invalid",
          severity: .fault,
          sentence: Words.doctorProgrammeInvalid(),
          evidence: refusal.problem,
          fix: "tapgate programme check \(path)"
        )
      ]
    } catch {
      return [unreadable("programme", path, error)]
    }
  }

  /// What was found about the keys of the configured cards; nothing where none is configured.
  func cardKeyFindings(_ configuration: GatewayConfiguration?) -> [Finding] {
    guard let cards = configuration?.cards, cards.contains(where: { !$0.keys.isEmpty }) else {
      return []
    }
    let keyring = CardKeyring(
      facts: probe.facts,
      contents: probe.contents,
      environment: probe.environment
    )
    let problems = keyring.problems(cards)
    guard !problems.isEmpty else {
      return [Finding(code: "cards.keys", severity: .ok, sentence: Words.doctorCardKeys())]
    }
    return problems.map { problem in
      Finding(
        code: "cards.keyUnusable",
        severity: .fault,
        sentence: Words.doctorCardKeyProblem(problem.card),
        evidence: "\(problem.path): \(problem.reason)",
        fix: problem.fix
      )
    }
  }

  private func unreadable(_ what: String, _ path: String, _ error: any Error) -> Finding {
    let file = error as? FileError
    let isAbsent = file.map { FileFacts.meansAbsent($0.number) } ?? false
    return Finding(
      code: isAbsent ? "\(what).absent" : "\(what).unreadable",
      severity: isAbsent ? .fault : .unexamined,
      sentence: Words.doctorFileUnreadable(path),
      evidence: file?.words ?? "\(error)"
    )
  }

  // MARK: The data folder

  /// What was found about the data folder: that it is there, who may read it, how much fits.
  ///
  /// `running` is the folder of the gateway that answers.
  func dataFindings(_ configuration: GatewayConfiguration?, running: String?) -> [Finding] {
    let tried = paths.offlineDataFolders(
      option: subject.dataFolder,
      configured: configuration?.dataFolder,
      running: running
    )
    for path in tried {
      switch probe.facts(path) {
      case .success(let facts): return folderFindings(path, facts)
      case .failure(let error) where FileFacts.meansAbsent(error.number): continue
      case .failure(let error):
        return [
          Finding(
            code: "data.unexamined",
            severity: .unexamined,
            sentence: Words.doctorDataForbidden(),
            evidence: "\(path): \(error.words)",
            fix: "sudo tapgate doctor",
            needsRoot: true
          )
        ]
      }
    }
    return [
      Finding(
        code: "data.absent",
        severity: .warning,
        sentence: Words.doctorDataAbsent(),
        evidence: tried.joined(separator: ", "),
        fix: Words.doctorDataAbsentFix()
      )
    ]
  }

  private func folderFindings(_ path: String, _ facts: FileFacts) -> [Finding] {
    guard facts.kind == .folder else {
      return [
        Finding(
          code: "data.noFolder",
          severity: .fault,
          sentence: Words.doctorDataNoFolder(),
          evidence: path
        )
      ]
    }
    let evidence = "\(path): \(Self.octal(facts.mode)), \(FileFacts.userName(facts.owner))"
    var findings: [Finding] = []
    if facts.mode & 0o077 == 0 {
      findings.append(
        Finding(
          code: "data.private",
          severity: .ok,
          sentence: Words.doctorDataPrivate(),
          evidence: evidence
        )
      )
    } else {
      findings.append(
        Finding(
          code: "data.modeTooWide",
          severity: facts.mode & 0o007 == 0 ? .warning : .fault,
          sentence: Words.doctorDataTooWide(),
          evidence: evidence,
          fix: "chmod 700 \(path)",
          needsRoot: facts.owner != ProcessFacts.userID
        )
      )
    }
    return findings + [spaceFinding(path)] + keyFindings(KeyFile.path(in: path))
  }

  private func spaceFinding(_ path: String) -> Finding {
    switch probe.freeBytes(path) {
    case .success(let bytes):
      let severity: Finding.Severity =
        bytes < Self.freeByteCountMin ? .fault : bytes < Self.freeByteCountLow ? .warning : .ok
      return Finding(
        code: severity == .ok ? "data.space" : "data.spaceLow",
        severity: severity,
        sentence: severity == .ok ? Words.doctorSpace() : Words.doctorSpaceLow(),
        evidence: "\(path): \(bytes / 1024 / 1024) MiB"
      )
    case .failure(let error):
      return Finding(
        code: "data.spaceUnexamined",
        severity: .unexamined,
        sentence: Words.doctorSpaceUnknown(),
        evidence: "\(path): \(error.words)"
      )
    }
  }

  private func keyFindings(_ path: String) -> [Finding] {
    switch probe.facts(path) {
    case .success(let facts):
      let isPrivate = facts.kind == .file && facts.mode & 0o077 == 0
      return [
        Finding(
          code: isPrivate ? "key.private" : "key.modeWrong",
          severity: isPrivate ? .ok : .fault,
          sentence: isPrivate ? Words.doctorKeyPrivate() : Words.doctorKeyTooWide(),
          evidence: "\(path): \(Self.octal(facts.mode))",
          fix: isPrivate ? nil : "chmod 600 \(path)",
          needsRoot: !isPrivate && facts.owner != ProcessFacts.userID
        )
      ]
    case .failure(let error) where FileFacts.meansAbsent(error.number):
      return [
        Finding(
          code: "key.absent",
          severity: .warning,
          sentence: Words.doctorKeyAbsent(),
          evidence: path
        )
      ]
    case .failure(let error):
      return [
        Finding(
          code: "key.unexamined",
          severity: .unexamined,
          sentence: Words.doctorKeyForbidden(),
          evidence: "\(path): \(error.words)",
          fix: "sudo tapgate doctor",
          needsRoot: true
        )
      ]
    }
  }

  private static func octal(_ mode: UInt32) -> String {
    let digits = String(mode & 0o7777, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
