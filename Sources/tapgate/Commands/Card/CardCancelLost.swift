internal import ArgumentParser

/// `tapgate card cancel-lost KIND:VALUE`: the card was found again; it is what it was before.
struct CardCancelLost: CardChange {
  static let configuration = CommandConfiguration(
    commandName: "cancel-lost",
    abstract: Words.aboutCardCancelLost()
  )
  static let method = "card.cancelLost"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
}
