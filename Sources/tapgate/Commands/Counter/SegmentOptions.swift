internal import ArgumentParser
internal import TapgateJSON

/// Which members a batch of coupons is for.
struct SegmentOptions: ParsableArguments {
  @Flag(help: ArgumentHelp(Words.helpSegmentAll()))
  var all = false

  @Option(help: ArgumentHelp(Words.helpSegmentTier(), valueName: "id"))
  var tier: [String] = []

  @Option(name: .customLong("class"), help: ArgumentHelp(Words.helpSegmentClass()))
  var spendingClass: [String] = []

  @Option(help: ArgumentHelp(Words.helpSegmentAbsent(), valueName: "days"))
  var absentDays: Int?

  @Option(help: ArgumentHelp(Words.helpSegmentBirthday(), valueName: "month"))
  var birthdayMonth: Int?

  @Option(help: ArgumentHelp(Words.helpSegmentRecency(), valueName: "score"))
  var rMin: Int?

  @Option(help: ArgumentHelp(Words.helpSegmentFrequency(), valueName: "score"))
  var fMin: Int?

  @Option(help: ArgumentHelp(Words.helpSegmentMonetary(), valueName: "score"))
  var mMin: Int?

  @Flag(help: ArgumentHelp(Words.helpSegmentDryRun()))
  var dryRun = false

  /// The segment; `nil` where nothing of one is named.
  var json: JSON? {
    var segment = JSONObject()
    if !tier.isEmpty { segment["tiers"] = .array(tier.map(JSON.string)) }
    if !spendingClass.isEmpty {
      segment["classes"] = .array(spendingClass.map { .string($0.uppercased()) })
    }
    segment.add("absentDays", absentDays)
    segment.add("birthdayMonth", birthdayMonth)
    segment.add("rMin", rMin)
    segment.add("fMin", fMin)
    segment.add("mMin", mMin)
    return all || !segment.members.isEmpty ? .object(segment) : nil
  }
}
