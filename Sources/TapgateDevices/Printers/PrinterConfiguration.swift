public import TapgateCodec
public import TapgateCore

/// Where a printer hangs.
public enum PrinterTransport: String, Sendable, CaseIterable {
  /// `address` is `HOST:PORT`, `[V6]:PORT` or `HOST` (port 9100).
  case tcp
  /// `address` is the path of a `/dev/usb/lpN` or of a pseudo terminal.
  case file
  /// `address` is the path of a Unix socket: the virtual printer of `serve --simulate`, which must
  /// not open a port.
  case unix
}

/// One `[[printer]]` of the configuration.
public struct PrinterConfiguration: Sendable {
  public var id: String
  public var transport: PrinterTransport
  public var address: String
  public var profile: PrinterProfile
  public var characterSet: any PrinterCharacterSet
  public var timing: PrintTiming
  public var isSimulated: Bool

  /// Creates a configuration.
  public init(
    id: String,
    transport: PrinterTransport,
    address: String,
    profile: PrinterProfile,
    characterSet: any PrinterCharacterSet,
    timing: PrintTiming = PrintTiming(),
    isSimulated: Bool = false
  ) {
    self.id = id
    self.transport = transport
    self.address = address
    self.profile = profile
    self.characterSet = characterSet
    self.timing = timing
    self.isSimulated = isSimulated
  }

  /// Host and port of a `tcp` printer.
  var hostAndPort: (host: String, port: UInt16)? {
    let host: Substring
    let rest: Substring
    if address.hasPrefix("["), let end = address.firstIndex(of: "]") {
      host = address[address.index(after: address.startIndex)..<end]
      rest = address[address.index(after: end)...]
    } else if let colon = address.lastIndex(of: ":") {
      host = address[..<colon]
      rest = address[colon...]
    } else {
      host = address[...]
      rest = ""
    }
    guard !host.isEmpty else { return nil }
    if rest.isEmpty { return (String(host), 9100) }
    guard rest.first == ":", let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
    return (String(host), port)
  }

  /// Whether the parts fit each other: what `serve` checks before it makes a spooler.
  ///
  /// - Returns: a sentence on what is wrong, or `nil`.
  public func fault() -> String? {
    switch transport {
    case .tcp where hostAndPort == nil: "address must be HOST:PORT"
    case .file where !address.hasPrefix("/"): "address must be an absolute path"
    case .tcp, .file, .unix: nil
    }
  }
}
