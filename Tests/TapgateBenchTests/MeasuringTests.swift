import Testing

@testable import TapgateBench

@Suite("Measuring")
struct MeasuringTests {
  @Test("percentiles are within a hundredth of the sorted samples' own")
  func percentiles() {
    var numbers = RandomNumbers(seed: 7)
    var histogram = Histogram()
    var samples: [Int64] = []
    for _ in 0..<50_000 {
      let sample = Int64(numbers.next() >> (numbers.next() % 30 + 25))
      samples.append(sample)
      histogram.record(sample)
    }
    samples.sort()
    for thousandths in [1, 100, 500, 900, 990, 999, 1000] {
      let exact = samples[max(0, samples.count * thousandths / 1000 - 1)]
      let found = histogram.percentile(thousandths: thousandths)
      #expect(found >= exact)
      #expect(found - exact <= exact / 100)
    }
    #expect(histogram.maximum == samples.last)
    #expect(histogram.count == samples.count)
  }

  @Test("extreme durations are counted, not trapped on", arguments: [Int64.min, -1, 0, .max])
  func extremes(duration: Int64) {
    var histogram = Histogram()
    histogram.record(duration)
    #expect(histogram.count == 1)
    #expect(histogram.percentile(thousandths: 500) <= max(duration, 0))
    #expect(Histogram().percentile(thousandths: 500) == 0)
  }

  @Test("arrivals never go back, keep their rate and repeat by seed")
  func arrivals() {
    var schedule = ArrivalSchedule(rate: 10_000, seed: 3)
    var again = ArrivalSchedule(rate: 10_000, seed: 3)
    var last: Int64 = 0
    for _ in 0..<100_000 {
      let instant = schedule.next()
      #expect(instant >= last)
      #expect(instant == again.next())
      last = instant
    }
    // 100,000 arrivals take 10 s; the standard deviation is 32 ms.
    #expect((9_840_000_000...10_160_000_000).contains(last))
  }

  @Test("different members have different UIDs of seven bytes that start with 04")
  func uids() {
    let population = Population(count: 200_000)
    var seen: Set<String> = []
    for index in 0..<200_000 {
      let uid = population.uid(index)
      #expect(uid.utf8.count == 14 && uid.hasPrefix("04"))
      seen.insert(uid)
    }
    #expect(seen.count == 200_000)
  }

  @Test("requests are spread evenly over the members")
  func spread() {
    let population = Population(count: 10)
    var counts = [Int](repeating: 0, count: 10)
    for number in 0..<100_000 as Range<UInt64> { counts[population.member(ofRequest: number)] += 1 }
    #expect(counts.allSatisfy { (9_500...10_500).contains($0) })
  }

  @Test("operation ids are UUIDs of version 7, different, and rise with their millisecond")
  func operationIDs() {
    let identity = RunIdentity(startMilliseconds: 1_800_000_000_000, salt: 99)
    var seen: Set<String> = []
    var last = ""
    for number in 0..<10_000 as Range<UInt64> {
      var bytes: [UInt8] = []
      identity.appendOperationID(number, to: &bytes)
      let text = String(decoding: bytes, as: UTF8.self)
      let characters = Array(text)
      #expect(characters.count == 36 && characters[14] == "7")
      #expect("89AB".contains(characters[19]))
      #expect(String(characters[..<13]) >= last)
      last = String(characters[..<13])
      seen.insert(text)
    }
    #expect(seen.count == 10_000)
  }
}
