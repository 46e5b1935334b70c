/// How a request names a member.
public enum MemberKey: Hashable, Sendable {
  case memberID(String)
  case credential(Credential)
  case cardID(String)
  /// An event id that this gateway does not know (any more). Only the answer to a repeated
  /// operation can still be found with it.
  case forgottenEvent
}

/// A field of a member's profile that can be emptied.
public enum ProfileField: String, Hashable, Sendable, CaseIterable {
  case name, phone, birthday, gender, note
}

/// A profile's fields as they are given; `nil` where a field is not named.
public struct ProfileChange: Hashable, Sendable {
  /// Fields to be emptied.
  public var cleared: Set<ProfileField> = []
  public var name: String?
  /// E.164, checked by `Credential`.
  public var phone: Credential?
  public var birthday: BusinessDate?
  public var gender: String?
  public var note: String?
  /// Values of attributes by id; an empty one takes the value away.
  public var attributes: [String: String] = [:]

  /// Creates a change.
  public init(
    name: String? = nil,
    phone: Credential? = nil,
    birthday: BusinessDate? = nil,
    gender: String? = nil,
    note: String? = nil
  ) {
    self.name = name
    self.phone = phone
    self.birthday = birthday
    self.gender = gender
    self.note = note
  }
}

/// One line of a basket.
public struct BasketLine: Hashable, Sendable {
  public var sku: String
  public var category: String
  public var quantity: Int64
  public var unitPriceMinor: Int64
  /// Overrides quantity × price, for weighed goods.
  public var amountMinor: Int64?

  /// Creates a line.
  public init(
    sku: String,
    category: String,
    quantity: Int64,
    unitPriceMinor: Int64,
    amountMinor: Int64? = nil
  ) {
    self.sku = sku
    self.category = category
    self.quantity = quantity
    self.unitPriceMinor = unitPriceMinor
    self.amountMinor = amountMinor
  }
}

/// One means of payment of a receipt.
public struct Tender: Hashable, Sendable {
  public var kind: String
  public var amountMinor: Int64
  public var reference: String?

  /// Creates a tender.
  public init(kind: String, amountMinor: Int64, reference: String? = nil) {
    self.kind = kind
    self.amountMinor = amountMinor
    self.reference = reference
  }
}

/// What `points.accrue` asks for.
public struct Accrual: Hashable, Sendable {
  public var receiptNo: String
  /// Exactly one of `amountMinor` and `lines` is given.
  public var amountMinor: Int64?
  public var lines: [BasketLine]?
  public var tenders: [Tender]
  public var wantsPrint: Bool
  public var currency: String?
  /// What rules count instead of money, such as `km`.
  public var quantities: [String: Int64]

  /// Creates an accrual.
  public init(
    receiptNo: String,
    amountMinor: Int64?,
    lines: [BasketLine]?,
    tenders: [Tender] = [],
    wantsPrint: Bool = true,
    currency: String? = nil,
    quantities: [String: Int64] = [:]
  ) {
    self.quantities = quantities
    self.receiptNo = receiptNo
    self.amountMinor = amountMinor
    self.lines = lines
    self.tenders = tenders
    self.wantsPrint = wantsPrint
    self.currency = currency
  }
}

/// What is to happen to a card that is known.
public enum CardAction: String, Hashable, Sendable, CaseIterable {
  case unbind, reportLost, cancelLost, freeze, unfreeze, close
}

/// What an operation does.
public enum OperationBody: Hashable, Sendable {
  case accrue(Accrual)
  case reverse(operationID: String, reason: String)
  case enrol(profile: ProfileChange, credential: MemberKey?, cardType: String?)
  case update(ProfileChange)
  /// `card.issue` and `card.bind`: a card that nobody holds becomes the member's. `parent` is the
  /// member on whose account it spends, where its type asks for one.
  case bindCard(MemberKey, cardType: String?, isIssue: Bool, parent: String? = nil)
  /// The subject of the operation is the card.
  case changeCard(CardAction, reason: String?)
  /// The subject of the operation is the old card.
  case replaceCard(new: MemberKey, reason: String?)
  /// `shift.close`: whose shift, with what was counted of it before its turn.
  indirect case closeShift(ShiftClose?)
  /// `print.submit`: the document's canonical JSON and the printer it is for.
  case print(document: [UInt8], printer: String)
  /// Stored value, points, coupons, passes, paid levels, and what happens to a member as such.
  case assets(LedgerRequest)
}

