internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate reload`: the gateway reads its configuration file anew.
struct ReloadCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: Words.aboutReload()
  )

  @OptionGroup var gateway: GatewayOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let result = try session.client.call("daemon.reload", .object([:]))
    let applied = (result["applied"]?.array ?? []).compactMap(\.string)
    let pending = (result["pending"]?.array ?? []).compactMap(\.string)
    session.console.result(result) {
      var lines = [applied.isEmpty ? Words.reloadNothing() : Words.reloadDone(list(applied))]
      if !pending.isEmpty { lines.append(Words.reloadLater(list(pending))) }
      return lines
    }
    return pending.isEmpty ? .done : .warning
  }

  private func list(_ sections: [String]) -> String { sections.joined(separator: ", ") }
}
