public import TapgateModel

/// A card with more than an identifier, for `simulate.tap`: what a driver that can prove more would
/// report.
public struct SimulatedCard: Hashable, Sendable {
  /// The credential's text; hexadecimal for a UID.
  public var value: String
  public var kind: CredentialKind
  public var assurance: Assurance
  /// The counter that the card mirrors, where it has one.
  public var counter: UInt64?

  /// Creates a card.
  public init(value: String, kind: CredentialKind, assurance: Assurance, counter: UInt64?) {
    self.value = value
    self.kind = kind
    self.assurance = assurance
    self.counter = counter
  }
}

/// What `simulate.*` asks the virtual devices to do.
public enum SimulatedInput: Hashable, Sendable {
  /// A card is laid on a reader; the first one where `deviceID` is `nil`. `uid` is hexadecimal, as
  /// it was given: an identifier that names no card leads to a refusal, as it would on a real
  /// reader.
  case tap(deviceID: String?, uid: String)
  /// The same for a card that proves more.
  case card(deviceID: String?, SimulatedCard)
  /// The card on a reader is taken away.
  case remove(deviceID: String?)
  /// A code is scanned. `aim` is the AIM symbology identifier, such as `]E0`.
  case scan(data: String, aim: String?)
  /// A card is swiped; a track that is not given is blank.
  case swipe(track1: String?, track2: String?)
  /// A fault of the virtual printer; `none` ends it.
  case printerFault(String)
}

/// Why virtual devices did nothing.
public enum SimulationFailure: Error, Hashable, Sendable {
  /// There is no such virtual device.
  case unknownDevice
  /// A value is not one that the devices understand: the parameter's name and what is wrong.
  case illegal(field: String, problem: String)
  /// There is a card on the reader already, or none to take away.
  case occupied(String)
}

/// Drives the virtual devices of a gateway that was started with `--simulate`.
public protocol InputSimulator: Sendable {
  /// Does what `input` says and returns at once; what comes of it arrives as an input report.
  ///
  /// - Returns: the id of the device that did it.
  func perform(_ input: SimulatedInput) throws(SimulationFailure) -> String

  /// Reports an input of a recorded session, as the driver that saw it would. It is marked as
  /// simulated.
  func replay(_ report: InputReport)
}
