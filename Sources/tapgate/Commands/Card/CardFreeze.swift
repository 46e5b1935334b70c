internal import ArgumentParser

/// `tapgate card freeze KIND:VALUE`: the card is refused for a while.
struct CardFreeze: CardChange {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: Words.aboutCardFreeze()
  )
  static let method = "card.freeze"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
}
