internal import TapgateServer
internal import TapgateStore

extension Words {
  /// What went wrong with the ledger's files or at the start, in the process's language.
  static func problem(_ error: any Error) -> String {
    switch error {
    case let error as StoreError:
      let names = error.names.map(systemWords)
      let sentence = storeProblems[error.code]?.text(in: .current, names) ?? error.problem
      guard let hint = storeHints[error.code]?() ?? error.hint else { return sentence }
      return "\(sentence) (\(hint))"
    case let problem as KeyProblem: return keyProblem(problem)
    case let failure as ServerStartFailure: return startFailure(failure)
    default: return "\(error)"
    }
  }

  /// What strerror(3) says of an error, in the process's language; any other text as it is. The
  /// process sets no locale, so that glibc speaks English.
  static func systemWords(_ text: String) -> String { systemErrors[text]?() ?? text }

  private static let systemErrors: [String: Phrase] = {
    let chinese = [
      "No such file or directory": "没有该文件或目录", "Permission denied": "权限不足",
      "Operation not permitted": "不允许此操作", "Is a directory": "这是目录",
      "Not a directory": "不是目录", "No space left on device": "磁盘空间不足",
      "Read-only file system": "文件系统只读", "Input/output error": "输入输出错误",
      "Too many open files": "打开的文件过多", "Connection refused": "连接被拒绝",
      "File exists": "文件已存在", "File name too long": "文件名过长",
      "Device or resource busy": "设备忙", "No such device or address": "没有该设备",
    ]
    return Dictionary(
      uniqueKeysWithValues: chinese.map { ($0.key, Phrase($0.key, $0.value)) }
    )
  }()

  private static let storeProblems: [String: Phrase] = [
    "store.none": Phrase("there is no ledger in {1}", "{1} 中没有账本"),
    "store.not_a_folder": Phrase("{1} is not a folder", "{1} 不是目录"),
    "store.no_folder": Phrase("the data folder {1} cannot be made", "无法创建数据目录 {1}"),
    "store.lock_failed": Phrase("{1} cannot be opened: {2}", "无法打开 {1}：{2}"),
    "store.locked": Phrase(
      "the data folder {1} is in use by process {2}",
      "数据目录 {1} 正由进程 {2} 使用"
    ),
    "store.file_failed": Phrase("{1} {2}: {3}", "{1} {2}：{3}"),
    "backup.exists": Phrase("{1} exists already", "{1} 已存在"),
    "backup.no_key": Phrase("the key is not in the data folder", "密钥不在数据目录中"),
    "backup.unwritable": Phrase("{1} cannot be made", "无法创建 {1}"),
    "restore.absent": Phrase("{1} cannot be read: {2}", "无法读取 {1}：{2}"),
    "restore.unreadable": Phrase("{1} cannot be copied into {2}", "无法将 {1} 复制到 {2}"),
    "restore.not_a_backup": Phrase(
      "{1} is no backup that `tapgate backup` made",
      "{1} 不是 `tapgate backup` 生成的备份"
    ),
    "restore.not_empty": Phrase("{1} holds a ledger already", "{1} 中已有账本"),
    "restore.stray": Phrase("{1} is not empty: {2} is in it", "{1} 不是空目录：其中有 {2}"),
    "restore.no_key": Phrase(
      "the backup {1} was made without its key, and {2} is not there",
      "备份 {1} 不含密钥，且 {2} 不存在"
    ),
    "restore.damaged": Phrase("the backup {1} is damaged: {2}", "备份 {1} 已损坏：{2}"),
  ]

  private static let storeHints: [String: Phrase] = [
    "backup.no_key": Phrase(
      "a systemd credential is backed up with the machine's own; use --without-key",
      "systemd 凭据随系统自身备份；请加 --without-key"
    ),
    "restore.not_empty": Phrase("restore into an empty folder", "请恢复到空目录"),
    "restore.stray": Phrase(
      "restore into an empty folder; only the key may be there",
      "请恢复到空目录；其中只可有密钥"
    ),
    "restore.no_key": Phrase(
      "name a copy of the key of the gateway that made it: --key FILE",
      "请用 --key FILE 指定原网关密钥的副本"
    ),
    "store.damaged_member": Phrase(
      "run tapgate verify, then tapgate restore from a backup",
      "请运行 tapgate verify，然后用 tapgate restore 从备份恢复"
    ),
  ]

  private static func keyProblem(_ problem: KeyProblem) -> String {
    switch problem {
    case .unreadable(let path, _): keyFileUnreadable(path)
    case .wrongLength(let path): keyFileLength(path)
    case .foreign: keyForeign()
    case .missing(let path): keyMissing(path)
    case .exposed(let path): keyFileExposed(path)
    }
  }

  private static let keyFileUnreadable = Phrase(
    "the key file {1} cannot be read",
    "无法读取密钥文件 {1}"
  )
  private static let keyFileLength = Phrase(
    "the key file {1} does not hold 32 bytes",
    "密钥文件 {1} 不是 32 字节"
  )
  private static let keyForeign = Phrase(
    "the key does not fit this database: its card references were made with another",
    "密钥与此数据库不符：其中的卡引用是用另一个密钥生成的"
  )
  private static let keyMissing = Phrase(
    "the key file {1} is missing; without it no card can be recognised",
    "缺少密钥文件 {1}；没有它无法识别任何卡"
  )
  private static let keyFileExposed = Phrase(
    "the key file {1} can be read by others; chmod 600 it",
    "其他用户可读密钥文件 {1}；请执行 chmod 600"
  )

  private static func startFailure(_ failure: ServerStartFailure) -> String {
    switch failure {
    case .alive(let path, let pid?): startAlive(path, String(pid))
    case .alive(let path, nil): startAlive(path, "?")
    case .pathTooLong(let path, _): socketPathTooLong(path)
    case .system(let call, let path, let problem):
      systemRefused(call, path, systemWords(problem))
    }
  }

  private static let startAlive = Phrase(
    "E_CLAIMED: another gateway (pid {2}) holds {1}",
    "E_CLAIMED：另一个网关（进程 {2}）正在使用 {1}"
  )

  // MARK: What the gateway's own process says of its configuration

  static let startProgrammeUnreadable = Phrase(
    "the programme file {1} cannot be read",
    "无法读取会员方案文件 {1}"
  )
  static let startTransportUnbuilt = Phrase(
    "printer {1}: transport {2} is not built in this version; tcp and file are",
    "打印机 {1}：本版本不支持 {2} 连接方式；可用 tcp 和 file"
  )
  static let startProfileUnknown = Phrase(
    "printer {1}: the profiles are {2}",
    "打印机 {1}：可用的 profile 为 {2}"
  )
  static let startCharsetUnknown = Phrase(
    "printer {1}: the charsets are gb18030 and gbk",
    "打印机 {1}：可用的 charset 为 gb18030 和 gbk"
  )
  static let startNoConverters = Phrase(
    "glibc's charset converters are not installed",
    "未安装 glibc 的字符集转换模块"
  )
}
