internal import TapgateJSON
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
  private let programme: Programme

  /// Reads a file's bytes.
  init(_ bytes: [UInt8]) throws(Refusal) {
    do throws(JSONError) {
      _ = try JSONParser.parse(bytes)
    } catch {
      throw Refusal(problem: Words.noJSON(error))
    }
    do throws(ProgrammeError) {
      programme = try Programme.parse(bytes, for: .engine)
      id = programme.id
      revision = Int64(programme.revision)
      examples = programme.examples
    } catch {
      throw Refusal(problem: error.description)
    }
  }

  /// What is odd about its rules, beside the examples: each place with a sentence in `language`.
  ///
  /// Decides 10,000 generated receipts, which takes about a tenth of a second.
  func anomalies(in language: Language) -> [Anomaly] {
    ProgrammeAudit(programme).findings().anomalies.filter { $0.kind != .example }
      .map {
        Anomaly(
          kind: $0.kind.rawValue,
          path: $0.path,
          sentence: language == .zh ? $0.chinese : $0.english
        )
      }
  }

  /// Something odd about a rule.
  struct Anomaly: Hashable, Sendable {
    /// The audit's name for it, such as `tierUnreachable`.
    var kind: String
    /// The rule's place.
    var path: String
    var sentence: String
  }
}
