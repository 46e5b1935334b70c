public import TapgateJSON
internal import TapgateModel

// The wire's form of a report, as `report.run` answers it. Money is fen under the column's `kind`
// `money`; shares are basis points; wordings are objects of both languages, so that the reader's
// language decides.

extension Report {
  /// The report as JSON.
  public var json: JSON {
    .object([
      "report": .string(id), "title": title.json, "scope": scope.json,
      "proven": .bool(isProven), "tables": .array(tables.map(\.json)),
    ])
  }
}

extension Wording {
  var json: JSON { .object(["zh": .string(zh), "en": .string(en)]) }
}

extension ReportTable {
  fileprivate var json: JSON {
    .object([
      "id": .string(id), "title": title.json, "columns": .array(columns.map(\.json)),
      "rows": .array(rows.map { .array($0.map(\.json)) }),
      "totals": totals.map { .array($0.map(\.json)) } ?? .null,
      "proofs": .array(proofs.map(\.json)), "notes": .array(notes.map(\.json)),
      "chart": chart?.json ?? .null, "omittedRowCount": .integer(Int64(omittedRowCount)),
    ])
  }
}

extension ReportColumn {
  fileprivate var json: JSON {
    .object([
      "id": .string(id), "kind": .string(kind.rawValue), "heading": heading.json,
      "summed": .bool(isSummed),
    ])
  }
}

extension ReportChart {
  fileprivate var json: JSON {
    .object([
      "kind": .string(kind.rawValue), "labels": .integer(Int64(labels)),
      "values": .array(values.map { .integer(Int64($0)) }),
    ])
  }
}

extension ReportProof {
  fileprivate var json: JSON {
    .object([
      "claim": claim.json, "kind": .string(kind.rawValue),
      "parts": .array(
        parts.map { .object(["name": $0.name.json, "amount": ReportCell.json($0.amount)]) }
      ),
      "reported": ReportCell.json(reported), "ledger": ReportCell.json(ledger),
      "ledgerName": ledgerName.json, "equal": .bool(isEqual),
    ])
  }
}

extension ReportCell {
  /// The bare value; an instant as RFC 3339 with its offset, a word as its wording.
  fileprivate var json: JSON {
    switch self {
    case .none: .null
    case .text(let text): .string(text)
    case .word(let wording): wording.json
    case .date(let date): .string(date.description)
    case .instant(let instant, let offsetSeconds):
      .string(instant.rfc3339(offsetSeconds: offsetSeconds))
    case .integer(let value), .money(let value), .basisPoints(let value): Self.json(value)
    }
  }

  /// An integer; one that takes more than 64 bits is written out all the same.
  fileprivate static func json(_ value: Int128) -> JSON {
    Int64(exactly: value).map(JSON.integer) ?? .number(value.description)
  }
}
