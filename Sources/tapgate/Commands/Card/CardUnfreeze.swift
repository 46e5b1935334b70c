internal import ArgumentParser

/// `tapgate card unfreeze KIND:VALUE`: the card works again.
struct CardUnfreeze: CardChange {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze",
    abstract: Words.aboutCardUnfreeze()
  )
  static let method = "card.unfreeze"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
}
