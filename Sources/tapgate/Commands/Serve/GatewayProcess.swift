internal import CLinux
internal import Foundation
internal import Logging
internal import TapgateAPI
internal import TapgateCodec
internal import TapgateCore
internal import TapgateDevices
internal import TapgateModel
internal import TapgateServer
internal import TapgateStore
internal import TapgateVirtual

/// Why the gateway does not start, in a sentence.
struct ServeFailure: Error, CustomStringConvertible {
  var description: String
}

/// The gateway put together: configuration to objects, started in order, stopped in the opposite
/// one.
///
/// The only place that knows every module.
struct GatewayProcess {
  private let lock: DataFolder.Lock
  let store: LedgerStore
  private let server: GatewayServer
  private let desk: SpoolerDesk
  private let backends: [any InputBackend]
  private let virtualPrinter: VirtualPrinter?

  /// Takes the data folder, loads the members, and puts the parts together. Nothing runs yet but
  /// the ledger's thread. `path` is the configuration's file, for `daemon.reload`.
  init(
    _ configuration: GatewayConfiguration,
    path: String? = nil,
    dataFolder: String,
    socketPath: String,
    isSimulation: Bool,
    logger: Logger
  ) throws {
    lock = try DataFolder.lock(dataFolder)
    var printers = try configuration.printers.map(Self.printer)
    let virtual =
      isSimulation ? try VirtualHardware(folder: dataFolder, lane: configuration.lane) : nil
    virtualPrinter = virtual?.printer
    if let virtual, printers.isEmpty { printers = [virtual.printerConfiguration] }
    store = try LedgerStore.open(
      try Self.storeConfiguration(configuration, dataFolder, printer: printers.first?.id),
      logger: logger
    )
    desk = SpoolerDesk(printers, journal: store)
    backends = try Self.backends(configuration, virtual, logger: logger)
    var settings = try Self.serverConfiguration(
      configuration,
      socketPath: socketPath,
      dataFolder: URL(fileURLWithPath: dataFolder).path,
      printer: printers.first?.id,
      isSimulation: isSimulation
    )
    // Events and traces tell the time as the ledger does: in the programme's zone.
    let store = store
    settings.clock.utcOffsetSeconds = { store.utcOffsetSeconds(at: $0) }
    let operators = store.operators
    let reload = path.map { ConfigurationReload(path: $0, inForce: configuration, operators).run }
    server = GatewayServer(
      configuration: settings,
      directory: store,
      ledger: store,
      backOffice: store,
      backends: backends,
      printing: printers.isEmpty ? nil : desk,
      simulator: virtual?.devices,
      freshness: store,
      codes: store,
      quotes: store,
      reports: store,
      stewardship: store,
      operators: operators,
      reload: reload,
      shifts: store,
      batches: store,
      profiles: store,
      logger: logger
    )
  }

  private static func backends(
    _ configuration: GatewayConfiguration,
    _ virtual: VirtualHardware?,
    logger: Logger
  ) throws -> [any InputBackend] {
    var backends: [any InputBackend] = []
    if configuration.cardReaders.isEnabled {
      backends.append(try cardReaders(configuration, logger: logger))
    }
    if configuration.hasScanners { backends.append(scanners(configuration, logger: logger)) }
    if let virtual { backends.append(virtual.devices) }
    return backends
  }

  private static func storeConfiguration(
    _ configuration: GatewayConfiguration,
    _ dataFolder: String,
    printer: String?
  ) throws -> StoreConfiguration {
    var storing = StoreConfiguration(
      directory: dataFolder,
      programme: try programme(configuration.programmeFile),
      isProgrammeDefault: configuration.programmeFile == nil,
      receiptPrinter: printer,
      language: configuration.language.rawValue,
      assurance: configuration.assurances.policy,
      clock: SystemClock(),
      logByteCount: configuration.logMebibytes << 20
    )
    storing.store = configuration.store
    storing.counter = configuration.counter
    storing.organisation = configuration.organisation
    storing.operators = OperatorBook(configuration.operators)
    storing.pins = configuration.pins.policy
    storing.attributes = configuration.attributes
    return storing
  }

  private static func scanners(
    _ configuration: GatewayConfiguration,
    logger: Logger
  ) -> ScannerBackend {
    let scanners = ScannerBackend.Configuration(
      entries: configuration.scanners.map(\.entry),
      lane: configuration.lane
    )
    return ScannerBackend(configuration: scanners, logger: logger)
  }

  private static func cardReaders(
    _ configuration: GatewayConfiguration,
    logger: Logger
  ) throws -> PCSCBackend {
    do {
      let cards = try CardKeyring().profiles(configuration.cards)
      return PCSCBackend(
        configuration: .init(
          lane: configuration.lane,
          hasACR122UFeedback: configuration.cardReaders.feedback == .acr122u,
          cards: cards,
          tagTransport: configuration.cardReaders.tagTransport,
          allowsTransit: configuration.inputs.allowsTransit
        ),
        logger: logger
      )
    } catch let problem as CardKeyProblem {
      throw ServeFailure(description: "card \(problem)")
    }
  }

