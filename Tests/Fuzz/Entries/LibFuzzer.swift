import Glibc

/// The target that `TAPGATE_FUZZ_TARGET` names.
private let chosen: FuzzTarget = {
  let name = getenv("TAPGATE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget.named(name) else {
    print("TAPGATE_FUZZ_TARGET is none of:", FuzzTarget.all.map(\.name).joined(separator: " "))
    exit(64)
  }
  return target
}()

/// What libFuzzer calls for each input (llvm.org/docs/LibFuzzer.html, "Fuzz Target").
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // Safety: libFuzzer's pointer and count describe memory that it keeps during the call.
  _ = chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
