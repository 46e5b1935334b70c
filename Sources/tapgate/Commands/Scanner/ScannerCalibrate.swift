internal import ArgumentParser
internal import TapgateCodec
internal import TapgateDevices
internal import TapgateJSON

/// `tapgate scanner …`.
struct ScannerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scanner",
    abstract: Words.aboutScanner(),
    subcommands: [ScannerCalibrate.self]
  )
}

/// `tapgate scanner calibrate`: finds out how a scanner that types is set up, from one scan of the
/// page that `tapgate print calibration` prints, and writes the configuration.
struct ScannerCalibrate: OfflineCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: Words.aboutCalibrate()
  )

  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp(Words.helpCalibrateConfig(), valueName: "file"), completion: .file())
  var config: String?

  @Option(help: ArgumentHelp(Words.helpCalibrateID(), valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp(Words.helpCalibrateLane(), valueName: "lane"))
  var lane: String?

  @Option(help: ArgumentHelp(Words.helpCalibrateSeconds(), valueName: "seconds"))
  var seconds = 60

  func validate() throws {
    guard (1...3600).contains(seconds) else {
      throw ValidationError(Words.calibrateSecondsRange())
    }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    let known = try config.flatMap { try Self.existing($0) }
    let finding = try listen(console)
    let block = ScannerBlock(
      id: id ?? Self.freeID(known?.scanners.map(\.id) ?? []),
      lane: lane,
      device: finding.device,
      calibration: finding.calibration
    )
    let second = known?.scanners.first { $0.entry.match.overlaps(finding.device.match) }
    var isWritten = false
    if let config, second == nil {
      try ConfigurationAddition(path: config).append(block.lines)
      isWritten = true
    }
    console.result(block.document(isWritten: isWritten)) {
      block.facts + [""] + block.lines + [""]
        + [Self.outcome(config, second: second?.id, isWritten: isWritten)]
    }
    return second == nil ? .done : .warning
  }

  private static func outcome(_ config: String?, second: String?, isWritten: Bool) -> String {
    guard let config else { return Words.calibrateNotWritten() }
    if let second { return Words.calibrateSecond(config, second) }
    return Words.calibrateWritten(config)
  }

  /// What the file says already; `nil` where there is no file yet.
  private static func existing(_ path: String) throws -> GatewayConfiguration? {
    do throws(FileError) {
      _ = try InputFile(path: path)
    } catch {
      if error.isAbsent { return nil }
      throw error
    }
    return try GatewayConfiguration.read(path: path)
  }

  private static func freeID(_ taken: [String]) -> String {
    var number = 1
    while taken.contains("scanner-\(number)") { number += 1 }
    return "scanner-\(number)"
  }

  private func listen(_ console: Console) throws -> WedgeListening.Finding {
    do throws(WedgeListening.Failure) {
      let listening = try WedgeListening(to: WedgeListening.typingDevices())
      console.complain(Words.calibrateScan("\(seconds)"))
      for device in listening.devices { console.complain("  \(device.name) (\(device.path))") }
      return try Terminal.silenced { () throws(WedgeListening.Failure) in
        try listening.listen(seconds: seconds)
      }
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ failure: WedgeListening.Failure) -> CommandFailure {
    switch failure {
    case .noDevices:
      CommandFailure(.fault, name: "calibrate.noDevices", Words.calibrateNoDevices())
    case .denied(let words):
      CommandFailure(.unexamined, name: "calibrate.denied", Words.calibrateDenied(words))
    case .silence: CommandFailure(.fault, name: "calibrate.silence", Words.calibrateSilence())
    case .unknown(let device, .unknownSuffix):
      CommandFailure(.fault, name: "calibrate.unknownSuffix", Words.calibrateSuffix(device.name))
    case .unknown(let device, _):
      CommandFailure(.fault, name: "calibrate.noMatch", Words.calibrateNoMatch(device.name))
    }
  }
}

extension ScannerEntry.Match {
  /// Whether both can mean one device.
  fileprivate func overlaps(_ other: Self) -> Bool {
    func fits<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
      left == nil || right == nil || left == right
    }
    guard vendor != nil || product != nil || serial != nil || port != nil else { return false }
    return fits(vendor, other.vendor) && fits(product, other.product)
      && fits(serial, other.serial) && fits(port, other.port)
  }
}
