/// Finds out how a scanner that types is set up, from one scan of a code whose text is known.
///
/// A value: the keys are recorded with `WedgeRecorder`. The recommended code is `baseline`, whose
/// characters lie on different keys in all layouts.
public struct WedgeCalibration: Hashable, Sendable {
  /// The text of the code that is to be scanned.
  public static let baseline = ##"AZQWYM yzaqwmi-_/\@#'"[]{}|<>;:!?+*=~^`&()$%,.0123456789"##

  /// A text that a linear code of a receipt has room for: it tells the layouts apart as well, but
  /// a layout that is in no list becomes none by it.
  public static let shortBaseline = ##"AZQWYM-_/;@#^a`e~n"##

  /// Why a scan could not be made out.
  public enum Failure: String, Error, Hashable, Sendable, CaseIterable {
    /// No key was pressed.
    case nothingTyped
    /// The baseline is empty.
    case noBaseline
    /// In no layout do the keys give the baseline, and they are not as many as its characters.
    case noMatch
    /// Behind the data come keys that are no suffix of `WedgeSuffix`.
    case unknownSuffix
  }

  /// The layout by which the keys give the baseline; where none does, the nearest one.
  public var layout: KeyboardLayout
  /// What the layout lacks.
  public var overrides: [KeyboardLayout.Stroke: String]
  public var prefix: String
  public var suffix: WedgeSuffix
  /// The scanner has an AIM identifier before the data; it is no part of `prefix`.
  public var hasAimIdentifier: Bool
  /// The longest time between two keys.
  public var keyMillisecondsMax: UInt64
  /// Enough for that time, within what the configuration allows.
  public var idleMilliseconds: UInt64

  /// The settings with which the decoder reads the scanner.
  public var configuration: WedgeConfiguration {
    var configuration = WedgeConfiguration()
    configuration.layout = layout
    configuration.overrides = overrides
    configuration.prefix = prefix
    configuration.suffix = suffix
    configuration.hasAimIdentifier = hasAimIdentifier
    configuration.idleMilliseconds = idleMilliseconds
    return configuration
  }

  /// Makes out the settings.
  ///
  /// The layouts are tried in the order of `KeyboardLayout.all`, with and without dead keys. Where
  /// none gives the baseline and there are as many keys as it has characters, the layout that gives
  /// most of them is taken, and the others become overrides.
  public static func derive(
    from keys: [WedgeRecorder.Key],
    baseline: String = baseline
  ) -> Result<WedgeCalibration, Failure> {
    let wanted = Array(baseline.unicodeScalars)
    guard !wanted.isEmpty else { return .failure(.noBaseline) }
    guard keys.contains(where: \.event.isDown) else { return .failure(.nothingTyped) }
    var hasUnknownSuffix = false
    for layout in KeyboardLayout.all.flatMap({ [$0, $0.withoutDeadKeys] }) {
      let typed = Typed(keys, layout: layout)
      guard let place = place(of: wanted, in: typed.characters) else { continue }
      guard let suffix = typed.suffix, place + wanted.count == typed.characters.count else {
        hasUnknownSuffix = true
        continue
      }
      return .success(
        WedgeCalibration(
          layout,
          [:],
          prefix: typed.characters[..<place],
          suffix,
          Pace(keys)
        )
      )
    }
    return hasUnknownSuffix ? .failure(.unknownSuffix) : nearest(keys, wanted: wanted)
  }

  private init(
    _ layout: KeyboardLayout,
    _ overrides: [KeyboardLayout.Stroke: String],
    prefix: ArraySlice<Unicode.Scalar>,
    _ suffix: WedgeSuffix,
    _ pace: Pace
  ) {
    self.layout = layout
    self.overrides = overrides
    self.suffix = suffix
    hasAimIdentifier = AimIdentifier(String(String.UnicodeScalarView(prefix.suffix(3)))) != nil
    let own = hasAimIdentifier ? prefix.dropLast(3) : prefix
    self.prefix = String(String.UnicodeScalarView(own))
    keyMillisecondsMax = pace.keyMillisecondsMax
    idleMilliseconds = pace.idleMilliseconds
  }

  private static func place(of wanted: [Unicode.Scalar], in typed: [Unicode.Scalar]) -> Int? {
    guard typed.count >= wanted.count else { return nil }
    return (0...(typed.count - wanted.count)).first { typed[$0...].starts(with: wanted) }
  }

  /// One key a character: what the layout gives otherwise becomes an override. A stroke that would
  /// have to mean two things means that it is not so.
  private static func nearest(
    _ keys: [WedgeRecorder.Key],
    wanted: [Unicode.Scalar]
  ) -> Result<WedgeCalibration, Failure> {
    let strokes = WedgeRecorder.strokes(of: keys)
    guard strokes.count >= wanted.count else { return .failure(.noMatch) }
    let meanings = Dictionary(
      zip(strokes, wanted.map { Set([$0]) }),
      uniquingKeysWith: { $0.union($1) }
    )
    guard meanings.values.allSatisfy({ $0.count == 1 }) else { return .failure(.noMatch) }
    let layouts = KeyboardLayout.all.map { layout in
      let differing = meanings.filter { stroke, meaning in
        if stroke.usage == KeyUsage.space { return meaning != [" "] }
        guard case .character(let scalar) = layout.symbol(of: stroke) else { return true }
        return !meaning.contains(scalar)
      }
      return (layout: layout, differing: differing)
    }
    guard let best = layouts.min(by: { $0.differing.count < $1.differing.count }) else {
      return .failure(.noMatch)
    }
    var configuration = WedgeConfiguration()
    configuration.overrides = best.differing.mapValues { String(String.UnicodeScalarView($0)) }
    let typed = Typed(keys, layout: best.layout, overrides: configuration.overrides)
    guard typed.characters.starts(with: wanted) else { return .failure(.noMatch) }
    guard let suffix = typed.suffix, typed.characters.count == wanted.count else {
      return .failure(.unknownSuffix)
    }
    return .success(
      WedgeCalibration(best.layout, configuration.overrides, prefix: [], suffix, Pace(keys))
    )
  }
}

