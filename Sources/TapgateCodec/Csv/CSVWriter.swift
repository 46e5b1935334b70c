/// Writes comma-separated values as RFC 4180 has them: CRLF line ends, quotes only where needed.
public enum CSVWriter {
  /// One record with its line end.
  ///
  /// What is written here is read back by `CSVReader` as it was; a record of one empty field is
  /// quoted, since a bare line end would be an empty line.
  public static func record(_ fields: [String]) -> String {
    if fields == [""] { return "\"\"\r\n" }
    return fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func field(_ text: String) -> String {
    // A byte order mark would be taken for the file's own, were it the first thing in it.
    let needsQuotes =
      text.unicodeScalars.first == "\u{FEFF}"
      || text.utf8.contains { byte in
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
      }
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
