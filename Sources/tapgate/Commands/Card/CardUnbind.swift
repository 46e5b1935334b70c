internal import ArgumentParser

/// `tapgate card unbind KIND:VALUE`: takes a card or code from its member.
struct CardUnbind: CardChange {
  static let configuration = CommandConfiguration(
    commandName: "unbind",
    abstract: Words.aboutCardUnbind()
  )
  static let method = "card.unbind"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
}
