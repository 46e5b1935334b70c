public import TapgateCodec

/// A number in a sector of a MIFARE Classic card. The cipher is broken: such a card proves no more
/// than its identifier does.
public struct ClassicMethod: Hashable, Sendable {
  /// 0 to 39; from 32 on a sector has 15 blocks of data instead of 3.
  public var sector: UInt8
  /// Within the sector's data blocks.
  public var region: CardRegion
  public var text: CardText
  /// Six bytes.
  public var key: CardKey
  public var keyKind: ReaderCommand.MifareKey
  /// The reader's slot that the key is loaded into.
  public var slot: UInt8

  /// Creates a method.
  public init(
    sector: UInt8,
    region: CardRegion,
    text: CardText,
    key: CardKey,
    keyKind: ReaderCommand.MifareKey = .a,
    slot: UInt8 = 0
  ) {
    self.sector = sector
    self.region = region
    self.text = text
    self.key = key
    self.keyKind = keyKind
    self.slot = slot
  }

  /// The sector's first block.
  var firstBlock: Int { sector < 32 ? Int(sector) * 4 : 128 + (Int(sector) - 32) * 16 }

  /// Bytes of the sector's data blocks, without the one that holds the keys.
  public static func byteCount(sector: UInt8) -> Int { (sector < 32 ? 3 : 15) * 16 }
}

/// An NTAG or Ultralight EV1, or a type 4 tag that is read for its message alone.
public struct NTAGMethod: Hashable, Sendable {
  public var source: CardIdentitySource
  public var text: CardText
  /// PWD, four bytes, and PACK, two more, where the card's answer is to be checked.
  public var password: CardKey?
  public var originality: OriginalityRule

  /// Creates a method.
  public init(
    source: CardIdentitySource,
    text: CardText = CardText(),
    password: CardKey? = nil,
    originality: OriginalityRule = .off
  ) {
    self.source = source
    self.text = text
    self.password = password
    self.originality = originality
  }

  /// Whether commands are needed that PC/SC has no pseudo-command for.
  var needsRawCommands: Bool { password != nil || originality != .off }
}

/// A MIFARE Ultralight AES with a key of ours.
public struct UltralightMethod: Hashable, Sendable {
  /// Whether what is sent after the authentication bears MACs (SEC_MSG_ACT).
  public enum Messaging: String, Hashable, Sendable, CaseIterable {
    /// As the card's configuration page says; on where that cannot be read.
    case auto
    case on, off
  }

  public var source: CardIdentitySource
  public var region: CardRegion
  public var text: CardText
  /// DataProtKey, or what it is made from.
  public var key: CardKey
  public var diversification: KeyDiversification?
  /// UIDRetrKey, for cards that show a random identifier.
  public var uidKey: CardKey?
  /// What page 4 has to say for the card to be ours; `nil` for anything.
  public var system: [UInt8]?
  public var messaging: Messaging
  public var originality: OriginalityRule

  /// Creates a method; `region` counts from page 4.
  public init(
    source: CardIdentitySource = .uid,
    region: CardRegion = CardRegion(offset: 0, count: 0),
    text: CardText = CardText(),
    key: CardKey,
    diversification: KeyDiversification? = nil,
    uidKey: CardKey? = nil,
    system: [UInt8]? = nil,
    messaging: Messaging = .auto,
    originality: OriginalityRule = .off
  ) {
    self.source = source
    self.region = region
    self.text = text
    self.key = key
    self.diversification = diversification
    self.uidKey = uidKey
    self.system = system
    self.messaging = messaging
    self.originality = originality
  }
}

/// An application of ours on a DESFire card, or on an NTAG 424 DNA by its name.
public struct DESFireMethod: Hashable, Sendable {
  /// How the session is opened.
  public enum Authentication: String, Hashable, Sendable, CaseIterable {
    /// AUTHENTICATE AES (AA): every generation knows it.
    case ev1
    /// AuthenticateEV2First (71): DESFire EV2 and later, DESFire Light, NTAG 424 DNA.
    case ev2
  }

  /// How the file is read, which has to be what the card has set for it.
  public enum Mode: String, Hashable, Sendable, CaseIterable { case plain, mac, full }

  /// Three bytes, most significant first; or five to sixteen of an ISO DF name.
  public var application: [UInt8]
  public var authentication: Authentication
  public var source: CardIdentitySource
  public var file: UInt8
  public var region: CardRegion
  public var mode: Mode
  public var text: CardText
  public var key: NumberedKey
  public var diversification: KeyDiversification?
  /// For cards that show a random identifier: a key that all of them share, with which the real one
  /// is asked for.
  public var uidKey: NumberedKey?
  public var originality: OriginalityRule

