internal import CLinux

/// Overwrites what must not stay in memory: numbers of means of payment.
enum Erasure {
  /// Overwrites the text's bytes where they lie on the heap, for every holder of the same text, and
  /// empties it.
  ///
  /// Texts of up to 15 bytes lie in the value itself and those of the program in read-only memory:
  /// both are left as they are.
  static func erase(_ text: inout String) {
    defer { text = "" }
    guard text.utf8.count > 15 else { return }
    // What is no native text has no bytes of its own to overwrite.
    _ = text.utf8.withContiguousStorageIfAvailable { bytes in
      guard let base = bytes.baseAddress else { return }
      // Safety: the bytes belong to a heap object that `text` keeps alive: not to the value itself
      // (too long), nor to the program (the call looks). NUL is a valid character, so the text
      // stays one for whoever else holds it, and all holders are confined to the loop.
      _ = tapgate_erase(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }
}
