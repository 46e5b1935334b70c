import Testing

@testable import TapgateDevices

@Suite("What scanners are called")
struct ScannerIdentityTests {
  @Test("a serial number goes before the port, and a placeholder is none")
  func basis() {
    var identities = ScannerIdentities()
    let first = identities.identify(ScannerFacts.scanner(serial: "B0A1234"), others: [])
    #expect(first == ScannerIdentity(id: "usb:1234:0001:B0A1234", basis: "serial"))
    for serial in ["", " ", "00000000", "0123456789ABCDEF", "ba\u{7}d"] {
      let identity = identities.identify(ScannerFacts.scanner(serial: serial), others: [])
      #expect(identity.id == "usb:1-2", "\(serial)")
      #expect(identity.basis == "port")
    }
  }

  @Test("doubles are called by their ports, in whichever order they come")
  func doubles() {
    let (a, b) = (
      ScannerFacts.scanner(port: "1-1", serial: "S"), ScannerFacts.scanner(port: "1-2", serial: "S")
    )
    for order in [[a, b], [b, a]] {
      var identities = ScannerIdentities()
      let names = order.map { one in
        identities.identify(one, others: order.filter { $0.link != one.link })
      }
      #expect(Set(names.map(\.id)) == ["usb:1-1", "usb:1-2"])
      #expect(names.allSatisfy { $0.note?.hasPrefix("duplicateSerial: ") == true })
      // It stays so after one has left: the other must not take its name.
      #expect(identities.identify(a, others: []).id == "usb:1-1")
    }
  }

  @Test("another place is told as a move where it is certain, and as a question where it is not")
  func moves() {
    var identities = ScannerIdentities()
    _ = identities.identify(ScannerFacts.scanner(port: "1-1", serial: "S"), others: [])
    let moved = identities.identify(ScannerFacts.scanner(port: "1-4", serial: "S"), others: [])
    #expect(moved.note == "moved: from port 1-1 to port 1-4.")
    let again = identities.identify(ScannerFacts.scanner(port: "1-4", serial: "S"), others: [])
    #expect(again.note == nil)

    let plain = ScannerFacts.scanner(port: "1-1")
    #expect(identities.identify(plain, others: []).note == nil)
    identities.left(plain)
    let other = identities.identify(ScannerFacts.scanner(port: "1-6"), others: [])
    #expect(other.id == "usb:1-6")
    #expect(other.note?.hasPrefix("relocated: ") == true)
    // Back at its old place it is no news.
    #expect(identities.identify(plain, others: []).note == nil)
  }
}
