import TapgateModel
import Testing

@Suite("Dates, instants, packed rows, credentials")
struct ValueTests {
  @Test(
    "a year and a month later, clamped to the month's end",
    arguments: [
      ("2024-02-29", 12, "2025-02-28"), ("2023-02-28", 12, "2024-02-28"),
      ("2026-01-31", 1, "2026-02-28"), ("2026-03-31", -1, "2026-02-28"),
      ("2026-12-31", 2, "2027-02-28"), ("2026-01-01", -12, "2025-01-01"),
    ]
  )
  func months(_ from: String, _ months: Int, _ to: String) throws {
    #expect(try #require(BusinessDate(from)).adding(months: months).description == to)
  }

  @Test("every day of four hundred years is its own neighbour")
  func calendar() throws {
    var date = try #require(BusinessDate("1900-01-01"))
    let end = try #require(BusinessDate("2300-01-01"))
    while date < end {
      let (year, month, day) = date.parts
      #expect(BusinessDate(year: year, month: month, dayOfMonth: day) == date)
      date = date.adding(days: 13)
    }
    #expect(BusinessDate("2026-11-22")?.weekday == 7)
    for text in ["2025-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-01", "2026-01-1a"] {
      #expect(BusinessDate(text) == nil)
    }
  }

  @Test("RFC 3339 with an offset is read and written")
  func instants() throws {
    let instant = try #require(Timestamp(rfc3339: "2026-03-10T12:00:00.123456+08:00"))
    #expect(instant.rfc3339() == "2026-03-10T04:00:00.123Z")
    #expect(instant.rfc3339(offsetSeconds: 28_800) == "2026-03-10T12:00:00.123+08:00")
    #expect(Timestamp(rfc3339: "1969-12-31T23:59:59Z")?.microseconds == -1_000_000)
    for text in ["2026-03-10", "2026-03-10T12:00:00", "2026-03-10T25:00:00Z", "x"] {
      #expect(Timestamp(rfc3339: text) == nil)
    }
  }

  @Test("a packed member is read back, and no damaged row traps")
  func packing() throws {
    let date = try #require(BusinessDate("2026-03-10"))
    var state = MemberState(id: "会员1", joinedOn: date, tier: "gold")
    state.lots = [
      PointLot(id: 256, earnedOn: date, expiresOn: nil, original: 5, remaining: 3),
      PointLot(id: 512, earnedOn: date, expiresOn: date, original: .max, remaining: 1),
    ]
    state.cards = [
      CardState(
        reference: CardReference(high: .max, low: 1),
        kind: .cardUid,
        type: "vip",
        status: .lost
      )
    ]
    state.facts.days = [.init(date: date, amountMinor: -5)]
    state.growth = .min
    let bytes = state.packed()
    #expect(try MemberState(packed: bytes) == state)
    for end in bytes.indices { _ = try? MemberState(packed: Array(bytes[..<end])) }
    for index in bytes.indices {
      for byte in [0, 0x7F, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = byte
        _ = try? MemberState(packed: changed)
        _ = try? Effect.unpacked(changed)
        _ = try? ImportColumn.unpacked(changed)
      }
    }
  }

  @Test("lots are kept in the order in which they are spent")
  func lotOrder() throws {
    let date = try #require(BusinessDate("2026-03-10"))
    func lot(_ id: Int64, _ days: Int?) -> PointLot {
      PointLot(
        id: id,
        earnedOn: date,
        expiresOn: days.map { date.adding(days: $0) },
        original: 1,
        remaining: 1
      )
    }
    var state = MemberState(id: "a", joinedOn: date, tier: "t")
    let isApplied = state.apply(
      [lot(1, nil), lot(2, 9), lot(3, 3), lot(4, 9)].map(Effect.lotAdded),
      sequence: 1
    )
    #expect(isApplied)
    #expect(state.lots.map(\.id) == [3, 2, 4, 1])
  }

  @Test("credentials have one spelling and never show themselves")
  func credentials() throws {
    let spellings = ["04:a1:b2:c3:d4:e5:80", "04A1B2C3D4E580", "04 A1 B2 C3 D4 E5 80"]
    let cards = try spellings.map { try Credential(kind: .cardUid, value: $0) }
    #expect(Set(cards).count == 1)
    #expect(!"\(cards[0])".contains("A1B2"))
    #expect(!String(reflecting: cards[0]).contains("A1B2"))
    var dumped = ""
    dump(cards[0], to: &dumped)
    #expect(!dumped.contains("A1B2"))
    let phones = ["13800138000", "+86 138-0013-8000", "0086 13800138000", "8613800138000"]
    #expect(Set(try phones.map { try Credential(kind: .phoneNumber, value: $0) }).count == 1)
  }

  @Test(
    "a random or reserved UID and a payment card's number are no credential",
    arguments: [
      (CredentialKind.cardUid, "08112233"), (.cardUid, "00000000"), (.cardUid, "88041122"),
      (.cardUid, "FFFFFFFFFFFFFF"), (.cardUid, "0411"), (.cardUid, "xyz"),
      (.magstripe, ";4111111111111111=2512101?"), (.barcode, "6222021001116245702"),
      (.memberNumber, ""), (.phoneNumber, "12"),
    ]
  )
  func refusedCredentials(_ kind: CredentialKind, _ value: String) {
    #expect(throws: Credential.Problem.self) { try Credential(kind: kind, value: value) }
  }

  @Test("an article's number is no payment card's, though its digits pass the card's check")
  func articleNumbers() {
    // Both check digits are right: ISO/IEC 7812-1 annex B, and GS1's of a GTIN-13.
    for number in ["4006381000093", "4006381000192"] {
      #expect(PaymentCardNumber.hasCheckDigit(Array(number.utf8)))
      #expect(!PaymentCardNumber.isContained(in: number))
    }
    // A scheme's test number of 13 digits, which is no article's.
    #expect(PaymentCardNumber.isContained(in: "4222222222222"))
    #expect(PaymentCardNumber.isContained(in: "no. 4111 1111-1111 1111."))
    #expect(!PaymentCardNumber.isContained(in: "41111111111111111111111"))
    #expect(!PaymentCardNumber.hasCheckDigit([] as [UInt8]))
    #expect(!PaymentCardNumber.hasCheckDigit(Array("4111x".utf8)))
  }

  @Test("an operation's id and its key are each other's")
  func operationKeys() {
    for id in [
      "a", "019a8f3e-1c2d-7abc-8def-0123456789ab", "019A8F3E-1C2D-7ABC-8DEF-0123456789AB",
      "0123456-89012-45678-012345-789012345",
    ] {
      #expect(JournalRow.operationID(of: JournalRow.key(of: id)) == id)
    }
    #expect(JournalRow.key(of: "019a8f3e-1c2d-7abc-8def-0123456789ab").count == 17)
  }
}
