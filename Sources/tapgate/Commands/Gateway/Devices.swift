internal import ArgumentParser
internal import TapgateJSON

/// `tapgate devices`: every device seen, used or not, with its verdict.
struct DevicesCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: Words.aboutDevices()
  )

  @OptionGroup var gateway: GatewayOptions

  func perform(_ session: Session) throws -> ExitStatus {
    try session.showList(
      "device.list",
      columns: [
        "class", "name", "state.name", "power.name", "verdict", "lane", "deviceId", "reason",
      ],
      footer: { Trouble.lines(in: $0, on: session.console) }
    )
  }
}

/// What keeps whole kinds of devices from working, as `devices` and `status` say it.
enum Trouble {
  /// A line for each: what is wrong, and what to do about it.
  static func lines(in result: JSON, on console: Console) -> [String] {
    (result["troubles"]?.array ?? []).compactMap { trouble in
      guard let code = trouble["code"]?.string else { return nil }
      let text = sentences[code]?() ?? trouble["text"]?.string ?? code
      let hint = trouble["hint"]?.string
      return console.toned(hint.map { Words.troubleWithHint(text, $0) } ?? text, .bad)
    }
  }

  /// By the finding's code; others have the gateway's own words.
  private static let sentences: [String: Phrase] = [
    "pcsc.service_down": Words.doctorPcscDown
  ]
}
