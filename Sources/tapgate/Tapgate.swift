internal import ArgumentParser
internal import TOMLKit

@main
struct Tapgate: ParsableCommand {
  static let configuration = CommandConfiguration(subcommands: [BenchCommand.self])
}
