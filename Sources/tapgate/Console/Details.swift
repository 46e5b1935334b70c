internal import TapgateJSON

/// Turns the gateway's answers into tables that people read.
///
/// It knows no method: members become lines with their paths' words as labels, lists of objects
/// become tables below. What is `null` or empty is left out. Fields that end in `Minor` are money
/// and get their decimals.
enum Details {
  /// The lines that show `json`.
  static func lines(_ json: JSON, on console: Console) -> [String] {
    var facts = Table(columns: [.init(title: ""), .init(title: "")])
    var tables: [(title: String, table: Table)] = []
    collect(json, label: "", name: "", into: &facts, tables: &tables, depth: 0)
    var lines = console.lines(of: facts)
    for (title, table) in tables {
      lines.append("")
      lines.append(title)
      lines += console.lines(of: table)
    }
    return lines
  }

  /// A table of `rows` with the columns `names`; a name may be a path such as `power.name`.
  static func table(_ rows: [JSON], columns names: [String]) -> Table {
    let columns = zip(names, titles(of: names)).map { name, title in
      let isNumber = rows.contains { value(at: name, in: $0)?.integer != nil }
      return Table.Column(title: title, alignment: isNumber ? .right : .left)
    }
    var table = Table(columns: columns)
    table.rows = rows.map { row in
      names.map { name in value(at: name, in: row).map { text($0, name: name) } ?? "" }
    }
    return table
  }

  /// The names of `names` that at least one of `rows` has something under.
  static func present(_ names: [String], in rows: [JSON]) -> [String] {
    names.filter { name in rows.contains { !(value(at: name, in: $0) ?? .null).isNull } }
  }

  /// What columns are called: by the last word of their paths, by the two last where that would
  /// stand twice. A `name` is called as what it is the name of.
  private static func titles(of names: [String]) -> [String] {
    let paths = names.map { name in
      let parts = name.split(separator: ".").map(String.init)
      return parts.count > 1 && parts.last == "name" ? Array(parts.dropLast()) : parts
    }
    let words = paths.map { Words.field($0.last ?? "") }
    return zip(paths, words).map { path, word in
      let isTwice = words.count { $0 == word } > 1
      return isTwice ? path.suffix(2).map { Words.field($0) }.joined(separator: " ") : word
    }
  }

  /// A value on one line.
  static func text(_ json: JSON, name: String) -> String {
    switch json {
    case .null: ""
    case .bool(let flag): flag ? Words.yes() : Words.no()
    case .integer(let number) where name.hasSuffix("Minor"): Amount(minor: number).description
    case .integer(let number): String(number)
    case .number(let text): text
    case .string(let text): Words.value(text, of: name)
    case .array(let elements): elements.map { text($0, name: name) }.joined(separator: ", ")
    case .object(let object) where object.members.map(\.name) == ["name", "number"]:
      object["name"]?.string ?? ""  // A constant of UnifiedPOS.
    case .object(let object):
      object.members
        .filter { !$0.value.isNull }
        .map { "\(Words.field($0.name))=\(text($0.value, name: $0.name))" }
        .joined(separator: " ")
    }
  }

  private static func value(at path: String, in row: JSON) -> JSON? {
    path.split(separator: ".").reduce(row) { value, name in value?[String(name)] }
  }

  private static func collect(
    _ json: JSON,
    label: String,
    name: String,
    into facts: inout Table,
    tables: inout [(title: String, table: Table)],
    depth: Int
  ) {
    switch json {
    case .object(let object) where depth < 8:
      for member in object.members {
        let word = Words.field(member.name)
        collect(
          member.value,
          label: label.isEmpty ? word : "\(label) \(word)",
          name: member.name,
          into: &facts,
          tables: &tables,
          depth: depth + 1
        )
      }
    case .null: break
    case .array(let elements) where elements.contains { $0.object != nil }:
      tables.append((label, table(elements, columns: columns(of: elements))))
    case .array(let elements) where elements.isEmpty: break
    default: facts.rows.append([label, text(json, name: name)])
    }
  }

  private static func columns(of rows: [JSON]) -> [String] {
    var names: [String] = []
    for row in rows {
      for member in row.object?.members ?? [] where !names.contains(member.name) {
        names.append(member.name)
      }
    }
    return names
  }
}
