import Foundation
import TapgateAPI
import TapgateJSON
import Testing

extension EndToEnd {
  /// One form of time in everything that people and programs read.
  @Suite("Times", .timeLimit(.minutes(2)))
  struct TimeFormTests {
    /// An RFC 3339 time, its offset caught.
    private static func offsets(in text: String) -> Set<String> {
      let pattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)/
      return Set(text.matches(of: pattern).map { String($0.output.1) })
    }

    @Test("events, traces, the ledger and commands tell the time in the programme's zone")
    func zone() throws {
      // The machine's clock shows Greenwich's time here, the programme's zone is Asia/Shanghai.
      let gateway = try LiveGateway.started()
      let till = try gateway.client("till", lane: "1")
      try till.subscribe()
      let member = try till.enrol("顾客", uid: "04DE3000000077")
      _ = try till.call("simulate.tap", ["uid": "04DE3000000077"])
      _ = try till.call("simulate.remove")
      _ = try till.call("points.accrue", .accrual("time-1", member: member))
      var said = try till.eventsSoFar().map(\.text)
      #expect(Self.offsets(in: said.joined()) == ["+08:00"])
      said.append(
        try till.call(
          "hold.create",
          ["operationId": "time-2", "memberId": .string(member), "points": 1]
        ).text
      )
      for (method, parameters) in [
        ("daemon.status", [:]), ("trace.last", ["limit": 20]), ("device.list", [:]),
        ("member.history", ["memberId": .string(member)]), ("operation.feed", ["after": 0]),
        ("member.lookup", ["memberId": .string(member)]),
      ] as [(String, JSON)] { said.append(try till.call(method, parameters).text) }
      for arguments in [
        ["trace", "--json"], ["status", "--json"], ["history", "M1", "--json"],
        ["report", "history", "--json"],
      ] { said.append(try gateway.command(arguments).output) }
      for text in said {
        let offsets = Self.offsets(in: text)
        #expect(offsets.isSubset(of: ["+08:00"]), "\(text.prefix(300))")
      }
      #expect(said.filter { !Self.offsets(in: $0).isEmpty }.count > 6)
      #expect(gateway.stop() == 0)
    }
  }
}
