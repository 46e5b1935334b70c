internal import CUSB
internal import Glibc

/// What a transfer came to.
enum USBEvent: Sendable {
  /// One packet of an interrupt endpoint; may be empty.
  case packet(session: UInt64, bytes: [UInt8], nanoseconds: UInt64)
  /// The endpoint is halted, USB 2.0 §8.4.5.
  case stalled(session: UInt64)
  /// The device sent more than a packet may have.
  case overflowed(session: UInt64)
  /// The device is gone, or the transfer failed for good.
  case failed(session: UInt64, isGone: Bool)
  /// An answer to a request to endpoint 0; `nil` where the device refused or did not answer.
  case answered(session: UInt64, request: Int, bytes: [UInt8]?)
  /// The last transfer under way has ended.
  case drained(session: UInt64)
}

/// A request to endpoint 0, USB 2.0 §9.3.
struct USBRequest: Hashable, Sendable {
  var requestType: UInt8
  var request: UInt8
  var value: UInt16
  var index: UInt16
  /// What is sent; empty where something is asked for.
  var data: [UInt8] = []
  /// Bytes that are asked for.
  var answerByteCountMax: UInt16 = 0
}

/// An open device. It belongs to its bus's thread, and is closed once no transfer is under way.
final class USBHandle {
  /// Interrupt transfers under way at one time: a scanner that sends a report each millisecond
  /// must always find one.
  static let readCount = 4

  private let bus: USBBus
  private let handle: OpaquePointer
  let session: UInt64
  private var claimed: [Int32] = []
  fileprivate var flights: [ObjectIdentifier: USBFlight] = [:]
  private(set) var isClosing = false

  /// Opens `device`: libusb_open. `session` comes back in every event. The kernel's driver is put
  /// aside when an interface is claimed and put back when it is released, where there is one.
  init(_ device: USBDevice, on bus: USBBus, session: UInt64) throws(USBError) {
    var handle: OpaquePointer?
    try USBError.check("libusb_open", libusb_open(device.pointer, &handle))
    guard let handle else {
      throw USBError(call: "libusb_open", code: LIBUSB_ERROR_NO_DEVICE.rawValue)
    }
    self.bus = bus
    self.handle = handle
    self.session = session
    // Where the system cannot do that, there is no driver to put aside.
    _ = libusb_set_auto_detach_kernel_driver(handle, 1)
  }

  /// Transfers under way.
  var flightCount: Int { flights.count }

  /// Makes an interface ours alone: libusb_claim_interface.
  ///
  /// A system that cannot even be asked for the kernel's driver fails before it claims anything:
  /// there, it is claimed as it is.
  func claim(_ interface: UInt8) throws(USBError) {
    do throws(USBError) {
      try claimOnce(interface)
    } catch {
      guard error.isOfDriver else { throw error }
      _ = libusb_set_auto_detach_kernel_driver(handle, 0)
      try claimOnce(interface)
    }
    claimed.append(Int32(interface))
  }

  private func claimOnce(_ interface: UInt8) throws(USBError) {
    try USBError.check("libusb_claim_interface", libusb_claim_interface(handle, Int32(interface)))
  }

  /// Begins to read an interrupt endpoint, packet by packet: a buffer of more than one packet
  /// would be handed over only once it is full, or a packet is short.
  func read(_ endpoint: USBEndpointFacts) throws(USBError) {
    let size = max(1, endpoint.packetByteCount)
    for _ in 0..<Self.readCount {
      let flight = try USBFlight(self, purpose: .read, byteCount: size)
      libusb_fill_interrupt_transfer(
        flight.transfer,
        handle,
        endpoint.address,
        flight.buffer,
        Int32(size),
        USBFlight.ended,
        flight.reference,
        0
      )
      try submit(flight)
    }
  }

  /// Sends a request to endpoint 0; `.answered` bears `number`. Never blocks.
  func send(_ request: USBRequest, number: Int, timeoutMilliseconds: UInt32) throws(USBError) {
    let isInput = request.requestType & 0x80 != 0
    let length = isInput ? request.answerByteCountMax : UInt16(clamping: request.data.count)
    let flight = try USBFlight(
      self,
      purpose: .request(number, isInput: isInput),
      byteCount: 8 + Int(length)
    )
    libusb_fill_control_setup(
      flight.buffer,
      request.requestType,
      request.request,
      request.value,
      request.index,
      length
    )
    if !isInput { flight.write(request.data.prefix(Int(length)), at: 8) }
    libusb_fill_control_transfer(
      flight.transfer,
      handle,
      flight.buffer,
      USBFlight.ended,
      flight.reference,
      timeoutMilliseconds
    )
    try submit(flight)
  }

  /// Sends a report over an interrupt endpoint; `.answered` bears `number`. Never blocks.
  func send(
    _ bytes: [UInt8],
    to endpoint: USBEndpointFacts,
    number: Int,
    timeoutMilliseconds: UInt32
  ) throws(USBError) {
    let flight = try USBFlight(
      self,
      purpose: .request(number, isInput: false),
      byteCount: max(1, bytes.count)
    )
    flight.write(bytes[...], at: 0)
    libusb_fill_interrupt_transfer(
      flight.transfer,
      handle,
      endpoint.address,
      flight.buffer,
      Int32(bytes.count),
      USBFlight.ended,
      flight.reference,
      timeoutMilliseconds
    )
    try submit(flight)
  }