extension WedgeCalibration {
  /// What the keys give in one layout, with the suffix taken off.
  private struct Typed {
    var characters: [Unicode.Scalar] = []
    /// `nil` where the end is no suffix.
    var suffix: WedgeSuffix?

    init(
      _ keys: [WedgeRecorder.Key],
      layout: KeyboardLayout,
      overrides: [KeyboardLayout.Stroke: String] = [:]
    ) {
      var translator = KeyTranslator(layout: layout, altCodes: .windows, overrides: overrides)
      var ends: [(scalar: Unicode.Scalar, isKeypadEnter: Bool)] = []
      for output in keys.flatMap({ translator.take($0.event) }) + translator.flush() {
        guard case .character(let scalar, let isKeypadEnter) = output else {
          // Never part of a baseline.
          characters.append("\u{FFFC}")
          continue
        }
        if ["\r", "\n", "\t", "\u{1B}"].contains(scalar) {
          ends.append((scalar, isKeypadEnter))
        } else {
          characters += ends.map(\.scalar) + [scalar]
          ends = []
        }
      }
      suffix = Self.suffix(ends)
    }

    private static func suffix(
      _ ends: [(scalar: Unicode.Scalar, isKeypadEnter: Bool)]
    ) -> WedgeSuffix? {
      guard let first = ends.first else { return WedgeSuffix.none }
      let isLineEnd = ends.dropFirst().allSatisfy { $0.scalar == "\r" || $0.scalar == "\n" }
      // The decoder passes over line ends behind any suffix.
      guard isLineEnd else { return nil }
      switch first.scalar {
      case "\t": return .tab
      case "\u{1B}": return .escape
      case "\n": return ends.count == 1 ? .lf : .crlf
      default:
        if ends.count > 1 { return .crlf }
        return first.isKeypadEnter ? .keypadEnter : .cr
      }
    }
  }

  /// The time between keys.
  private struct Pace {
    var keyMillisecondsMax: UInt64 = 0
    var idleMilliseconds: UInt64

    init(_ keys: [WedgeRecorder.Key]) {
      let downs = keys.filter(\.event.isDown)
      for (before, after) in zip(downs, downs.dropFirst())
      where after.milliseconds > before.milliseconds {
        keyMillisecondsMax = max(keyMillisecondsMax, after.milliseconds - before.milliseconds)
      }
      let range = WedgeConfiguration.idleMillisecondsRange
      // The default, and more where the scanner is slow.
      let ample = min(keyMillisecondsMax, range.upperBound) * 4
      idleMilliseconds = min(max(200, ample), range.upperBound)
    }
  }
}

/// Records the keys of a scanner for its calibration. Bounded: it stops at `keyCountMax`.
public struct WedgeRecorder: Sendable {
  /// Keys that went down or up, more than a baseline needs.
  public static let keyCountMax = 4096

  /// A key event with its time.
  public struct Key: Hashable, Sendable {
    public var event: KeyEvent
    public var milliseconds: UInt64

    /// Creates a key event.
    public init(event: KeyEvent, milliseconds: UInt64) {
      self.event = event
      self.milliseconds = milliseconds
    }
  }

  /// What was recorded.
  public private(set) var keys: [Key] = []
  private var reader: KeyboardReportReader?

  /// Records boot reports and Linux key events; with a descriptor that has keys, its reports.
  public init(descriptor: HIDReportDescriptor? = nil) {
    reader = descriptor.map { KeyboardReportReader(descriptor: $0) } ?? KeyboardReportReader.boot
  }

  /// Records a report.
  public mutating func feed(_ report: [UInt8], at milliseconds: UInt64) {
    for event in reader?.events(of: report) ?? [] { record(event, at: milliseconds) }
  }

  /// Records a key event of evdev.
  public mutating func takeLinuxKey(code: UInt16, value: Int32, at milliseconds: UInt64) {
    guard value == 0 || value == 1 else { return }
    let usage = KeyUsage.ofLinuxKey(code) ?? 0
    record(KeyEvent(usage: usage, isDown: value == 1), at: milliseconds)
  }

  private mutating func record(_ event: KeyEvent, at milliseconds: UInt64) {
    guard keys.count < Self.keyCountMax else { return }
    keys.append(Key(event: event, milliseconds: milliseconds))
  }

  /// The keys that went down, with Shift and AltGr, without modifiers and locks.
  static func strokes(of keys: [Key]) -> [KeyboardLayout.Stroke] {
    var held: Set<UInt16> = []
    var strokes: [KeyboardLayout.Stroke] = []
    for key in keys {
      let usage = key.event.usage
      if usage >= KeyUsage.leftControl {
        if key.event.isDown { held.insert(usage) } else { held.remove(usage) }
      } else if key.event.isDown, usage != KeyUsage.capsLock, usage != KeyUsage.numLock {
        let hasShift = held.contains(0xE1) || held.contains(0xE5)
        let stroke = KeyboardLayout.Stroke(usage, hasShift: hasShift, hasAltGr: held.contains(0xE6))
        strokes.append(stroke)
      }
    }
    return strokes
  }
}
