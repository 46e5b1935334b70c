internal import ArgumentParser
internal import TapgateAPI
internal import TapgateJSON

/// How to reach the gateway and how to answer.
struct GatewayOptions: ParsableArguments {
  @Option(help: ArgumentHelp(Words.helpSocket(), valueName: "path"))
  var socket: String?

  @Flag(help: ArgumentHelp(Words.helpJSON()))
  var json = false
}

/// How to answer, for commands that do not need the gateway.
struct OutputOptions: ParsableArguments {
  @Flag(help: ArgumentHelp(Words.helpJSON()))
  var json = false
}

/// A command that asks the gateway.
protocol GatewayCommand: ParsableCommand {
  /// The options that all such commands share.
  var gateway: GatewayOptions { get }
  /// Does the work on a connection that has said hello.
  func perform(_ session: Session) throws -> ExitStatus
}

extension GatewayCommand {
  /// Connects, works, and turns what went wrong into sentences and an exit status.
  func run() throws {
    let console = Console(isJSON: gateway.json)
    try console.attempt {
      try perform(Session(socket: gateway.socket, console: console))
    }
  }
}

/// A command that works without the gateway.
protocol OfflineCommand: ParsableCommand {
  /// The options that all such commands share.
  var output: OutputOptions { get }
  /// Does the work.
  func perform(_ console: Console) throws -> ExitStatus
}

extension OfflineCommand {
  /// Works, and turns what went wrong into sentences and an exit status.
  func run() throws {
    let console = Console(isJSON: output.json)
    try console.attempt { try perform(console) }
  }
}

extension Console {
  /// Runs `work` and leaves with its status, or with that of the failure it threw.
  func attempt(_ work: () throws -> ExitStatus) throws {
    let status: ExitStatus
    do {
      status = try work()
    } catch {
      guard let failure = CommandFailure(error) else { throw error }
      status = failure.report(on: self)
    }
    try status.leave()
  }
}

/// A connection that has said hello, and where to show what comes.
struct Session {
  let client: GatewayClient
  let console: Console
  /// What the gateway answered to `hello`.
  let greeting: JSON

  /// Connects to the gateway as the command line does: without a lane, in the locale's language.
  init(socket: String?, console: Console) throws {
    client = try GatewayClient(paths: GatewayPaths.current.clientSockets(option: socket))
    self.console = console
    greeting = try client.hello(
      name: "tapgate",
      version: Tapgate.version,
      language: Language.current.rawValue
    )
  }

  /// Asks, shows the answer as it is, and is done.
  func show(_ method: String, _ parameters: JSONObject = JSONObject()) throws -> ExitStatus {
    let result = try client.call(method, .object(parameters))
    console.result(result) { Details.lines(result, on: console) }
    return .done
  }

  /// Asks for a list and shows the `columns` of it that people want to see; all where none is
  /// named. `footer` are lines below it, made from the whole answer.
  func showList(
    _ method: String,
    _ parameters: JSONObject = JSONObject(),
    columns: [String] = [],
    footer: (JSON) -> [String] = { _ in [] }
  ) throws -> ExitStatus {
    let result = try client.call(method, .object(parameters))
    console.result(result) {
      let rows = Self.list(in: result)
      guard !rows.isEmpty else { return [Words.none()] + footer(result) }
      let names = columns.isEmpty ? rows[0].object?.members.map(\.name) ?? [] : columns
      let table = Details.table(rows, columns: Details.present(names, in: rows))
      return console.lines(of: table) + footer(result)
    }
    return .done
  }

  /// The list that an answer carries: itself, or its first member that is one.
  static func list(in result: JSON) -> [JSON] {
    if let rows = result.array { return rows }
    return result.object?.members.lazy.compactMap(\.value.array).first ?? []
  }

  /// Asks for an operation under an id and shows what came of it.
  ///
  /// Where the answer is missing, the id is told, so that the same command can be repeated safely.
  func operate(
    _ method: String,
    _ parameters: JSONObject,
    _ operation: OperationOptions
  ) throws -> ExitStatus {
    let identifier = operation.operationId ?? OperationID.next()
    var all = JSONObject([.init(name: "operationId", value: .string(identifier))])
    all.members += parameters.members
    operation.add(to: &all)
    do {
      var result = try client.call(method, .object(all))
      if case .object(var object) = result, object["operationId"] == nil {
        object["operationId"] = .string(identifier)
        result = .object(object)
      }
      console.result(result) { Details.lines(result, on: console) }
      return .done
    } catch let error as GatewayConnectionError {
      console.complain(Words.repeatWith(identifier))
      throw error
    } catch let error as GatewayError where error.name == "E_TIMEOUT" {
      console.complain(Words.repeatWith(identifier))
      throw error
    }
  }
}
