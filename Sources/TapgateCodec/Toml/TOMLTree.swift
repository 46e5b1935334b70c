/// A TOML document as it grows: which tables there are, and which of them may still be added to.
///
/// The rules are those of TOML 1.0.0, sections Keys, Table, Inline Table and Array of Tables.
struct TOMLTree {
  /// How a table came to be, which decides who may add to it.
  enum Origin {
    /// By a header that named something below it: a header may still define it.
    case implied
    /// By a header of its own.
    case header
    /// By a dotted key: only dotted keys may add to it.
    case dotted
    /// Between braces: nobody may.
    case inline
  }

  private enum Content {
    case table(names: [String: Int], order: [Int], Origin)
    case tables([Int])
    case value(TOMLNode.Value)
  }

  private struct Slot {
    var name: String
    var content: Content
    var position: TextPosition
  }

  /// The document's own table.
  static let root = 0
  private var slots = [
    Slot(
      name: "",
      content: .table(names: [:], order: [], .header),
      position: TextPosition(line: 1, column: 1)
    )
  ]

  /// Puts a value under a key that must be new.
  mutating func put(
    _ value: TOMLNode.Value,
    _ key: TOMLKey,
    in table: Int
  ) throws(TOMLError) {
    guard child(key.name, of: table) == nil else { throw TOMLError(.duplicate, at: key.position) }
    add(Slot(name: key.name, content: .value(value), position: key.position), to: table)
  }

  /// The table that the keys before the last of a dotted key lead to.
  mutating func descend(_ keys: ArraySlice<TOMLKey>, from start: Int) throws(TOMLError) -> Int {
    var table = start
    for key in keys {
      if let next = child(key.name, of: table) {
        guard case .table(_, _, .dotted) = slots[next].content else {
          throw TOMLError(.notExtendable, at: key.position)
        }
        table = next
      } else {
        table = addTable(key, .dotted, to: table)
      }
    }
    return table
  }

  /// The table that `[a.b]` opens.
  mutating func open(_ keys: [TOMLKey]) throws(TOMLError) -> Int {
    guard let last = keys.last else { return Self.root }
    let parent = try lead(keys.dropLast())
    guard let known = child(last.name, of: parent) else {
      return addTable(last, .header, to: parent)
    }
    guard case .table(let names, let order, .implied) = slots[known].content else {
      throw TOMLError(.duplicate, at: last.position)
    }
    slots[known].content = .table(names: names, order: order, .header)
    return known
  }

  /// The table that `[[a.b]]` adds to its list; `position` is where the brackets stand.
  mutating func append(_ keys: [TOMLKey], at position: TextPosition) throws(TOMLError) -> Int {
    guard let last = keys.last else { return Self.root }
    let parent = try lead(keys.dropLast())
    let list: Int
    if let known = child(last.name, of: parent) {
      guard case .tables = slots[known].content else {
        throw TOMLError(.duplicate, at: last.position)
      }
      list = known
    } else {
      let slot = Slot(name: last.name, content: .tables([]), position: last.position)
      list = add(slot, to: parent)
    }
    slots.append(
      Slot(name: "", content: .table(names: [:], order: [], .header), position: position)
    )
    let element = slots.count - 1
    if case .tables(var elements) = slots[list].content {
      // Taken out before it is changed, so that the list is not copied.
      slots[list].content = .value(.bool(false))
      elements.append(element)
      slots[list].content = .tables(elements)
    }
    return element
  }

  /// The finished value at `slot`.
  func node(_ slot: Int = root) -> TOMLNode {
    let value: TOMLNode.Value =
      switch slots[slot].content {
      case .value(let value): value
      case .tables(let elements): .array(elements.map { node($0) })
      case .table(_, let order, _):
        .table(order.map { TOMLNode.Member(name: slots[$0].name, node: node($0)) })
      }
    return TOMLNode(value: value, position: slots[slot].position)
  }

  /// Where a header's keys before its last lead: through tables, and through lists to their last
  /// one.
  private mutating func lead(_ keys: ArraySlice<TOMLKey>) throws(TOMLError) -> Int {
    var table = Self.root
    for key in keys {
      guard let next = child(key.name, of: table) else {
        table = addTable(key, .implied, to: table)
        continue
      }
      switch slots[next].content {
      case .tables(let elements): table = elements.last ?? next
      case .table(_, _, let origin) where origin != .inline: table = next
      default: throw TOMLError(.notExtendable, at: key.position)
      }
    }
    return table
  }

  private func child(_ name: String, of table: Int) -> Int? {
    guard case .table(let names, _, _) = slots[table].content else { return nil }
    return names[name]
  }

  private mutating func addTable(_ key: TOMLKey, _ origin: Origin, to table: Int) -> Int {
    let content = Content.table(names: [:], order: [], origin)
    return add(Slot(name: key.name, content: content, position: key.position), to: table)
  }

  @discardableResult
  private mutating func add(_ slot: Slot, to table: Int) -> Int {
    slots.append(slot)
    let number = slots.count - 1
    if case .table(var names, var order, let origin) = slots[table].content {
      // Taken out before it is changed, so that the table is not copied.
      slots[table].content = .value(.bool(false))
      names[slot.name] = number
      order.append(number)
      slots[table].content = .table(names: names, order: order, origin)
    }
    return number
  }
}

/// One part of a dotted key.
struct TOMLKey {
  var name: String
  var position: TextPosition
}
