internal import ArgumentParser

/// `tapgate card bind KIND:VALUE --member ID`: another card or code for a member.
struct CardBind: CardGift {
  static let configuration = CommandConfiguration(
    commandName: "bind",
    abstract: Words.aboutCardBind()
  )
  static let method = "card.bind"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
  @OptionGroup var recipient: CardRecipient
}
