import TapgateModel
import Testing

@Suite("Prices and points of the shipped programmes")
struct ShippedPricesTests {
  private func quote(
    _ profile: String,
    _ lines: [BasketLine],
    card: String? = nil,
    on date: String = "2026-03-10"
  ) throws -> Quote {
    let file = try #require(ShippedProgrammes.file(profile))
    let programme = try Programme.parse(Array(file.utf8))
    var state = try CheckoutFixtures.member()
    state.tier = programme.levels[0].id
    var context = try CheckoutFixtures.context(on: date)
    context.situation.cardType = card
    return try programme.quote(CheckoutRequest(lines: lines), for: state, in: context)
  }

  @Test("8折 by the hotel's card, on rooms and dishes")
  func hotel() throws {
    let lines = [
      CheckoutFixtures.line("R", 50_000, category: "room"),
      CheckoutFixtures.line("D", 10_000, category: "dish"),
      CheckoutFixtures.line("S", 1_000, category: "shop"),
    ]
    let quote = try quote("hotel", lines, card: "hotel")
    #expect(quote.lines.map(\.netMinor) == [40_000, 8_000, 1_000])
  }

  @Test("10 points for every full 100 yuan")
  func step100() throws {
    let points = try [9_999, 10_000, 29_999].map {
      try quote("step100", [CheckoutFixtures.line("a", $0)]).earned.points
    }
    #expect(points == [0, 10, 20])
  }

  @Test("one point a yuan, double on Wednesday")
  func retail() throws {
    let lines = [CheckoutFixtures.line("a", 12_345)]
    #expect(try quote("retail", lines).earned.points == 123)
    #expect(try quote("retail", lines, on: "2026-03-11").earned.points == 246)
  }
}
