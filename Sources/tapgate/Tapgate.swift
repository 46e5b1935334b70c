internal import ArgumentParser

/// The one executable. Each command is a file below `Commands`; a new one is a line in `commands`.
@main
struct Tapgate: AsyncParsableCommand {
  /// The version that `hello` and `--version` tell.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "tapgate",
    abstract: Words.aboutTapgate(),
    discussion: Words.aboutExitCodes(),
    version: version,
    subcommands: commands
  )

  /// The commands in the order in which help shows them.
  private static let commands: [any ParsableCommand.Type] = [
    // The gateway
    ServeCommand.self,
    // Looking
    StatusCommand.self, DevicesCommand.self, WatchCommand.self, DoctorCommand.self,
    TraceCommand.self, BundleCommand.self,
    // The counter
    LookupCommand.self, AccrueCommand.self, RedeemCommand.self, TopUpCommand.self,
    SpendCommand.self, CouponCommand.self, RefundCommand.self, ReverseCommand.self,
    HistoryCommand.self,
    // Members, cards, programme, printing
    MemberCommand.self, CardCommand.self, ProgrammeCommand.self, PrintCommand.self,
    ScannerCommand.self,
    // Reports
    ReportCommand.self,
    // The ledger's file
    VerifyCommand.self, BackupCommand.self, RestoreCommand.self, ConfirmDateCommand.self,
    // Trying out
    SimulateCommand.self, RecordCommand.self, ReplayCommand.self, BenchCommand.self,
  ]
}
