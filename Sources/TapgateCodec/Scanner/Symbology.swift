/// What kind of code was scanned.
public enum Symbology: String, Hashable, Sendable, CaseIterable {
  case upcA = "UPC-A"
  case upcASupplement = "UPC-A with supplement"
  case upcE = "UPC-E"
  case ean8 = "EAN-8"
  case ean8Supplement = "EAN-8 with supplement"
  case ean13 = "EAN-13"
  case ean13Supplement = "EAN-13 with supplement"
  case eanSupplement = "EAN supplement"
  case straight2of5 = "Straight 2 of 5"
  case iata2of5 = "IATA 2 of 5"
  case itf = "Interleaved 2 of 5"
  case itfChecked = "Interleaved 2 of 5 with check digit"
  case codabar = "Codabar"
  case code39 = "Code 39"
  case code39Checked = "Code 39 with check character"
  case code93 = "Code 93"
  case code128 = "Code 128"
  case gs1128 = "GS1-128"
  case isbt128 = "ISBT 128"
  case code11 = "Code 11"
  case msi = "MSI"
  case plessey = "Plessey"
  case anker = "Anker"
  case telepen = "Telepen"
  case channelCode = "Channel Code"
  case posiCode = "PosiCode"
  case gs1DataBar = "GS1 DataBar"
  case gs1DataBarExpanded = "GS1 DataBar Expanded"
  case gs1Composite = "GS1 Composite"
  case code16K = "Code 16K"
  case code49 = "Code 49"
  case codablockA = "Codablock A"
  case codablockF = "Codablock F"
  case codablock256 = "Codablock 256"
  case codeOne = "Code One"
  case pdf417 = "PDF417"
  case microPDF417 = "MicroPDF417"
  case maxiCode = "MaxiCode"
  case dataMatrix = "Data Matrix"
  case gs1DataMatrix = "GS1 DataMatrix"
  case qrCode = "QR Code"
  case gs1QRCode = "GS1 QR Code"
  case aztec = "Aztec"
  case hanXin = "Han Xin"
  case gridMatrix = "Grid Matrix"
  case dotCode = "DotCode"
  case gs1DotCode = "GS1 DotCode"
  case superCode = "SuperCode"
  case ocrA = "OCR-A"
  case ocrB = "OCR-B"
  case micr = "MICR"
  /// The scanner's maker knows which.
  case other = "other"
  /// Typed, or a message of the scanner.
  case noBarCode = "no bar code"
  case magneticStripe = "magnetic stripe"
  case radioTag = "radio tag"
  /// The identifier is in no list.
  case unknown = "unknown"

  /// The constant of ScanDataType in the Scanner class of UnifiedPOS 1.15.
  public var scanDataType: ScanDataType { Self.types[self] ?? .other }

  private static let types: [Symbology: ScanDataType] = [
    .upcA: .upcA, .upcASupplement: .upcAS, .upcE: .upcE, .ean8: .ean8, .ean8Supplement: .ean8S,
    .ean13: .ean13, .ean13Supplement: .ean13S, .straight2of5: .tf, .iata2of5: .tf, .itf: .itf,
    .itfChecked: .itfChecked, .codabar: .codabar, .code39: .code39,
    .code39Checked: .code39Checked, .code93: .code93, .code128: .code128, .gs1128: .gs1128,
    .isbt128: .isbt128, .code11: .code11, .msi: .msi, .plessey: .plessey, .telepen: .telepen,
    .gs1DataBar: .gs1DataBar, .gs1DataBarExpanded: .gs1DataBarExpanded, .code16K: .code16K,
    .code49: .code49, .codablockA: .codablockA, .codablockF: .codablockF,
    .codablock256: .codablock256, .pdf417: .pdf417, .microPDF417: .microPDF417,
    .maxiCode: .maxiCode, .dataMatrix: .dataMatrix, .gs1DataMatrix: .gs1DataMatrix,
    .qrCode: .qrCode, .gs1QRCode: .gs1QRCode, .aztec: .aztec, .hanXin: .hanXin, .ocrA: .ocrA,
    .ocrB: .ocrB, .unknown: .unknown,
  ]
}

/// ScanDataType of UnifiedPOS 1.15, Scanner: the numbers, and the names as the standard spells
/// them.
public enum ScanDataType: Int, Hashable, Sendable, CaseIterable {
  case unknown = 0
  case upcA = 101
  case upcE = 102
  case ean8 = 103
  case ean13 = 104
  case tf = 105
  case itf = 106
  case codabar = 107
  case code39 = 108
  case code93 = 109
  case code128 = 110
  case upcAS = 111
  case upcES = 112
  case ean8S = 118
  case ean13S = 119
  case gs1128 = 120
  case ocrA = 121
  case ocrB = 122
  case gs1DataBar = 131
  case gs1DataBarExpanded = 132
  case itfChecked = 133
  case gs1DataBarLimited = 134
  case code39Checked = 137
  case code32 = 138
  case trioptic39 = 140
  case isbt128 = 141
  case code11 = 142
  case msi = 143
  case plessey = 144
  case telepen = 145
  case compositeA = 151
  case compositeB = 152
  case compositeC = 153
  case pdf417 = 201
  case maxiCode = 202
  case dataMatrix = 203
  case qrCode = 204
  case microQRCode = 205
  case aztec = 206
  case microPDF417 = 207
  case gs1DataMatrix = 208
  case gs1QRCode = 209
  case code49 = 210
  case code16K = 211
  case codablockA = 212
  case codablockF = 213
  case codablock256 = 214
  case hanXin = 215
  case other = 501

  /// Such as `SCAN_SDT_EAN13`.
  public var name: String { "SCAN_SDT_" + (Self.names[self] ?? "OTHER") }

  private static let names: [ScanDataType: String] = [
    .unknown: "UNKNOWN", .upcA: "UPCA", .upcE: "UPCE", .ean8: "EAN8", .ean13: "EAN13", .tf: "TF",
    .itf: "ITF", .codabar: "Codabar", .code39: "Code39", .code93: "Code93", .code128: "Code128",
    .upcAS: "UPCA_S", .upcES: "UPCE_S", .ean8S: "EAN8_S", .ean13S: "EAN13_S", .gs1128: "GS1128",
    .ocrA: "OCRA", .ocrB: "OCRB", .gs1DataBar: "GS1DATABAR", .gs1DataBarExpanded: "GS1DATABAR_E",
    .itfChecked: "ITF_CK", .gs1DataBarLimited: "GS1DATABAR_TYPE2", .code39Checked: "Code39_CK",
    .code32: "Code32", .trioptic39: "TRIOPTIC39", .isbt128: "ISBT128", .code11: "Code11",
    .msi: "MSI", .plessey: "PLESSEY", .telepen: "TELEPEN", .compositeA: "CCA",
    .compositeB: "CCB", .compositeC: "CCC", .pdf417: "PDF417", .maxiCode: "MAXICODE",
    .dataMatrix: "DATAMATRIX", .qrCode: "QRCODE", .microQRCode: "UQRCODE", .aztec: "AZTEC",
    .microPDF417: "UPDF417", .gs1DataMatrix: "GS1DATAMATRIX", .gs1QRCode: "GS1QRCODE",
    .code49: "Code49", .code16K: "Code16k", .codablockA: "CodablockA", .codablockF: "CodablockF",
    .codablock256: "Codablock256", .hanXin: "HANXIN", .other: "OTHER",
  ]
}
