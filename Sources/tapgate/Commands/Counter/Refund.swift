internal import ArgumentParser
internal import TapgateJSON

/// `tapgate refund RECEIPT --amount 12.00` or `--line 0:2`: gives a receipt back, or a part of it.
struct RefundCommand: GatewayCommand {
  static let configuration = CommandConfiguration(
    commandName: "refund",
    abstract: Words.aboutRefund()
  )

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var operation: OperationOptions

  @Argument(help: ArgumentHelp(Words.helpReceiptID(), valueName: "receipt"))
  var receipt: String

  @Option(help: ArgumentHelp(Words.helpRefundAmount(), valueName: "12.00"))
  var amount: String?

  @Option(
    name: .customLong("line"),
    help: ArgumentHelp(Words.helpRefundLine(), valueName: "line:quantity")
  )
  var lines: [String] = []

  func validate() throws { _ = try parameters() }

  func perform(_ session: Session) throws -> ExitStatus {
    try session.operate("refund.create", try parameters(), operation)
  }

  private func parameters() throws -> JSONObject {
    guard (amount == nil) != lines.isEmpty else { throw ValidationError(Words.refundOfWhat()) }
    var parameters = JSONObject(literals: ["receiptId": .string(receipt)])
    if let amount {
      parameters["amountMinor"] = .integer(try Amount(argument: amount).minor)
    } else {
      parameters["lines"] = .array(try lines.map(Self.line))
    }
    return parameters
  }

  private static func line(_ text: String) throws -> JSON {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let line = Int64(parts[0]), let quantity = Int64(parts[1]),
      line >= 0, quantity > 0
    else { throw ValidationError(Words.refundLineMalformed()) }
    return .object(
      JSONObject(literals: ["line": .integer(line), "quantity": .integer(quantity)])
    )
  }
}

extension Amount {
  /// Reads an amount of the command line.
  init(argument text: String) throws {
    do throws(Amount.Problem) {
      self = try Amount(text: text)
    } catch {
      let words = error == .tooLarge ? Words.amountTooLarge : Words.amountMalformed
      throw ValidationError(words())
    }
  }
}
