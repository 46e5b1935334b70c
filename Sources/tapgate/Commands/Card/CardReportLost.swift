internal import ArgumentParser

/// `tapgate card report-lost KIND:VALUE`: nobody can use the card from the moment this is answered.
struct CardReportLost: CardChange {
  static let configuration = CommandConfiguration(
    commandName: "report-lost",
    abstract: Words.aboutCardReportLost()
  )
  static let method = "card.reportLost"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
}