  /// Ends a halt: libusb_clear_halt. No transfer of the endpoint may be under way.
  func clearHalt(_ endpoint: USBEndpointFacts) throws(USBError) {
    try USBError.check("libusb_clear_halt", libusb_clear_halt(handle, endpoint.address))
  }

  /// Asks for every transfer to end: libusb_cancel_transfer. Each one that does is told as usual.
  func cancelReads() {
    for flight in flights.values where flight.purpose == .read {
      // One that has ended just now is told of all the same.
      _ = libusb_cancel_transfer(flight.transfer)
    }
  }

  /// The same for all transfers, and none is started again. `.drained` comes when the last one has
  /// ended; at once where there is none.
  func beginClosing() {
    guard !isClosing else { return }
    isClosing = true
    for flight in flights.values { _ = libusb_cancel_transfer(flight.transfer) }
    if flights.isEmpty { bus.events.append(.drained(session: session)) }
  }

  /// Gives the interfaces back and closes the device: libusb_close. Only after `.drained`.
  func close() {
    // With the device gone this fails, and the kernel has let go by itself.
    for interface in claimed { _ = libusb_release_interface(handle, interface) }
    claimed = []
    libusb_close(handle)
  }

  private func submit(_ flight: USBFlight) throws(USBError) {
    let result = libusb_submit_transfer(flight.transfer)
    guard result == 0 else {
      flight.free()
      throw USBError(call: "libusb_submit_transfer", code: result)
    }
    flights[ObjectIdentifier(flight)] = flight
  }

  /// A transfer ended: tells what it came to, and lets a read go on.
  fileprivate func ended(_ flight: USBFlight) {
    let status = flight.transfer.pointee.status
    switch flight.purpose {
    case .read:
      if status == LIBUSB_TRANSFER_COMPLETED {
        bus.events.append(
          .packet(
            session: session,
            bytes: flight.take(from: 0),
            nanoseconds: MonotonicClock.nanoseconds
          )
        )
      } else if status == LIBUSB_TRANSFER_OVERFLOW {
        flight.wipe()
        bus.events.append(.overflowed(session: session))
      } else {
        flight.wipe()
        tell(status)
        return retire(flight)
      }
      guard !isClosing else { return retire(flight) }
      let result = libusb_submit_transfer(flight.transfer)
      guard result != 0 else { return }
      let isGone = result == LIBUSB_ERROR_NO_DEVICE.rawValue
      bus.events.append(.failed(session: session, isGone: isGone))
    case .request(let number, let isInput):
      let isDone = status == LIBUSB_TRANSFER_COMPLETED
      let bytes = isDone ? (isInput ? flight.take(from: 8) : []) : nil
      bus.events.append(.answered(session: session, request: number, bytes: bytes))
    }
    retire(flight)
  }

  private func tell(_ status: libusb_transfer_status) {
    switch status {
    case LIBUSB_TRANSFER_CANCELLED: break
    case LIBUSB_TRANSFER_STALL: bus.events.append(.stalled(session: session))
    default:
      let isGone = status == LIBUSB_TRANSFER_NO_DEVICE
      bus.events.append(.failed(session: session, isGone: isGone))
    }
  }

  private func retire(_ flight: USBFlight) {
    flights[ObjectIdentifier(flight)] = nil
    flight.free()
    if flights.isEmpty { bus.events.append(.drained(session: session)) }
  }
}

/// One transfer of libusb with its buffer.
private final class USBFlight {
  enum Purpose: Hashable {
    case read
    case request(Int, isInput: Bool)
  }

  // Safety: transfer and buffer are made here and freed by `free`, which is called once: after
  // libusb has handed the transfer back, or where it never took it. The handle owns this object
  // meanwhile, so the reference in `user_data` stays good.
  let transfer: UnsafeMutablePointer<libusb_transfer>
  let buffer: UnsafeMutablePointer<UInt8>
  let purpose: Purpose
  private let byteCount: Int
  private unowned let handle: USBHandle

  init(_ handle: USBHandle, purpose: Purpose, byteCount: Int) throws(USBError) {
    guard let transfer = libusb_alloc_transfer(0) else {
      throw USBError(call: "libusb_alloc_transfer", code: LIBUSB_ERROR_NO_MEM.rawValue)
    }
    self.handle = handle
    self.transfer = transfer
    self.purpose = purpose
    self.byteCount = byteCount
    buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCount)
    buffer.initialize(repeating: 0, count: byteCount)
  }

  var reference: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  /// libusb's callback, on the bus's thread.
  static let ended: @convention(c) (UnsafeMutablePointer<libusb_transfer>?) -> Void = { transfer in
    guard let reference = transfer?.pointee.user_data else { return }
    // Safety: the reference is of a flight that its handle owns until `ended` retires it.
    let flight = Unmanaged<USBFlight>.fromOpaque(reference).takeUnretainedValue()
    flight.handle.ended(flight)
  }

  /// What came, and nothing of it stays in the buffer.
  func take(from offset: Int) -> [UInt8] {
    let count = min(max(0, Int(transfer.pointee.actual_length)), byteCount - offset)
    let bytes = Array(UnsafeBufferPointer(start: buffer + offset, count: count))
    wipe()
    return bytes
  }

  func write(_ bytes: ArraySlice<UInt8>, at offset: Int) {
    for (index, byte) in bytes.enumerated() where offset + index < byteCount {
      buffer[offset + index] = byte
    }
  }

  func wipe() { explicit_bzero(buffer, byteCount) }

  func free() {
    wipe()
    libusb_free_transfer(transfer)
    buffer.deallocate()
  }
}