  /// Creates a method.
  public init(
    application: [UInt8],
    authentication: Authentication = .ev1,
    source: CardIdentitySource,
    file: UInt8 = 0,
    region: CardRegion = CardRegion(offset: 0, count: 0),
    mode: Mode = .full,
    text: CardText = CardText(),
    key: NumberedKey,
    diversification: KeyDiversification? = nil,
    uidKey: NumberedKey? = nil,
    originality: OriginalityRule = .off
  ) {
    self.application = application
    self.authentication = authentication
    self.source = source
    self.file = file
    self.region = region
    self.mode = mode
    self.text = text
    self.key = key
    self.diversification = diversification
    self.uidKey = uidKey
    self.originality = originality
  }
}

/// An NTAG 424 DNA that writes a fresh message into its NDEF file at each read (SDM, SUN).
public struct DynamicMethod: Hashable, Sendable {
  /// How the message's URL is made up: gaps for what is mirrored.
  public var pattern: TextPattern
  public var source: CardIdentitySource
  /// How the enciphered file data say the number.
  public var text: CardText
  /// SDMFileReadKey, or what it is made from.
  public var fileKey: CardKey
  public var diversification: KeyDiversification?
  /// SDMMetaReadKey, where the identifier is enciphered.
  public var metaKey: CardKey?
  public var originality: OriginalityRule

  /// Creates a method.
  public init(
    pattern: TextPattern,
    source: CardIdentitySource = .uid,
    text: CardText = CardText(),
    fileKey: CardKey,
    diversification: KeyDiversification? = nil,
    metaKey: CardKey? = nil,
    originality: OriginalityRule = .off
  ) {
    self.pattern = pattern
    self.source = source
    self.text = text
    self.fileKey = fileKey
    self.diversification = diversification
    self.metaKey = metaKey
    self.originality = originality
  }
}

/// A file of an ISO/IEC 7816-4 application, in the clear.
public struct FileMethod: Hashable, Sendable {
  /// How the file is named.
  public enum File: Hashable, Sendable {
    case identifier(UInt16)
    /// 1 to 30.
    case short(UInt8)
  }

  /// The application's name, five to sixteen bytes.
  public var application: [UInt8]
  public var file: File
  public var region: CardRegion
  public var text: CardText

  /// Creates a method.
  public init(application: [UInt8], file: File, region: CardRegion, text: CardText) {
    self.application = application
    self.file = file
    self.region = region
    self.text = text
  }
}

/// The shop's own application on a phone (host card emulation), by its name.
public struct PhoneMethod: Hashable, Sendable {
  /// How a challenge is answered.
  public enum Algorithm: String, Hashable, Sendable, CaseIterable {
    case hmacSHA256 = "hmac-sha256"
    case aesCMAC = "aes-cmac"
  }

  /// The application's name, five to sixteen bytes.
  public var application: [UInt8]
  public var text: CardText
  /// `nil` where the application proves nothing.
  public var key: CardKey?
  public var algorithm: Algorithm
  /// Whether each member's phone has a key of its own, made from `key` and the member's number.
  public var isDiversified: Bool

  /// Creates a method.
  public init(
    application: [UInt8],
    text: CardText = CardText(),
    key: CardKey? = nil,
    algorithm: Algorithm = .hmacSHA256,
    isDiversified: Bool = true
  ) {
    self.application = application
    self.text = text
    self.key = key
    self.algorithm = algorithm
    self.isDiversified = isDiversified
  }
}

/// A FeliCa card, by its identifier, within a system where one is named.
public struct FeliCaMethod: Hashable, Sendable {
  /// `nil` for any system.
  public var systemCode: UInt16?

  /// Creates a method.
  public init(systemCode: UInt16? = nil) { self.systemCode = systemCode }
}

/// An ISO/IEC 15693 tag, by its identifier or by what is written in its blocks.
public struct VicinityMethod: Hashable, Sendable {
  public var source: CardIdentitySource
  /// The first block that is read, where the number starts.
  public var block: UInt8
  /// Bytes of the number.
  public var count: Int
  public var text: CardText

  /// Creates a method.
  public init(
    source: CardIdentitySource,
    block: UInt8 = 0,
    count: Int = 0,
    text: CardText = CardText()
  ) {
    self.source = source
    self.block = block
    self.count = count
    self.text = text
  }
}
