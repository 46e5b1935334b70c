/// Every method, event and error of the socket API, in one table: requests are checked against it
/// and `rpc.discover` shows it.
public enum Catalogue {
  /// The API's number. Fields and methods may be added under one number; nothing is renamed or
  /// dropped.
  public static let api = 1

  /// Every method, in the order of the documentation.
  public static let methods: [MethodDescription] =
    gatewayMethods + memberMethods + cardMethods + operationMethods + assetMethods
    + pinMethods
    + checkoutMethods + stewardshipMethods
    + deviceMethods
    + printMethods + importMethods + reportMethods + sessionMethods + simulationMethods

  /// The method called `name`.
  public static func method(_ name: String) -> MethodDescription? { byName[name] }

  private static let byName = Dictionary(
    methods.map { ($0.name, $0) },
    uniquingKeysWith: { first, _ in first }
  )

  /// UnifiedPOS result codes, by name, with what they mean here.
  public static let errors: [(name: String, number: Int64, summary: String)] = [
    ("E_CLOSED", 101, "no hello yet, or the gateway is closing"),
    ("E_CLAIMED", 102, "another client holds it; holder says who"),
    ("E_NOTCLAIMED", 103, "the client does not hold it"),
    ("E_NOSERVICE", 104, "the backend is not running (pcscd, usbfs)"),
    ("E_DISABLED", 105, "switched off in the configuration"),
    ("E_ILLEGAL", 106, "the role does not allow it, or a value is impossible"),
    ("E_NOHARDWARE", 107, "a configured device is absent"),
    ("E_OFFLINE", 108, "the device is present and does not answer"),
    ("E_NOEXIST", 109, "an id or credential is unknown"),
    ("E_EXISTS", 110, "the operation id belongs to an operation of other content"),
    ("E_FAILURE", 111, "refused by a device or by a business rule; reason says which"),
    ("E_TIMEOUT", 112, "a deadline passed; outcome is notStarted or indeterminate"),
    ("E_BUSY", 113, "too much at once; try again after retryAfterMs"),
    ("E_EXTENDED", 114, "a device class's own code, in class and extended"),
    ("E_DEPRECATED", 115, "the method leaves with the next api number"),
  ]

  /// Why a business rule refuses: the values of `reason` in E_FAILURE.
  public static let reasons = [
    "cardLost", "cardFrozen", "cardReplaced", "cardClosed", "memberFrozen", "memberSuspended",
    "memberMerged", "memberErased", "credentialTaken", "insufficientPoints",
    "belowRedeemMinimum", "rewardUnavailable", "insufficientValue", "limitExceeded",
    "balanceCapExceeded", "pinRequired", "pinWrong", "assuranceTooLow", "operatorNotAllowed",
    "couponUsed", "couponExpired", "couponNotApplicable", "holdExpired", "holdEnded",
    "quoteStale", "receiptUsed", "refundExceedsReceipt", "alreadyReversed",
    "dependentOperations", "currencyMismatch", "businessTimeOutOfRange",
    "notSupportedByProgramme",
  ]

  /// Kinds of credential, as requests name them.
  public static let credentialKinds = [
    "cardUid", "memberNumber", "appFile", "sunToken", "vasPass", "hceToken", "rotatingQr",
    "staticQr", "barcode", "magstripe", "phoneNumber",
  ]

  /// Grades of assurance, the weakest first.
  public static let assurances = ["A0", "A1", "A2", "A3", "A4"]

  /// Fen and points beyond which a number is no amount of a shop but a mistake.
  public static let amountMax: Int64 = 1_000_000_000_000
  /// Lines of a basket.
  public static let basketLineCountMax = 500

  // MARK: Shared types

  static let identifier = ParameterType.text(1...128)
  static let reasonText = ParameterType.text(0...200)
  static let operationID = ParameterType.printableASCII(1...64)
  static let amount = ParameterType.integer(0...amountMax)
  static let credential = ParameterType.record([
    .required("kind", .choice(credentialKinds), "what kind of thing it is"),
    .required("value", .text(1...512), "its text; a UID is hexadecimal"),
  ])

  static let memberKey: [Parameter] = [
    .optional("credential", credential, "something that identifies the member"),
    .optional("memberId", identifier, "the member's id: the POS's word, A1"),
    .optional("eventId", identifier, "of a credential event this client was given, for 30 minutes"),
  ]
  static let oneMemberKey = Alternative.exactlyOne(["credential", "memberId", "eventId"])

  /// What every operation that changes something may carry.
  static func operationFields(isIDRequired: Bool) -> [Parameter] {
    let summary = "made by the caller, unique for ever"
    return [
      isIDRequired
        ? .required("operationId", operationID, summary)
        : .optional("operationId", operationID, summary + "; made by the gateway if left out"),
      .optional("store", .printableASCII(1...32), "default: the gateway's"),
      .optional("counter", .printableASCII(1...32), "default: the gateway's"),
      .optional("operator", .text(1...64), "who stands there"),
      .optional(
        "operatorPin",
        .text(1...32),
        "proves the operator where the operator's entry demands it; this version has no entries "
          + "of operators, so none is asked for, and one that is sent is neither checked nor kept"
      ),
      .optional("businessTime", .text(1...40), "RFC 3339; default: now"),
    ]
  }

  static let memberResult: [ResultField] = [
    .object("member", "id, displayName (masked), status, tier", orNull: true),
    .object("card", "id, type, status of the card that was shown", orNull: true),
    .array("cards", "id, kind, type, status of every card that the member holds or held"),
    .object("points", "available, held, pending, debt, nextExpiry", orNull: true),
    .object("value", "principalMinor, bonusMinor, heldMinor", orNull: true),
    .array("coupons", "coupons that can be used"),
    .array("benefits", "what the tier gives"),
    .array("reminders", "what the cashier may say"),
    .string("asOf", "RFC 3339", orNull: true),
  ]

  static let receiptOfCommit: [ResultField] = [
    .string("durable", "local: the journal row is on disk"),
    .boolean("replay", "whether the id had been used for the same content before"),
  ]
}
