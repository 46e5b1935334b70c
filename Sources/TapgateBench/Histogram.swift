/// Counts of durations in nanoseconds, in buckets that are at most 1/128 of their value wide.
///
/// Recording is an addition; memory is fixed, whatever the number of samples. The bucket layout is
/// HdrHistogram's: values below 256 exactly, then 128 buckets for each power of two.
public struct Histogram: Sendable {
  private static let linearCount = 256
  private static let bucketsPerOctave = 128
  /// 2^43 ns is 2.4 hours; longer ones count as that.
  private static let octaveCount = 35

  private var counts = [Int](repeating: 0, count: linearCount + bucketsPerOctave * octaveCount)
  /// The number of durations recorded.
  public private(set) var count = 0
  /// The longest duration recorded, exactly, in nanoseconds; 0 where there is none.
  public private(set) var maximum: Int64 = 0

  /// Creates an empty histogram.
  public init() {}

  /// Counts one duration; a negative one counts as 0.
  public mutating func record(_ nanoseconds: Int64) {
    let value = max(0, nanoseconds)
    counts[Self.bucket(of: value)] += 1
    count += 1
    maximum = max(maximum, value)
  }

  /// The duration, in nanoseconds, that `thousandths` of a thousand recorded ones do not exceed:
  /// 500 is the median, 999 the 99.9th percentile. 0 where nothing was recorded.
  public func percentile(thousandths: Int) -> Int64 {
    guard count > 0 else { return 0 }
    let rank = max(1, (count * thousandths + 999) / 1000)
    var seen = 0
    for (bucket, bucketCount) in counts.enumerated() {
      seen += bucketCount
      if seen >= rank { return min(Self.upperBound(of: bucket), maximum) }
    }
    return maximum
  }

  private static func bucket(of value: Int64) -> Int {
    guard value >= linearCount else { return Int(value) }
    let octave = 63 - value.leadingZeroBitCount - 8
    guard octave < octaveCount else { return linearCount + bucketsPerOctave * octaveCount - 1 }
    let step = Int(value >> Int64(octave + 1)) - bucketsPerOctave
    return linearCount + octave * bucketsPerOctave + step
  }

  private static func upperBound(of bucket: Int) -> Int64 {
    guard bucket >= linearCount else { return Int64(bucket) }
    let (octave, step) = (bucket - linearCount).quotientAndRemainder(dividingBy: bucketsPerOctave)
    return (Int64(step + bucketsPerOctave + 1) << Int64(octave + 1)) - 1
  }
}
