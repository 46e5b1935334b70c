internal import ArgumentParser

/// `tapgate member …`.
struct MemberCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "member",
    abstract: Words.aboutMember(),
    subcommands: [
      MemberImport.self, MemberExport.self, MemberEnrol.self, MemberShow.self, MemberSearch.self,
      MemberProfileCommand.self, MemberUpdate.self,
      MemberQRKey.self, MemberQR.self, MemberInvite.self, MemberInviteCode.self,
      MemberErase.self,
    ]
  )
}