/// A request that changes the ledger or the directory, checked for shape, not yet for rules.
public struct Operation: Sendable {
  /// Made by the caller, unique for ever: 1 to 64 printable ASCII characters.
  public var id: String
  /// The API method, such as `points.accrue`.
  public var method: String
  /// Method and parameters in canonical form. What is repeated under one id must be this, byte for
  /// byte; only a keyed hash of it is kept.
  public var content: [UInt8]
  /// Whom it concerns; `nil` where nobody is concerned (`print.submit`, `operation.reverse`) or
  /// where the body creates the member.
  public var subject: MemberKey?
  public var body: OperationBody
  public var store: String
  public var counter: String
  public var operatorName: String?
  /// What is known of the PIN that came with it.
  public var operatorProof = OperatorProof.missing
  /// Whether a slip is to be printed, where its kind has one.
  public var wantsSlip = true
  /// When it happened, where the POS says so; else now.
  public var businessTime: Timestamp?
  public var isSimulated: Bool
  /// How the credential that it names came to the gateway.
  public var evidence: Evidence
  /// The PIN that was entered for it; of `card.setPin` the one there is. No part of `content`: not
  /// even a hash of it is kept.
  public var pin: PIN?

  /// Creates an operation.
  public init(
    id: String,
    method: String,
    content: [UInt8],
    subject: MemberKey?,
    body: OperationBody,
    store: String,
    counter: String,
    operatorName: String? = nil,
    businessTime: Timestamp? = nil,
    isSimulated: Bool = false,
    evidence: Evidence = .word,
    pin: PIN? = nil
  ) {
    self.evidence = evidence
    self.pin = pin
    self.id = id
    self.method = method
    self.content = content
    self.subject = subject
    self.body = body
    self.store = store
    self.counter = counter
    self.operatorName = operatorName
    self.businessTime = businessTime
    self.isSimulated = isSimulated
  }
}

/// Why a rule of the business refused; the wire's closed list.
public enum RefusalReason: String, Sendable, CaseIterable {
  case cardLost, cardFrozen, cardReplaced, cardClosed, memberFrozen, memberSuspended, memberMerged
  case memberErased, credentialTaken, insufficientPoints, belowRedeemMinimum, rewardUnavailable
  case insufficientValue, limitExceeded, balanceCapExceeded, pinRequired, pinWrong, assuranceTooLow
  case operatorNotAllowed, couponUsed, couponExpired, couponNotApplicable, holdExpired, holdEnded
  case quoteStale, receiptUsed, refundExceedsReceipt, alreadyReversed, dependentOperations
  case currencyMismatch, businessTimeOutOfRange, notSupportedByProgramme, shiftEmpty
}

/// A refusal by a rule. It is remembered: the same id is refused again with the same words.
public struct Refusal: Error, Hashable, Sendable {
  public var reason: RefusalReason
  /// What to say beside the reason's own sentence, such as the masked holder of a taken card.
  public var detail: String?

  /// Creates a refusal.
  public init(_ reason: RefusalReason, detail: String? = nil) {
    self.reason = reason
    self.detail = detail
  }
}

/// Why an operation was not decided. Nothing is remembered, so the id may be used again (but for
/// `exists`, where it is another operation's for ever).
public enum OperationFailure: Error, Hashable, Sendable {
  /// The id belongs to an operation of other content (E_EXISTS).
  case exists
  /// Something named does not exist (E_NOEXIST); the parameter's name.
  case unknown(field: String)
  /// A right type with an impossible value (E_ILLEGAL): the parameter's name and what is wrong.
  case illegal(field: String, problem: String)
  /// The disk refused, or the queue is full (E_BUSY).
  case busy(retryAfterMilliseconds: Int, hint: String)
  /// The gateway is going down (E_CLOSED).
  case closing
  /// The ledger contradicts itself or the disk fails (E_FAILURE); `tapgate doctor` and `verify` say
  /// more.
  case broken(hint: String)
}

/// What became of an operation.
public enum OperationOutcome: Sendable {
  /// On disk. `result` is the method's whole result as one JSON object, `replay` included.
  case committed(result: [UInt8], isReplay: Bool, sequence: Int64)
  case refused(Refusal, isReplay: Bool)
  case failed(OperationFailure)
}
