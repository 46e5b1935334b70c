internal import ArgumentParser

/// `tapgate card close KIND:VALUE`: the end of a card.
struct CardClose: CardChange {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: Words.aboutCardClose()
  )
  static let method = "card.close"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
}
