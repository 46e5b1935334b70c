internal import TapgateModel

/// Every sentence that an error may bring to a cashier's screen.
enum Sentence: Hashable, Sendable {
  // The protocol.
  case notJSON, notRequest, batch, notification, tooDeep, idIllegal, methodUnknown
  case lineTooLong(byteCountMax: Int)
  case wrongType(field: String)
  case missingField(field: String)
  case unknownField(field: String)
  case duplicateField(field: String)
  case conflictingField(field: String)
  case impossibleValue(field: String)
  // The connection.
  case helloFirst, helloTwice, apiUnsupported, closing, notAllowedHere, roleTooLow
  case tooManyConnections, tooManyInFlight, tooManyMisses, busy, backlog
  // Things.
  case memberUnknown, eventUnknown, unknown, operationExists, broken
  case credentialUnusable, paymentCard
  case claimed, notClaimed, notClaimable, healthLevelUnbuilt, noPrinter, documentRefused
  case jobNotOpen, simulationRefused, configurationFaulty
  case refused(RefusalReason)
  case denied(OperatorDenial)

  /// The sentence in a language.
  func text(in language: Language) -> String {
    switch language {
    case .zh: chinese
    case .en: english
    }
  }

  private var english: String {
    switch self {
    case .notJSON: "The request is not valid JSON."
    case .notRequest: "This is not a JSON-RPC 2.0 request."
    case .batch: "Several requests in one array are not supported; send one per line."
    case .notification: "A request needs an id."
    case .tooDeep: "The request is nested too deeply."
    case .idIllegal: "The id must be a string or an integer of at most 53 bits."
    case .methodUnknown: "There is no such method."
    case .lineTooLong(let countMax): "The request is longer than \(countMax) bytes."
    case .wrongType(let field): "\(field) has the wrong type."
    case .missingField(let field): "\(field) is missing."
    case .unknownField(let field): "\(field) is not known."
    case .duplicateField(let field): "\(field) is given twice."
    case .conflictingField(let field): "\(field) cannot be given together with another field."
    case .impossibleValue(let field): "The value of \(field) is not possible."
    case .helloFirst: "Say hello first."
    case .helloTwice: "hello was said already."
    case .apiUnsupported: "Client and gateway have no API version in common."
    case .closing: "The gateway is closing."
    case .notAllowedHere: "This user may not use the gateway."
    case .roleTooLow: "This user may not do that."
    case .tooManyConnections: "Too many programs are connected."
    case .tooManyInFlight: "Too many requests are unanswered."
    case .tooManyMisses: "Too many unknown numbers were asked for. Please wait."
    case .busy: "The gateway is busy. Please try again."
    case .backlog: "Too many answers were left unread."
    default: englishOfThings
    }
  }

  private var englishOfThings: String {
    switch self {
    case .memberUnknown: "No member is known by this."
    case .eventUnknown: "This event is not known any more. Please tap again."
    case .unknown: "This is not known."
    case .operationExists: "This operation id was used for something else."
    case .broken: "The gateway has a fault. Please call the technician."
    case .credentialUnusable: "This cannot identify a member."
    case .paymentCard: "Payment cards are not accepted as member cards."
    case .claimed: "Another till is using this device."
    case .notClaimed: "This till does not hold the device."
    case .notClaimable: "Printers and drawers are shared and cannot be claimed."
    case .healthLevelUnbuilt: "Only the internal check (level 1) is possible."
    case .noPrinter: "No printer is configured."
    case .documentRefused: "The document cannot be printed."
    case .jobNotOpen: "This print job needs nobody's word."
    case .simulationRefused: "The virtual device cannot do that now."
    case .configurationFaulty: "The configuration has faults; nothing was changed."
    case .refused(let reason): reason.english
    case .denied(let denial): denial.english
    default: "The request failed."
    }
  }
}
