internal import ArgumentParser
internal import TOMLKit

@main
struct Tapgate: ParsableCommand {
  mutating func run() {}
}
