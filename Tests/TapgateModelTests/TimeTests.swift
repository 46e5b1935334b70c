import TapgateModel
import Testing

@Suite("Durations and the ends of months and years")
struct TimeTests {
  @Test(
    "durations as ISO 8601 writes them",
    arguments: [
      ("P1Y", 12, 0, 0), ("P12M", 12, 0, 0), ("P90D", 0, 90, 0), ("P2W", 0, 14, 0),
      ("P1Y2M3D", 14, 3, 0), ("PT5M", 0, 0, 300), ("PT24H", 0, 0, 86_400), ("PT1S", 0, 0, 1),
      ("P1DT12H30M5S", 0, 1, 45_005), ("P0D", 0, 0, 0),
    ]
  )
  func durations(_ text: String, _ months: Int, _ days: Int, _ seconds: Int64) {
    #expect(ISODuration(text) == ISODuration(months: months, days: days, seconds: seconds))
  }

  @Test(
    "texts that are no durations",
    arguments: [
      "", "P", "PT", "P1", "1Y", "P1YT", "P1D1D", "P1D1M", "P1Y1W", "P2W1D", "PT1D", "P1H", "P-1D",
      "P1.5D", "p1y", "P1Y ", " P1Y", "P1000001D", "P99999999999999999999D", "PT1MT1S", "P１D",
    ]
  )
  func noDurations(_ text: String) { #expect(ISODuration(text) == nil) }

  @Test("whole seconds, unless months make them impossible")
  func seconds() {
    #expect(ISODuration("P7D")?.totalSeconds == 604_800)
    #expect(ISODuration("P1DT1S")?.totalSeconds == 86_401)
    #expect(ISODuration("P1M")?.totalSeconds == nil)
    #expect(ISODuration("PT0S")?.isZero == true)
  }

  @Test("a duration with time is no period of the calendar")
  func periods() {
    #expect(Programme.Period(iso8601: "PT24H") == nil)
    #expect(Programme.Period(iso8601: "P1Y6M") == Programme.Period(months: 18, days: 0))
  }

  @Test(
    "month ends and year ends",
    arguments: [
      ("2026-02-01", "2026-02-28", "2026-12-31"), ("2024-02-10", "2024-02-29", "2024-12-31"),
      ("2026-12-31", "2026-12-31", "2026-12-31"), ("2026-04-30", "2026-04-30", "2026-12-31"),
      ("2000-01-31", "2000-01-31", "2000-12-31"),
    ]
  )
  func ends(_ date: String, _ month: String, _ year: String) throws {
    let date = try #require(BusinessDate(date))
    #expect(date.monthEnd == BusinessDate(month))
    #expect(date.yearEnd == BusinessDate(year))
  }

  @Test("the ends agree with the calendar on every day of 800 years")
  func everyDay() throws {
    let first = try #require(BusinessDate("1900-01-01"))
    for day in 0..<292_194 {
      let date = first.adding(days: day)
      let end = date.monthEnd
      let isLast = end.adding(days: 1).parts.dayOfMonth == 1
      let isSameMonth = end.parts.month == date.parts.month && end.parts.year == date.parts.year
      guard isLast, isSameMonth, end >= date else {
        Issue.record("\(date) has the month end \(end)")
        return
      }
    }
  }

  @Test(
    "the next such day of a year is at least a day away",
    arguments: [
      ("2026-03-10", 12, 31, "2026-12-31"), ("2026-12-31", 12, 31, "2027-12-31"),
      ("2026-12-30", 12, 31, "2026-12-31"), ("2026-03-10", 2, 29, "2027-02-28"),
      ("2027-03-10", 2, 29, "2028-02-29"), ("2028-02-28", 2, 29, "2028-02-29"),
      ("2027-02-28", 2, 29, "2028-02-29"),
    ]
  )
  func next(_ date: String, _ month: Int, _ day: Int, _ expected: String) throws {
    let date = try #require(BusinessDate(date))
    #expect(date.next(month: month, dayOfMonth: day) == BusinessDate(expected))
    #expect(date.next(month: 4, dayOfMonth: 31) == nil)
  }

  @Test("a period's end is rounded to the end of its month or year")
  func rounding() throws {
    let date = try #require(BusinessDate("2027-02-28"))
    let year = Programme.Period(months: 12, days: 0)
    let monthEnd = Programme.Period(months: 12, days: 0, rounding: .monthEnd)
    let yearEnd = Programme.Period(months: 12, days: 0, rounding: .yearEnd)
    #expect(year.end(from: date) == BusinessDate("2028-02-28"))
    #expect(monthEnd.end(from: date) == BusinessDate("2028-02-29"))
    #expect(yearEnd.end(from: date) == BusinessDate("2028-12-31"))
  }

  @Test("whatever the date, an end never lies before it and nothing traps")
  func extremes() {
    for day in [Int32.min, Int32.min + 40, -1, 0, Int32.max - 40, Int32.max] {
      let date = BusinessDate(day: day)
      #expect(date.monthEnd >= date)
      #expect(date.yearEnd >= date)
      if let next = date.next(month: 12, dayOfMonth: 31) { #expect(next > date) }
    }
  }
}
