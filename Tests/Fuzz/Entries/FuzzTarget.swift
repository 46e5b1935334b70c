/// One decoder that takes bytes from outside: what `scripts/fuzz` runs, and the tests with the
/// inputs that were kept.
package struct FuzzTarget: Sendable {
  /// The folder of its inputs in `Tests/Fuzz/Corpus`.
  package let name: String
  /// Decodes the bytes; how much came out. It traps where the decoder does, and where two things
  /// that have to agree do not.
  package let run: @Sendable ([UInt8]) -> Int

  /// Every target.
  package static let all: [FuzzTarget] =
    (DecoderFuzzing.entries + CardFuzzing.entries + TextFuzzing.entries + LedgerFuzzing.entries)
    .map { FuzzTarget(name: $0.name, run: $0.run) }

  /// The target called `name`; `nil` where there is none.
  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

  /// Ends the process: the input that is being looked at shows a mistake.
  static func fail(_ sentence: String) -> Never { preconditionFailure(sentence) }
}
