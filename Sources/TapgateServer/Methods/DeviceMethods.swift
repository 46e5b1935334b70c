internal import TapgateCore
internal import TapgateJSON

extension Switchboard {
  /// Input devices in the order in which they came, then printers.
  private var allDevices: [DeviceDescription] {
    devices.all + (ports.printing?.printers() ?? [])
  }

  private func device(_ call: Call) throws(Failure) -> DeviceDescription {
    let id = try call.parameters.requiredText("deviceId")
    guard let device = devices[id] ?? allDevices.first(where: { $0.id == id }) else {
      throw .result(.noExist, .unknown, field: "deviceId")
    }
    return device
  }

  /// `device.list`.
  func listDevices(_ call: Call) {
    reply(call) { writer in
      writer.name("devices")
      writer.beginArray()
      for device in allDevices { device.write(into: &writer, holder: holder(of: device)) }
      writer.endArray()
      writer.name("troubles")
      writer.value(ports.troubles)
    }
  }

  /// `device.get`.
  func getDevice(_ call: Call) throws(Failure) {
    let device = try device(call)
    reply(call.connection, call.id) { device.write(into: &$0, holder: holder(of: device)) }
  }

  /// `device.checkHealth`, level 1.
  func checkHealth(_ call: Call) throws(Failure) {
    let device = try device(call)
    guard call.parameters.integer("level") ?? 1 == 1 else {
      throw .result(.illegal, .healthLevelUnbuilt, field: "level", hint: "1 is CH_INTERNAL")
    }
    let id = device.id
    let ports = ports
    try inBackOffice(call) {
      guard let report = await ports.health(of: id) else {
        throw Failure.result(
          .noExist,
          .unknown,
          field: "deviceId",
          hint: "nobody knows it any more"
        )
      }
      return .object([
        "deviceId": .string(id),
        "level": .object(["name": .string("CH_INTERNAL"), "number": .integer(1)]),
        "CheckHealthText": .string(report.text),
        "findings": .array(report.findings.map(\.json)),
      ])
    }
  }

  /// `device.statistics`.
  func statistics(_ call: Call) throws(Failure) {
    let device = try device(call)
    let counts =
      ports.backends.lazy.compactMap { $0.statistics(deviceID: device.id) }.first
      ?? ports.printing?.statistics(printer: device.id) ?? [:]
    reply(call) { writer in
      writer.name("deviceId")
      writer.value(device.id)
      writer.name("statistics")
      writer.beginObject()
      for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
        writer.name(name)
        writer.value(count)
      }
      writer.endObject()
    }
  }
}

extension ServerPorts {
  /// What the backend or printer behind a device says of its health.
  fileprivate func health(of id: String) async -> HealthReport? {
    for backend in backends {
      if let report = await backend.checkHealth(deviceID: id) { return report }
    }
    return await printing?.checkHealth(printer: id)
  }
}

extension ServerPorts {
  /// What keeps whole kinds of devices from working.
  var troubles: JSON { .array(backends.flatMap { $0.troubles() }.map(\.json)) }
}

extension HealthReport.Finding {
  /// The finding as `device.checkHealth` shows it.
  fileprivate var json: JSON {
    .object([
      "code": .string(code), "healthy": .bool(isHealthy), "text": .string(text),
      "hint": .optional(hint),
    ])
  }
}
