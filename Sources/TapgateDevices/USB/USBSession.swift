/// One interface of a USB device that is ours, from opening to closing. It belongs to the bus's
/// thread; nothing here waits.
final class USBSession {
  /// How far it has got.
  private enum Stage {
    case asking, setting, reading, recovering, closing
  }

  /// Requests to endpoint 0, by their numbers.
  private enum Request {
    static let descriptor = 1
    static let setProtocol = 2
    static let setIdle = 3
    static let feedback = 4
  }

  /// How long a device may take for one request, in milliseconds.
  private static let requestMilliseconds: UInt32 = 500
  /// The same for a beep: feedback is best effort.
  private static let feedbackMilliseconds: UInt32 = 100

  let opening: ScannerOpening
  private let handle: USBHandle
  private let interface: USBInterfaceFacts
  private let endpoint: USBEndpointFacts
  private var stage = Stage.asking
  private var reportDescriptor: [UInt8]?
  /// Whether a packet came since the last halt: a halt that follows on another is no accident.
  private var hasReadSinceHalt = true
  private var isFeedbackUnderWay = false
  private let delegate: any ScannerTransportDelegate

  /// Opens the device and takes its interface; `start` does the rest.
  init(
    _ opening: ScannerOpening,
    _ device: USBDevice,
    on bus: USBBus,
    delegate: any ScannerTransportDelegate
  ) throws(USBError) {
    guard let interface = opening.interface, let endpoint = interface.input else {
      throw USBError.noEndpoint
    }
    self.opening = opening
    self.interface = interface
    self.endpoint = endpoint
    self.delegate = delegate
    reportDescriptor = opening.binding?.reportDescriptor
    handle = try USBHandle(device, on: bus, session: opening.session)
    do throws(USBError) {
      try handle.claim(interface.number)
    } catch {
      handle.close()
      throw error
    }
  }

  /// Sets the device up and begins to read; what comes of it is told to the delegate.
  func start() {
    do throws(USBError) {
      try begin()
    } catch {
      fail(Self.failure(error, opening))
    }
  }

  var number: UInt64 { opening.session }

  /// Whether nothing is left of it.
  private(set) var isOver = false

  private func begin() throws(USBError) {
    guard interface.isHID, reportDescriptor == nil else { return try settle() }
    // HID 1.11 §7.1.1: GET_DESCRIPTOR of the interface, type 22, report.
    let request = USBRequest(
      requestType: 0x81,
      request: 0x06,
      value: 0x2200,
      index: UInt16(interface.number),
      answerByteCountMax: UInt16(DeviceTree.reportDescriptorByteCountMax)
    )
    try handle.send(
      request,
      number: Request.descriptor,
      timeoutMilliseconds: Self.requestMilliseconds
    )
  }

  /// Sets the device up as its kind asks for, and begins to read.
  private func settle() throws(USBError) {
    guard opening.function.isTyped || reportDescriptor != nil || !interface.isHID else {
      return fail(.broken("the device does not tell what it sends"))
    }
    stage = .setting
    guard opening.function.isTyped else { return try finish() }
    if interface.isBoot {
      // HID 1.11 §7.2.6: 1 is the report protocol, 0 the boot protocol, whose reports need no
      // descriptor.
      try set(0x0B, value: reportDescriptor == nil ? 0 : 1, number: Request.setProtocol)
    } else {
      try setIdle()
    }
  }

  /// HID 1.11 §7.2.4: a key that is held is not to be reported again and again.
  private func setIdle() throws(USBError) { try set(0x0A, value: 0, number: Request.setIdle) }

  private func set(_ request: UInt8, value: UInt16, number: Int) throws(USBError) {
    let request = USBRequest(
      requestType: 0x21,
      request: request,
      value: value,
      index: UInt16(interface.number)
    )
    try handle.send(request, number: number, timeoutMilliseconds: Self.requestMilliseconds)
  }

  /// Begins to read. Not before: what comes while the device is set up has another form, and an
  /// endpoint that is halted from the start would end the setting up.
  private func finish() throws(USBError) {
    stage = .reading
    try handle.read(endpoint)
    delegate.opened(
      number,
      ScannerOpened(
        reportDescriptor: reportDescriptor,
        packetByteCount: endpoint.packetByteCount
      )
    )
  }

