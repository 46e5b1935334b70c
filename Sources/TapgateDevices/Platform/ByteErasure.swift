internal import CLinux

extension [UInt8] {
  /// Overwrites the bytes where they lie, for every holder of the same storage: what came of a
  /// card or a code does not stay in memory, and a copy would leave it there.
  func erase() {
    withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
      // Safety: the bytes belong to a storage that `self` keeps alive; a constant of the program is
      // left alone (the call looks). Callers are done with what they made of it, and a decoder
      // keeps no report that it was given (`ReportDecoder`).
      _ = tapgate_erase(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }
}
