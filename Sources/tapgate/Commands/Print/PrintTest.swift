internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// `tapgate print test`: a page that shows what the printer can do.
struct PrintTest: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: Words.aboutPrintTest()
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

  /// Sizes, alignment, Chinese text, columns, a bar code, a QR code and a cut.
  static let page: [JSON] = [
    .object([
      "type": .string("text"), "text": .string("TAPGATE"), "align": .string("center"),
      "bold": .bool(true), "width": .integer(2), "height": .integer(2),
    ]),
    .object([
      "type": .string("text"), "text": .string(Words.testPageTitle()),
      "align": .string("center"),
    ]),
    .object(["type": .string("rule")]),
    .object([
      "type": .string("text"), "text": .string("ABCDEFGHIJKLM abcdefghijklm 0123456789"),
    ]),
    .object(["type": .string("text"), "text": .string("会员积分 储值余额 谢谢惠顾")]),
    .object([
      "type": .string("row"),
      "columns": .array([
        .object(["text": .string("积分"), "flex": .integer(1)]),
        .object(["text": .string("28"), "width": .integer(10), "align": .string("right")]),
      ]),
    ]),
    .object(["type": .string("rule")]),
    .object([
      "type": .string("barcode"), "symbology": .string("code128"),
      "data": .string("TAPGATE-TEST"),
    ]),
    .object(["type": .string("qr"), "data": .string("tapgate test page")]),
    .object(["type": .string("cut")]),
  ]
}