  private static func programme(_ path: String?) throws -> [UInt8] {
    guard let path else { return Array(ShippedProgrammes.standard.utf8) }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ServeFailure(description: Words.startProgrammeUnreadable(path))
    }
    return Array(bytes)
  }

  private static func printer(
    _ printer: GatewayConfiguration.Printer
  ) throws -> PrinterConfiguration {
    guard let transport = PrinterTransport(rawValue: printer.transport.rawValue) else {
      throw ServeFailure(
        description: Words.startTransportUnbuilt(printer.id, printer.transport.rawValue)
      )
    }
    guard let profile = PrinterProfile.named(printer.profile) else {
      let known = PrinterProfile.all.map(\.id).joined(separator: ", ")
      throw ServeFailure(description: Words.startProfileUnknown(printer.id, known))
    }
    guard let set = IconvCharacterSet(name: printer.charset) else {
      throw ServeFailure(description: Words.startCharsetUnknown(printer.id))
    }
    let configuration = PrinterConfiguration(
      id: printer.id,
      transport: transport,
      address: printer.address,
      profile: profile,
      characterSet: set
    )
    if let fault = configuration.fault() {
      throw ServeFailure(description: "printer \(printer.id): \(fault)")
    }
    return configuration
  }

  private static func serverConfiguration(
    _ configuration: GatewayConfiguration,
    socketPath: String,
    dataFolder: String,
    printer: String?,
    isSimulation: Bool
  ) throws -> ServerConfiguration {
    var result = ServerConfiguration(
      socketPath: socketPath,
      version: Tapgate.version,
      store: configuration.store,
      counter: configuration.counter,
      lane: configuration.lane,
      language: TapgateServer.Language(tag: configuration.language.rawValue) ?? .zh,
      roles: configuration.roles.compactMap { role in
        Role(rawValue: role.role).map {
          RoleGrant(role: $0, users: role.users, groups: role.groups)
        }
      },
      dataFolder: dataFolder,
      defaultPrinter: printer,
      isSimulation: isSimulation,
      patterns: configuration.patterns.compactMap { pattern in
        CredentialKind(rawValue: pattern.kind).map {
          ScanPattern(kind: $0, prefix: pattern.prefix, length: pattern.length)
        }
      },
      bounceMilliseconds: configuration.inputs.bounce,
      connectionCountMax: connectionCountMax
    )
    result.inputs = configuration.inputRules
    result.pins = configuration.pins.policy
    result.attributes = configuration.attributes
    return result
  }

  /// As many clients as this process may have sockets for beside its own files. The soft limit is
  /// raised first: systemd and shells give 1,024, too few for that many clients.
  private static var connectionCountMax: Int {
    let fileCountMax = Int(tapgate_allow_files(4096))
    guard fileCountMax > 0 else { return Limits.connectionCountMax }
    return min(Limits.connectionCountMax, max(16, fileCountMax - 128))
  }

  /// Listens, then looks for devices: a client that connects early sees every device appear.
  func start() async throws {
    try await server.start()
    desk.start(observer: server)
    for backend in backends { backend.start(sink: server) }
    let store = store
    Thread.detachNewThread { store.warmNames() }
    store.startSweeping()
    Task { await store.resumeBatches() }
  }

  /// Stops in the opposite order: devices, clients, printers, and last the ledger, which answers
  /// everything that it took.
  func stop() async {
    for backend in backends { await backend.stop() }
    await server.stop()
    await desk.stop()
    await store.stop()
    virtualPrinter?.stop()
    withExtendedLifetime(lock) {}
  }
}

/// The devices that `--simulate` adds.
struct VirtualHardware {
  let devices: VirtualDevices
  let printer: VirtualPrinter
  let printerConfiguration: PrinterConfiguration

  init(folder: String, lane: String) throws {
    let printer = VirtualPrinter()
    let path = folder + "/virtual-printer.sock"
    try printer.start(socketPath: path)
    self.printer = printer
    guard let profile = PrinterProfile.named("generic-80"),
      let set = IconvCharacterSet(name: "gb18030")
    else { throw ServeFailure(description: Words.startNoConverters()) }
    printerConfiguration = PrinterConfiguration(
      id: "receipt",
      transport: .unix,
      address: path,
      profile: profile,
      characterSet: set,
      isSimulated: true
    )
    devices = VirtualDevices(lane: lane, clock: SystemClock()) { fault in
      guard let fault = VirtualPrinter.Fault(name: fault) else { return false }
      printer.set(fault)
      return true
    }
  }
}
