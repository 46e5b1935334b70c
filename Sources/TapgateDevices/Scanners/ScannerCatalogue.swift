/// The families of scanners and swipe readers that the gateway knows by name.
///
/// It serves what people read: which mode a device is in, and which page tells how to change it.
/// No device is taken or left because of it. Only Honeywell's own messages are told by the maker.
enum ScannerCatalogue {
  /// One maker's devices that are set up alike.
  struct Family: Hashable, Sendable {
    /// The page in firmware-notes/, without its suffix.
    var page: String
    /// For people.
    var name: String
    /// USB vendors whose devices are of this family, all of them.
    var vendors: [UInt16] = []
    /// Devices of vendors who make other things as well.
    var products: [Product] = []
  }

  /// One USB identity.
  struct Product: Hashable, Sendable {
    var vendor: UInt16
    var product: UInt16
  }

  /// Honeywell's, also under the name of Hand Held Products.
  static let honeywellVendors: [UInt16] = [0x0C2E, 0x0536]

  /// Every family.
  static let families: [Family] = [
    Family(page: "zebra", name: "Zebra (Symbol)", vendors: [0x05E0]),
    Family(page: "honeywell", name: "Honeywell (Metrologic)", vendors: honeywellVendors),
    Family(page: "datalogic", name: "Datalogic (PSC)", vendors: [0x05F9, 0x080C]),
    Family(page: "newland", name: "Newland", vendors: [0x1EAB]),
    Family(page: "opticon", name: "Opticon", vendors: [0x065A]),
    Family(page: "code", name: "Code Corporation", vendors: [0x11FA]),
    Family(
      page: "tera",
      name: "Tera",
      products: [0x0107, 0x0115, 0x011C, 0x020C].map { Product(vendor: 0x0581, product: $0) }
    ),
    Family(page: "magtek", name: "MagTek", vendors: [0x0801]),
    Family(page: "idtech", name: "ID TECH", vendors: [0x0ACD]),
  ]

  /// The family of a device; `nil` where nobody knows it.
  static func family(of facts: DeviceFacts) -> Family? {
    let product = Product(vendor: facts.vendor, product: facts.product)
    return families.first { $0.vendors.contains(facts.vendor) || $0.products.contains(product) }
  }
}
