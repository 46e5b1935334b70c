internal import ArgumentParser

/// `tapgate card issue KIND:VALUE --member ID`: a new card for a member.
struct CardIssue: CardGift {
  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: Words.aboutCardIssue()
  )
  static let method = "card.issue"

  @OptionGroup var gateway: GatewayOptions
  @OptionGroup var target: CardOptions
  @OptionGroup var recipient: CardRecipient
}
