import TapgateCodec
import Testing

@Suite("Tag memory")
struct TagMemoryTests {
  private static func bytes(_ text: String) -> [UInt8] {
    Hexadecimal.bytes(text.filter { $0 != " " }) ?? []
  }

  /// Pages 0 to 3 with a capability container, then the data area.
  static func type2(_ size: UInt8, _ data: [UInt8], access: UInt8 = 0x00) -> [UInt8] {
    bytes("04A1B29F C3D4E580 72480000") + [0xE1, 0x10, size, access] + data
  }

  /// Reads as a driver would: what is asked for, and nothing past `end`.
  private static func read(
    _ memory: [UInt8],
    step: Int = 1
  ) -> (Result<Type2Memory.Progress, Type2Problem>, highest: Int) {
    var known = 0
    while true {
      let progress = Type2Memory.parse(Array(memory.prefix(known)))
      guard case .success(.needs(let count)) = progress else { return (progress, known) }
      #expect(count > known, "no progress")
      guard count <= memory.count else { return (progress, count) }
      known = min(memory.count, max(count, known + step))
    }
  }

  @Test("the message is found behind padding, controls and other TLVs")
  func find() {
    let message: [UInt8] = [0xD0, 0x00, 0x00]
    let samples: [[UInt8]] = [
      [0x03, 0x03] + message,
      [0x00, 0x00, 0x03, 0x03] + message + [0xFE],
      Self.bytes("01 03 A00C34") + [0x03, 0x03] + message + [0xFE],
      Self.bytes("FD 02 AABB") + [0x03, 0x03] + message,
      Self.bytes("03 FF 0003") + message,
    ]
    for data in samples {
      let padded = data + [UInt8](repeating: 0, count: 48 - data.count)
      #expect(Self.read(Self.type2(0x06, padded)).0 == .success(.message(message)))
    }
  }

  @Test("a length of three bytes is read in windows of any size")
  func long() {
    let message = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    let data = Self.bytes("03 FF 012C") + message + [0xFE]
    let memory = Self.type2(0x3E, data + [UInt8](repeating: 0, count: 496 - data.count))
    for step in [1, 4, 16, 64] {
      #expect(Self.read(memory, step: step).0 == .success(.message(message)))
    }
  }

  @Test("bytes that a control TLV reserves are no part of the message")
  func reserved() {
    // Memory control: page 2 of 16 bytes, offset 0: the eight bytes from 32 on.
    var data = Self.bytes("02 03 20 08 04 03 0C") + [1, 2, 3, 4, 5, 6, 7, 8, 9]
    data += [UInt8](repeating: 0xEE, count: 8) + [10, 11, 12, 0xFE]
    let memory = Self.type2(0x06, data + [UInt8](repeating: 0, count: 48 - data.count))
    #expect(Self.read(memory).0 == .success(.message([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])))
  }

