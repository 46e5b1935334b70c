internal import ArgumentParser
internal import TapgateCodec

/// How a file's text is written down.
enum TextEncoding: String, ExpressibleByArgument, CaseIterable {
  case utf8 = "utf-8"
  case gb18030

  init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}

/// The records of a CSV file, block by block, so that its size does not matter.
struct ImportSource {
  let path: String
  private let file: InputFile
  private let decoder: GB18030Decoder?
  private let encoding: TextEncoding
  private var reader = CSVReader()
  private var readByteCount = 0
  private var lineCount = 1
  private var isFinished = false

  /// Opens the file.
  ///
  /// - Throws: `FileError` where it cannot be read, `CommandFailure` where the system cannot
  ///   decode.
  init(path: String, encoding: TextEncoding) throws {
    file = try InputFile(path: path)
    self.path = path
    self.encoding = encoding
    decoder = encoding == .gb18030 ? GB18030Decoder() : nil
    if encoding == .gb18030, decoder == nil {
      throw CommandFailure(.unexamined, name: "iconv.missing", Words.importNoGB18030())
    }
  }

  /// How much of the file was read; 0 where its size is not known.
  var thousandths: Int { file.byteCount > 0 ? readByteCount * 1000 / file.byteCount : 0 }

  /// The next records; `nil` at the end of the file.
  ///
  /// - Throws: `ImportFault` where the file is no CSV of its encoding, `FileError`.
  mutating func next() throws -> [CSVRecord]? {
    guard !isFinished else { return nil }
    let block = try file.next()
    readByteCount += block.count
    do {
      guard !block.isEmpty else {
        isFinished = true
        try decoder?.finish()
        return try reader.finish()
      }
      let text = try decoder?.decode(block) ?? block
      lineCount += decoder == nil ? 0 : text.count { $0 == 0x0A }
      return try reader.read(text)
    } catch let error as CSVError {
      throw fault(error)
    } catch is GB18030Decoder.Failure {
      throw ImportFault(line: lineCount, column: "", problem: Words.importBadGB18030())
    }
  }

  private func fault(_ error: CSVError) -> ImportFault {
    let words: Phrase =
      switch error.problem {
      case .quoteInPlainField: Words.csvQuoteInPlainField
      case .textAfterQuote: Words.csvTextAfterQuote
      case .unclosedQuote: Words.csvUnclosedQuote
      case .loneCarriageReturn: Words.csvLoneCarriageReturn
      case .invalidUTF8: Words.importEncoding
      case .controlCharacter: Words.csvControlCharacter
      case .recordTooLong: Words.importRowTooLong
      case .tooManyFields: Words.csvTooManyFields
      }
    return ImportFault(line: error.line, column: String(error.column), problem: words())
  }
}
