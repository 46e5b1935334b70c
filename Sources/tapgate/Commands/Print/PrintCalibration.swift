internal import ArgumentParser
internal import TapgateCodec
internal import TapgateJSON

/// `tapgate print calibration`: the page by which `tapgate scanner calibrate` makes a scanner out.
struct PrintCalibration: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibration",
    abstract: Words.aboutPrintCalibration()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Option(help: ArgumentHelp(Words.helpPrinter(), valueName: "id"))
  var printer: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var parameters = JSONObject()
    parameters.add("printer", printer)
    parameters["document"] = .array(Self.page)
    return try session.operate("print.submit", parameters, operation)
  }

  /// A short text for linear codes, the whole one for matrix codes.
  static let page: [JSON] = [
    .object([
      "type": .string("text"), "text": .string(Words.calibrationPageTitle()),
      "align": .string("center"), "bold": .bool(true),
    ]),
    .object(["type": .string("rule")]),
    .object(["type": .string("text"), "text": .string(Words.calibrationPageLinear())]),
    .object([
      "type": .string("barcode"), "symbology": .string("code128"),
      "data": .string(WedgeCalibration.shortBaseline),
    ]),
    .object(["type": .string("text"), "text": .string(Words.calibrationPageMatrix())]),
    .object(["type": .string("qr"), "data": .string(WedgeCalibration.baseline)]),
    .object(["type": .string("cut")]),
  ]
}