  @Test("an empty tag and a tag without message have none")
  func absent() {
    #expect(Self.read(Self.type2(0x06, [UInt8](repeating: 0, count: 48))).0 == .success(.absent))
    #expect(
      Self.read(Self.type2(0x06, [0xFE] + [UInt8](repeating: 3, count: 47))).0 == .success(.absent)
    )
    #expect(Self.read(Self.type2(0x06, [0x03, 0x00, 0xFE])).0 == .success(.message([])))
    #expect(Self.read(Self.type2(0x00, [])).0 == .success(.absent))
  }

  @Test(
    "a container or a TLV that cannot be is refused by name",
    arguments: [
      ("E1 10 06 00 03 FF FFFF", Type2Problem.overlong), ("E1 10 06 00 03 2F", .overlong),
      ("E1 10 06 00 FD 40", .overlong), ("E1 10 06 00 01 02 0000", .control),
      ("00 10 06 00", .noContainer), ("E1 20 06 00", .version), ("E1 10 06 F0", .locked),
    ] as [(String, Type2Problem)]
  )
  func malformed(text: String, problem: Type2Problem) {
    let memory = Self.bytes("04A1B29F C3D4E580 72480000") + Self.bytes(text)
    #expect(Type2Memory.parse(memory) == .failure(problem))
  }

  @Test("nothing past the capacity is asked for, whatever the memory says")
  func capacity() {
    var generator = CardFuzz("tag memory")
    for _ in 0..<100_000 {
      let size = UInt8.random(in: 0...12, using: &generator)
      let count = Int(size) * 8
      let data = (0..<count).map { _ in
        Bool.random(using: &generator)
          ? UInt8.random(in: 0...4, using: &generator)
          : UInt8.random(in: 0...255, using: &generator)
      }
      let memory = Self.type2(size, data)
      let known = Int.random(in: 0...memory.count, using: &generator)
      switch Type2Memory.parse(Array(memory.prefix(known))) {
      case .success(.needs(let wanted)):
        #expect(wanted > known)
        #expect(wanted <= max(16, memory.count))
      case .success(.message(let message)): #expect(message.count <= count)
      case .success(.absent), .failure: break
      }
      let limited = Type2Memory.parse(Array(memory.prefix(known)), byteCountMax: 32)
      if case .success(.needs(let wanted)) = limited { #expect(wanted <= 32) }
    }
  }

  @Test("a type 4 container is read in both forms")
  func type4() throws {
    // NT4H2421Gx data sheet section 8.2.3.2, the factory's container.
    let plain = Self.bytes("0017 20 0100 00FF 04 06 E104 0100 00 00")
    let capability = try Type4Capability.parse(plain).get()
    #expect(capability.readByteCountMax == 256)
    #expect(capability.file == 0xE104)
    #expect(capability.fileByteCount == 256)
    #expect(capability.messageByteCount([0x00, 0xFE]) == .success(254))
    #expect(capability.messageByteCount([0x00, 0xFF]) == .failure(.overlong))
    #expect(capability.messageByteCount([0x00]) == .failure(.truncated))
    let extended = Self.bytes("0011 30 000F 0034 06 08 E104 00020000 00 00")
    #expect(Type4Capability.byteCount(Array(extended.prefix(15))) == 17)
    let large = try Type4Capability.parse(extended).get()
    #expect(large.readByteCountMax == 15)
    #expect(large.lengthByteCount == 4)
    #expect(large.messageByteCount([0x00, 0x01, 0xFF, 0xFC]) == .success(0x1FFFC))
    #expect(large.messageByteCount([0x00, 0x01, 0xFF, 0xFD]) == .failure(.overlong))
  }

  @Test(
    "a type 4 container that cannot be is refused by name",
    arguments: [
      ("0017 20 0100 00FF 04 06 E104 0100 00", Type4Problem.truncated),
      ("000E 20 0100 00FF 04 06 E104 0100 00 00", .truncated),
      ("0017 40 0100 00FF 04 06 E104 0100 00 00", .version),
      ("0017 20 000E 00FF 04 06 E104 0100 00 00", .version),
      ("0017 20 0100 00FF 05 06 E104 0100 00 00", .file),
      ("0017 20 0100 00FF 04 06 E103 0100 00 00", .file),
      ("0017 20 0100 00FF 04 06 E104 0002 00 00", .file),
      ("0017 20 0100 00FF 04 06 E104 0100 80 00", .locked),
      ("0011 30 000F 0034 06 08 E104 00020000 00", .truncated),
      ("0017 20 000F 0034 06 08 E104 00020000 00 00", .file),
    ] as [(String, Type4Problem)]
  )
  func malformedContainer(text: String, problem: Type4Problem) {
    guard case .failure(problem) = Type4Capability.parse(Self.bytes(text)) else {
      Issue.record("not refused")
      return
    }
  }

  @Test("no bytes trap a container, a version or a reader's answer: 10^5 each")
  func random() throws {
    var generator = CardFuzz("tag memory")
    let container = Self.bytes("0017 20 0100 00FF 04 06 E104 0100 00 00 0000")
    let answer = Self.bytes("C003 00 9000 9201 00 9602 0000 97 04 01020304 9000")
    let frame = Self.bytes("D543 00 01020304 9000")
    var answers: Set<String> = []
    for round in 0..<100_000 {
      var start = [container, answer, frame][round % 3]
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        start[Int.random(in: 0..<start.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      // Half of them whole, so that what stands behind the first checks is reached too.
      if Bool.random(using: &generator) {
        start = Array(start.prefix(Int.random(in: 0...start.count, using: &generator)))
      }
      if case .success(let capability) = Type4Capability.parse(start) {
        #expect(capability.fileByteCount > capability.lengthByteCount)
      }
      if let version = TagVersion(Array(start.prefix(8))) { _ = version.product }
      guard let response = ResponseAPDU(start) else { continue }
      for transport in TagTransport.allCases {
        switch transport.unwrap(response) {
        case .success(let bytes): answers.insert("\(transport.rawValue) \(bytes.count)")
        case .failure(let failure): answers.insert(failure.rawValue)
        }
      }
      _ = TagTransport.isAccepted(response)
    }
    #expect(answers.count > 8, "\(answers)")
    for transport in TagTransport.allCases {
      #expect(answers.contains { $0.hasPrefix(transport.rawValue) }, "\(answers)")
    }
  }

  @Test(
    "GET_VERSION tells products apart",
    arguments: [
      // Data sheets: NTAG213/215/216 table 28, NTAG210/212 table 15, MF0ULX1 table 15, MF0AES(H)20.
      ("0004040201000F03", TagVersion.Product.ntag213), ("0004040201001103", .ntag215),
      ("0004040201001303", .ntag216), ("0004040101000B03", .ntag210),
      ("0004040101000E03", .ntag212),
      ("0004030101000B03", .ultralightEV1Small), ("0004030101000E03", .ultralightEV1Large),
      ("0004030104000F03", .ultralightAES), ("0004030204000F03", .ultralightAES),
    ] as [(String, TagVersion.Product)]
  )
  func versions(text: String, product: TagVersion.Product) {
    #expect(TagVersion(Self.bytes(text))?.product == product)
    #expect(product.userByteCount % 4 == 0)
    #expect(TagVersion(Self.bytes(text).dropLast()) == nil)
    var other = Self.bytes(text)
    other[1] = 0x05
    #expect(TagVersion(other)?.product == nil)
  }
}
