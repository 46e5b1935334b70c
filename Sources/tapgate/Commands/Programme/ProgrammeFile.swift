internal import TapgateModel

/// What a programme's file is worth, for the commands that look at one: the only place that knows
/// how programmes are read.
struct ProgrammeFile: Hashable, Sendable {
  /// Why a file is no programme.
  struct Refusal: Error, Hashable, Sendable {
    /// The value's place and what is wrong with it.
    var problem: String
  }

  /// Bytes a programme's file may have.
  static let byteCountMax = 1024 * 1024

  var id: String
  var revision: Int64
  /// Places whose figures are examples, not the shop's own.
  var examples: [String]

  /// Reads a file's bytes.
  init(_ bytes: [UInt8]) throws(Refusal) {
    do throws(ProgrammeError) {
      let programme = try Programme.parse(bytes, for: .engine)
      id = programme.id
      revision = Int64(programme.revision)
      examples = programme.examples
    } catch {
      throw Refusal(problem: error.description)
    }
  }
}
