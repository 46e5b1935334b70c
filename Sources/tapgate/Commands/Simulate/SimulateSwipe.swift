internal import ArgumentParser
internal import TapgateJSON

/// `tapgate simulate swipe`: a card through the virtual magnetic stripe reader.
struct SimulateSwipe: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "swipe",
    abstract: Words.aboutSimulateSwipe()
  )

  @OptionGroup var gateway: GatewayOptions

  @Option(help: ArgumentHelp(Words.helpTrack1()))
  var track1: String?

  @Option(help: ArgumentHelp(Words.helpTrack2()))
  var track2: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("track1", track1)
    parameters.add("track2", track2)
    return try session.show("simulate.swipe", parameters)
  }
}
