internal import TapgateCodec
internal import TapgateDevices
internal import TapgateModel

/// What the configuration file says, with the defaults for what it does not say.
///
/// Paths are absolute, or relative to the process's folder where the file itself was named so.
struct GatewayConfiguration: Hashable, Sendable {
  /// `[pcsc]`: contactless and contact card readers.
  struct CardReaders: Hashable, Sendable {
    /// Readers that can be made to beep and blink, by the commands of their makers.
    enum Feedback: String, Sendable, CaseIterable { case acr122u }

    var isEnabled = true
    /// `nil` for readers that stay still.
    var feedback: Feedback?
    /// How the readers take raw commands for tags; `nil` where that is to be found out.
    var tagTransport: TagTransport?
  }

  /// One `[[printer]]`.
  struct Printer: Hashable, Sendable {
    /// How the bytes get there.
    enum Transport: String, Sendable, CaseIterable { case tcp, usb, file, serial }

    /// Unique among the printers.
    var id: String
    var transport: Transport
    /// Host and port, a path, or a USB identity, as the transport has it.
    var address: String
    var profile = "generic-80"
    var charset = "gb18030"
  }

  /// One `[[scanner]]`.
  struct Scanner: Hashable, Sendable {
    /// Which device is meant: everything that is given has to fit.
    struct Match: Hashable, Sendable {
      /// USB vendor number, 0 to 0xFFFF.
      var vendor: Int?
      /// USB product number, 0 to 0xFFFF.
      var product: Int?
      /// USB serial number.
      var serial: String?
      /// A USB port such as `1-2.3`, or the path of a device file.
      var port: String?
    }

    /// Unique among the scanners.
    var id: String
    var match: Match
    var mode: ScannerMode
    /// The gateway's lane where none is given.
    var lane: String
    var settings = ScannerSettings()
  }

  /// One `[[pattern]]`: which scans are members' codes without being enrolled one by one.
  struct Pattern: Hashable, Sendable {
    /// A credential kind that a scan can have.
    var kind: String
    var prefix: String
    /// Characters of the whole code; `nil` for any number.
    var length: Int?
  }

  /// `[assurance]`: what each act asks for at least, `A0` to `A4`.
  struct Assurances: Hashable, Sendable {
    var earn = "A0"
    var redeem = "A1"
    var value = "A1"
    /// What becomes of a card that is shown by weaker means than it was bound by: `refuse`, or
    /// `claim` (it counts as A0).
    var downgrade = "refuse"
  }

  /// `[pin]`: members' PINs, which guard stored value where one is set.
  struct PINs: Hashable, Sendable {
    /// Wrong entries in a row that lock a PIN until a manager sets a new one: 1 to 10.
    var tries = 3
    /// Digits that a new PIN has at least: 4 to 12.
    var digitsMin = 6
    /// Whether 123456, 000000 and the like may be set.
    var allowsTrivial = false
    /// Whether spending points asks for the PIN, too.
    var guardsPoints = false
  }

  /// `[input]`: which inputs count. Milliseconds, 0 to 5,000.
  struct Inputs: Hashable, Sendable {
    /// Whether a card that nobody holds may be its four-byte number, which other cards may have.
    var allowsNUID = false
    /// Whether a transit card that no `[[card]]` takes is a card like any other.
    var allowsTransit = false
    /// How long a card must be away before it counts again.
    var bounce = 1500
    /// How long the same code or swipe at one device is the same.
    var repeated = 2000
    /// The same for codes of goods.
    var goodsRepeated = 0
  }

  /// `[qr]`: rotating codes.
  struct RotatingCodes: Hashable, Sendable {
    /// Seconds of a time step.
    var step = 30
    /// Wrong authentication codes a minute and scanner, before its codes wait.
    var badCodesPerMinute = 20
  }

  /// One `[[paymentCode]]`: codes of a payment service, which are refused and forgotten.
  struct PaymentCode: Hashable, Sendable {
    /// The service; the trace names it.
    var name: String
    /// Digits that such a code begins with.
    var prefixes: [String]
    var lengthMin: Int
    var lengthMax: Int
  }

  /// One `[[role]]`: whom the role is given to.
  struct Role: Hashable, Sendable {
    /// `observe`, `pos`, `technician` or `manager`.
    var role: String
    var users: [String]
    var groups: [String]
  }

  var store = "S001"
  var counter = "C01"
  var lane = "1"
  var language = Language.zh
  /// The data folder; `nil` where the environment decides.
  var dataFolder: String?
  /// The programme's file; `nil` for the shipped `retail` programme.
  var programmeFile: String?
  /// MiB to which the ledger's write-ahead log is grown once, and kept: more spares a busy shop
  /// copying it into the file, less spares disk.
  var logMebibytes = 64
  var cardReaders = CardReaders()
  /// `[usb]`: whether scanners and swipe readers are looked for.
  var hasScanners = true
  /// `[[card]]`: the cards that the shop issues, in the order in which they are looked for.
  var cards: [CardRecipe] = []
  var printers: [Printer] = []
  var scanners: [Scanner] = []
  var patterns: [Pattern] = []
  var assurances = Assurances()
  var pins = PINs()
  /// `[[attribute]]`: what members' profiles hold beside the fields of every profile.
  var attributes: [ProfileAttribute] = []
  var inputs = Inputs()
  var rotatingCodes = RotatingCodes()
  /// `nil` where the file has none: those of Alipay and WeChat Pay.
  var paymentCodes: [PaymentCode]?
  var roles: [Role] = []
  /// `[[node]]`: the company that the store belongs to.
  var organisation = Organisation()
  /// `[[operator]]`: who may do what. Without any, nobody is asked.
  var operators: [OperatorBook.Entry] = []
}

/// What is wrong with a configuration file, and where.
struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as it was named.
  var path: String
  /// The line, counted from 1.
  var line: Int
  /// The character in that line, counted from 1.
  var column: Int
  var problem: String

  /// `path:line:column: problem`, which editors and terminals can jump to.
  var description: String { "\(path):\(line):\(column): \(problem)" }
}

extension GatewayConfiguration.Scanner {
  /// What the driver is told.
  var entry: ScannerEntry {
    ScannerEntry(
      id: id,
      match: ScannerEntry.Match(
        vendor: match.vendor.map { UInt16(truncatingIfNeeded: $0) },
        product: match.product.map { UInt16(truncatingIfNeeded: $0) },
        serial: match.serial,
        port: match.port
      ),
      mode: mode,
      lane: lane,
      settings: settings
    )
  }
}
