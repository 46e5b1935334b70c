internal import CUSB

/// A call of libusb that failed.
struct USBError: Error, Hashable, Sendable, CustomStringConvertible {
  let call: String
  /// One of LIBUSB_ERROR_*, below zero.
  let code: Int32

  /// The constant's name, libusb_error_name.
  var name: String { String(cString: libusb_error_name(code)) }
  var description: String { "\(call): \(name)" }

  /// Another program has the interface.
  var isBusy: Bool { code == LIBUSB_ERROR_BUSY.rawValue }
  /// This user may not open the device's node.
  var isDenied: Bool { code == LIBUSB_ERROR_ACCESS.rawValue }
  /// The device is not there any more.
  var isGone: Bool {
    code == LIBUSB_ERROR_NO_DEVICE.rawValue || code == LIBUSB_ERROR_NOT_FOUND.rawValue
  }
  /// The system, or an emulation of it, cannot tell which driver the kernel has for an interface.
  var isOfDriver: Bool {
    code == LIBUSB_ERROR_NOT_SUPPORTED.rawValue || code == LIBUSB_ERROR_OTHER.rawValue
  }

  /// The interface has nothing to read.
  static let noEndpoint = USBError(
    call: "libusb_get_active_config_descriptor",
    code: LIBUSB_ERROR_NOT_SUPPORTED.rawValue
  )

  /// The one place where a return code is looked at: what is not negative is the answer.
  @discardableResult
  static func check(_ call: String, _ result: Int32) throws(USBError) -> Int32 {
    if result < 0 { throw USBError(call: call, code: result) }
    return result
  }
}