  /// Takes what a transfer came to.
  func take(_ event: USBEvent) {
    switch event {
    case .packet(_, let bytes, let nanoseconds):
      hasReadSinceHalt = true
      if stage == .reading { delegate.received(number, bytes, at: nanoseconds) }
      bytes.erase()
    case .answered(_, let request, let bytes): answered(request, bytes)
    case .stalled: stalled()
    case .overflowed: delegate.lost(number, .overflows)
    case .failed(_, let isGone):
      fail(isGone ? .absent("the device is gone") : .broken("the device does not answer"))
    case .drained: drained()
    }
  }

  private func answered(_ request: Int, _ bytes: [UInt8]?) {
    if request == Request.feedback { isFeedbackUnderWay = false }
    guard stage == .asking || stage == .setting else { return }
    do {
      switch request {
      case Request.descriptor:
        reportDescriptor = bytes.flatMap { $0.isEmpty ? nil : $0 }
        try settle()
      // A device that refuses either works as it is.
      case Request.setProtocol: try setIdle()
      case Request.setIdle: try finish()
      default: break
      }
    } catch {
      fail(Self.failure(error, opening))
    }
  }

  // MARK: Trouble

  /// The endpoint is halted: all reads end, the halt is cleared, and it goes on. Twice in a row is
  /// too much.
  private func stalled() {
    guard stage == .reading else { return }
    delegate.lost(number, .stalls)
    guard hasReadSinceHalt else { return fail(.broken("its endpoint is halted again and again")) }
    hasReadSinceHalt = false
    stage = .recovering
    // The other reads may have been halted with this one: `.drained` comes after all of them.
    handle.cancelReads()
  }

  private func drained() {
    // Something was started again since.
    guard handle.flightCount == 0 else { return }
    switch stage {
    case .recovering:
      do {
        try handle.clearHalt(endpoint)
        try handle.read(endpoint)
        stage = .reading
      } catch {
        fail(Self.failure(error, opening))
      }
    case .closing:
      guard !isOver else { return }
      isOver = true
      handle.close()
      delegate.ended(number)
    case .asking, .setting, .reading: break
    }
  }

  private func fail(_ failure: RouteFailure) {
    guard stage != .closing else { return }
    close()
    delegate.failed(number, failure)
  }

  /// Lets go of the device, as soon as no transfer is under way.
  func close() {
    guard stage != .closing else { return }
    stage = .closing
    handle.beginClosing()
  }

  /// What a failed call means for the way.
  static func failure(_ error: USBError, _ opening: ScannerOpening) -> RouteFailure {
    let path = opening.facts?.nodePath ?? "its USB node"
    if error.isBusy { return .busy("another program has claimed \(path). \(error)") }
    if error.isDenied { return .denied(NodeSession.denial(of: path, "\(error)")) }
    return error.isGone ? .absent("the device is gone. \(error)") : .broken("\(error)")
  }

  // MARK: Feedback

  /// Sends a report that makes the device sound; where one is under way, or the device is not
  /// ready, nothing happens.
  func sound(_ report: USBFeedbackReport) {
    guard stage == .reading, !isFeedbackUnderWay else { return }
    do {
      if let output = interface.output, !report.isFeature {
        try handle.send(
          report.bytes,
          to: output,
          number: Request.feedback,
          timeoutMilliseconds: Self.feedbackMilliseconds
        )
      } else {
        // HID 1.11 §7.2.2: SET_REPORT, 2 output, 3 feature.
        let request = USBRequest(
          requestType: 0x21,
          request: 0x09,
          value: (report.isFeature ? 0x0300 : 0x0200) | UInt16(report.reportID),
          index: UInt16(interface.number),
          data: report.bytes
        )
        try handle.send(
          request,
          number: Request.feedback,
          timeoutMilliseconds: Self.feedbackMilliseconds
        )
      }
      isFeedbackUnderWay = true
    } catch {
      // Nobody hears a beep that was not sent, and nothing else comes of it.
    }
  }
}
