internal import TapgateModel

/// Members of an import that are ready to be written: checked, sealed and packed.
struct ImportChunk: Sendable {
  struct Member: Sendable {
    var id: String
    var joinedOn: BusinessDate
    var tier: String
    var profile: [UInt8]?
    /// The member's opening entries, packed; lots are numbered from 0.
    var effects: [UInt8]
  }

  var batch: Int64
  var index: Int
  var members: [Member]
}

/// What an import brings, in one row.
struct ImportSummary: Sendable {
  var batch: Int64
  var operationID: String
  var members: Int
  var cards: Int
  var points: Int64
  var growth: Int64
  var principalMinor: Int64
  var bonusMinor: Int64
}
