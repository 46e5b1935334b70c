/// One NDEF record. It may say which member a card belongs to: `description` and reflection show
/// its kind and size only.
public struct NDEFRecord: Hashable, Sendable {
  /// TNF, section 3.2.6.
  public enum Format: UInt8, Hashable, Sendable {
    case empty, wellKnown, media, absoluteURI, external, unknown
  }

  public let format: Format
  public let type: [UInt8]
  public let id: [UInt8]
  public internal(set) var payload: [UInt8]

  /// Creates a record.
  public init(format: Format, type: [UInt8], id: [UInt8] = [], payload: [UInt8]) {
    self.format = format
    self.type = type
    self.id = id
    self.payload = payload
  }

  /// What the record says in words: a URI, a text, a smart poster's URI, or the payload of a media
  /// or external type where it is UTF-8. `nil` where it says nothing that a text can hold.
  public var text: Result<String, NDEFProblem>? {
    switch (format, type) {
    case (.wellKnown, Self.uriType): uri
    case (.wellKnown, Self.textType): words
    case (.wellKnown, Self.posterType): posterURI
    case (.absoluteURI, _): Self.decode(type)
    case (.media, _), (.external, _), (.wellKnown, _): Self.decode(payload)
    case (.empty, _), (.unknown, _): nil
    }
  }

  /// Whether the record is a URI, and nothing else.
  public var isURI: Bool { format == .wellKnown && type == Self.uriType }

  private static let uriType: [UInt8] = [0x55]
  private static let textType: [UInt8] = [0x54]
  private static let posterType: [UInt8] = [0x53, 0x70]

  /// NFC Forum, "URI Record Type Definition" 1.0, section 3.2: an abbreviation, then UTF-8.
  private var uri: Result<String, NDEFProblem> {
    guard let code = payload.first else { return .failure(.truncated) }
    // Reserved codes are to be read as no prefix.
    let prefix = Int(code) < Self.prefixes.count ? Self.prefixes[Int(code)] : ""
    return Self.decode(Array(payload.dropFirst())).map { prefix + $0 }
  }

  /// NFC Forum, "Text Record Type Definition" 1.0, section 3.2: status byte, language, text.
  private var words: Result<String, NDEFProblem> {
    guard let status = payload.first else { return .failure(.truncated) }
    let languageCount = Int(status & 0x3F)
    guard payload.count > languageCount else { return .failure(.truncated) }
    let body = Array(payload.dropFirst(1 + languageCount))
    return status & 0x80 == 0 ? Self.decode(body) : Self.decodeUTF16(body)
  }

  /// NFC Forum, "Smart Poster Record Type Definition" 1.0, section 3.3: one URI among its records.
  private var posterURI: Result<String, NDEFProblem>? {
    switch NDEFMessage.parse(payload) {
    case .failure(let problem): .failure(problem)
    case .success(let inner): inner.records.first { $0.isURI }?.uri
    }
  }

  private static func decode(_ bytes: [UInt8]) -> Result<String, NDEFProblem> {
    String(validating: bytes, as: UTF8.self).map { .success($0) } ?? .failure(.text)
  }

  /// UTF-16 with the order of its byte order mark, most significant byte first without one.
  private static func decodeUTF16(_ bytes: [UInt8]) -> Result<String, NDEFProblem> {
    guard bytes.count % 2 == 0 else { return .failure(.text) }
    var units: [UInt16] = []
    for index in stride(from: 0, to: bytes.count, by: 2) {
      units.append(UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]))
    }
    if units.first == 0xFFFE { units = units.map(\.byteSwapped) }
    if units.first == 0xFEFF { units.removeFirst() }
    return String(validating: units, as: UTF16.self).map { .success($0) } ?? .failure(.text)
  }

  /// The abbreviations of "URI Record Type Definition" table 3, by their codes.
  private static let prefixes = [
    "", "http://www.", "https://www.", "http://", "https://", "tel:", "mailto:",
    "ftp://anonymous:anonymous@", "ftp://ftp.", "ftps://", "sftp://", "smb://", "nfs://", "ftp://",
    "dav://", "news:", "telnet://", "imap:", "rtsp://", "urn:", "pop:", "sip:", "sips:", "tftp:",
    "btspp://", "btl2cap://", "btgoep://", "tcpobex://", "irdaobex://", "file://", "urn:epc:id:",
    "urn:epc:tag:", "urn:epc:pat:", "urn:epc:raw:", "urn:epc:", "urn:nfc:",
  ]
}

extension NDEFRecord: CustomStringConvertible, CustomReflectable {
  public var description: String { "NDEF record of \(payload.count) bytes" }
  public var customMirror: Mirror { Mirror(self, children: ["count": payload.count]) }
}
