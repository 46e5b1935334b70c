internal import TapgateAPI
internal import TapgateCodec
internal import TapgateJSON

/// What a supporter is sent: how the installation is, without anybody's card, number or name.
///
/// What the gateway tells is masked by the gateway; the configuration is written anew from what the
/// parser read of it, so that no comment goes along, and what may be a secret is left out.
struct SupportBundle {
  /// The files, in their order.
  private(set) var files: [(name: String, document: JSON)] = []

  /// Gathers what can be had. What cannot is told of in the place of it.
  static func gather(_ subject: Doctor.Subject, socket: String?) -> SupportBundle {
    let probe = DoctorProbe.system(socket: socket)
    let doctor = Doctor(subject: subject, probe: probe, paths: .current)
    var bundle = SupportBundle()
    bundle.files.append(("doctor.json", doctor.examine().document))
    bundle.files.append(("configuration.json", configuration(subject, probe)))
    bundle.files += gateway(socket)
    bundle.files.append(("about.json", bundle.about))
    return bundle
  }

  /// The files as an archive.
  var archive: ZipArchive {
    var archive = ZipArchive()
    for file in files { archive.add(file.name, file.document.encoded() + [0x0A]) }
    return archive
  }

  private var about: JSON {
    .object([
      "tapgateBundle": .integer(1), "version": .string(Tapgate.version),
      "api": .integer(Int64(Catalogue.api)),
      "files": .array(files.map { .string($0.name) }),
    ])
  }

  // MARK: The gateway

  private static func gateway(_ socket: String?) -> [(name: String, document: JSON)] {
    let questions: [(name: String, method: String, parameters: JSON)] = [
      ("status.json", "daemon.status", .object([:])),
      ("devices.json", "device.list", .object([:])),
      ("traces.json", "trace.last", .object(["limit": .integer(200)])),
      ("prints.json", "print.jobs", .object(["limit": .integer(50)])),
    ]
    do {
      let client = try GatewayClient(paths: GatewayPaths.current.clientSockets(option: socket))
      try client.hello(name: "tapgate bundle", version: Tapgate.version, language: "en")
      return questions.map { question in
        do {
          let answer = try client.call(
            question.method,
            question.parameters,
            timeoutMilliseconds: 5000
          )
          return (question.name, answer)
        } catch {
          return (question.name, failure(error))
        }
      }
    } catch {
      return [("gateway.json", failure(error))]
    }
  }

  /// Why there is no answer; the gateway's own sentence where there is one.
  private static func failure(_ error: any Error) -> JSON {
    let words = CommandFailure(error)?.sentences.first ?? "\(type(of: error))"
    return .object(["missing": .string(words)])
  }

  // MARK: The configuration

  private static func configuration(_ subject: Doctor.Subject, _ probe: DoctorProbe) -> JSON {
    guard let path = subject.configurationFile else {
      return .object(["missing": .string("no file was named: the defaults")])
    }
    do {
      return masked(try TOMLParser.parse(try probe.contents(path)))
    } catch let error as TOMLError {
      let place = "line \(error.position.line), column \(error.position.column)"
      return .object(["missing": .string("\(error.problem.rawValue) at \(place)")])
    } catch {
      return failure(error)
    }
  }

  /// The document without texts that may be secrets or say how keys are made.
  static func masked(_ node: TOMLNode, isSecret: Bool = false) -> JSON {
    switch node.value {
    case .table(let members):
      .object(
        JSONObject(
          members.map { member in
            // Where a key lies may be told; what it is may not.
            let isPlace = member.name == "file" || member.name == "credential"
            let isSecret = !isPlace && (isSecret || Self.isSecret(member.name))
            return JSONObject.Member(
              name: member.name,
              value: masked(member.node, isSecret: isSecret)
            )
          }
        )
      )
    case .array(let elements): .array(elements.map { masked($0, isSecret: isSecret) })
    case .string, .integer, .other: isSecret ? .string("***") : plain(node.value)
    case .bool(let value): .bool(value)
    }
  }

  private static func plain(_ value: TOMLNode.Value) -> JSON {
    switch value {
    case .string(let text), .other(let text): hidden(text)
    case .integer(let number):
      hidden(String(number)) == .string("***")
        ? .string("***") : .integer(number)
    default: .null
    }
  }

  /// Eleven digits in a row, or more, are somebody's number and none of a configuration's.
  private static func hidden(_ text: String) -> JSON {
    var run = 0
    for byte in text.utf8 {
      run = byte >= 0x30 && byte <= 0x39 ? run + 1 : 0
      if run >= 11 { return .string("***") }
    }
    return .string(text)
  }

  private static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["key", "password", "secret", "token", "pin", "diversification", "system"]
      .contains { name == $0 || name.hasSuffix($0) }
  }
}
