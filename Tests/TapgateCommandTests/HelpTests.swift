import ArgumentParser
import Foundation
import Testing

@testable import tapgate

@Suite("Help")
struct HelpTests {
  /// A command and all that are below it.
  private static func tree(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap(tree)
  }

  @Test("no option tells its default twice")
  func defaults() {
    let commands = Self.tree(Tapgate.self)
    #expect(commands.count > 40)
    for command in commands {
      let text = Tapgate.helpMessage(for: command, columns: 400)
      for line in text.split(separator: "\n") {
        // The parser writes "(default: 1)" by itself where an option has one.
        let own = line.components(separatedBy: "(default").count - 1
        let words = line.components(separatedBy: "默认").count - 1
        #expect(own + words <= 1, "\(command): \(line)")
      }
    }
  }
}
