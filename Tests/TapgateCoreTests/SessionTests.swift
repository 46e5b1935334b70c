import TapgateCore
import TapgateJSON
import TapgateModel
import Testing

@Suite("Sessions without a real credential")
struct SessionTests {
  private static let classifier = ScanClassifier(patterns: [
    ScanPattern(kind: .memberNumber, prefix: "88", length: 12)
  ])

  private static let mask = SessionMask(session: 7, classifier: classifier)

  @Test(
    "a stand-in is of the same kind, length and form, and keeps no end of the real one",
    arguments: [
      (CredentialKind.cardUid, "04CA7A21EB5EC7"), (.cardUid, "5EC7A1B2"),
      (.cardUid, "E004010203040506"), (.cardUid, "01140A2B3C4D5E6F"),
      (.cardUid, "04112233445566778899"), (.memberNumber, "8842424242421"),
      (.appFile, "M0012345"), (.sunToken, "04CA7A21EB5EC7"), (.hceToken, "a1b2c3d4"),
      (.rotatingQr, "ABCDEFGH23456722"), (.staticQr, "https://x.example/m?c=A1B2C3"),
      (.barcode, "4006381333931"), (.magstripe, "9900123456789"),
      (.phoneNumber, "+8613987650123"), (.phoneNumber, "+447700900123"),
    ]
  )
  func credentials(kind: CredentialKind, text: String) throws {
    let real = try Credential(kind: kind, value: text)
    let made = try #require(Self.mask.standIn(for: real))
    let value = made.reveal()
    #expect(made.kind == kind)
    #expect(value.count == real.reveal().count)
    #expect(value != real.reveal())
    #expect(value.suffix(4) != real.reveal().suffix(4))
    for (one, other) in zip(value, real.reveal()) {
      #expect(one.isNumber == other.isNumber || kind == .cardUid || kind == .sunToken)
    }
    // The same one by the same one, and by another in another session.
    #expect(Self.mask.standIn(for: real) == made)
    let other = SessionMask(session: 8, classifier: Self.classifier)
    #expect(other.standIn(for: real) != made)
  }

  @Test("10,000 stand-ins are credentials, and different ones stay different")
  func many() throws {
    var made: Set<String> = []
    for number in 0..<10_000 {
      let digits = String(number)
      let uid = "04CAFE0000" + String(repeating: "0", count: 4 - digits.count) + digits
      let standIn = try #require(
        Self.mask.standIn(for: try Credential(kind: .cardUid, value: uid))
      )
      #expect(standIn.reveal() != uid)
      made.insert(standIn.reveal())
    }
    #expect(made.count == 10_000)
  }

  @Test(
    "a scan's stand-in is to the gateway what the scan was",
    arguments: [
      "880000424242", "4006381333931", "69012345", "https://shop.example/u/12345678?k=Ab9",
      "会员12345", "ABC-123", "0104006381333931", "-",
    ]
  )
  func scans(text: String) {
    let made = Self.mask.scan(text, aim: nil)
    #expect(made.count == text.count)
    let (before, after) = (
      Self.classifier.classify(text, aim: nil), Self.classifier.classify(made, aim: nil)
    )
    switch (before, after) {
    case (.member(let one), .member(let other)): #expect(one.kind == other.kind)
    case (.other, .other): break
    default: Issue.record("\(text) became something else")
    }
    #expect(ScannedNumber.isTradeItemNumber(made) == ScannedNumber.isTradeItemNumber(text))
    // What the shop's pattern says stays; the member's own digits do not.
    #expect(made.hasPrefix("88") || !text.hasPrefix("88"))
    if text.contains(where: \.isNumber) { #expect(made.suffix(5) != text.suffix(5)) }
  }

  static let inputs: [SessionInput] = {
    var all: [SessionInput] = [
      .device(id: "pcsc:1", deviceClass: .rfidScanner, name: "Reader 00", lane: "1"),
      .device(id: "pcsc:2", deviceClass: .msr, name: "读卡器", lane: nil),
      .deviceLost(id: "pcsc:1"), .removed(deviceID: "pcsc:1", presence: 3),
      .refused(deviceID: "pcsc:1", presence: 4, .paymentCard, detail: "PPSE 9000"),
      .refused(deviceID: "pcsc:1", presence: nil, .badLRC, detail: ""),
    ]
    for freshness in [nil, SessionFreshness.counter(17), .stepOffset(-1)] {
      guard let credential = try? Credential(kind: .sunToken, value: "04112233445566") else {
        continue
      }
      all.append(
        .presented(
          SessionPresentation(
            deviceID: "pcsc:1",
            presence: 5,
            credential: credential,
            technology: "iso14443a.ntag424",
            assurance: .a3,
            reasons: ["counter"],
            medium: "card",
            freshness: freshness,
            isAlreadyPresent: freshness == nil
          )
        )
      )
    }
    let forms: [SessionScan.Form] = [
      .text("4006381333931\u{1D}某"), .paymentCard(length: 16),
      .paymentCode(service: "wechat", length: 18),
      .rotating(reference: "ABCDEFGH23456722", stepOffset: -2, isAuthentic: true),
    ]
    for form in forms {
      all.append(
        .scanned(
          SessionScan(
            deviceID: "s1",
            form: form,
            aim: "]E0",
            symbology: "SCAN_SDT_EAN13",
            isPartial: true
          )
        )
      )
    }
    return all
  }()

  @Test("a line is read as what it was written for", arguments: inputs)
  func lines(input: SessionInput) throws {
    let text = input.json.encoded()
    #expect(try SessionInput(try JSONParser.parse(text)) == input)
  }

  @Test(
    "a line that is none is told by its member",
    arguments: [
      ("{}", "input"), (#"{"input":"tap"}"#, "input"), (#"{"input":"removed"}"#, "device"),
      (#"{"input":"removed","device":"a","presence":-1}"#, "presence"),
      (#"{"input":"removed","device":"a","presence":1,"x":1}"#, "x"),
      (#"{"input":"device","device":"a","class":"Toaster","name":"n"}"#, "class"),
      (#"{"input":"scanned","device":"a","scan":{"form":"text"}}"#, "scan.text"),
      (#"{"input":"scanned","device":"a","scan":{"form":"song"}}"#, "scan.form"),
      (
        #"{"input":"scanned","device":"a","scan":{"form":"paymentCard","length":65}}"#,
        "scan.length"
      ),
      (
        #"{"input":"presented","device":"a","presence":1,"#
          + #""credential":{"kind":"cardUid","value":"08"}}"#,
        "credential.value"
      ),
    ]
  )
  func problems(text: String, field: String) throws {
    do {
      _ = try SessionInput(try JSONParser.parse(Array(text.utf8)))
      Issue.record("it was taken")
    } catch let problem as SessionProblem {
      #expect(problem.field == field)
    }
  }
}
