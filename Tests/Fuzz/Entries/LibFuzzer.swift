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

/// Processor time of this thread in microseconds, clock_gettime(2): what else runs on the machine
/// does not count.
private func processorMicroseconds() -> Int {
  var time = timespec()
  // Safety: the pointer is valid for the call.
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}

/// How long one input may take, `TAPGATE_FUZZ_CEILING_US`; none where it is not set.
private let ceilingMicroseconds: Int? =
  getenv("TAPGATE_FUZZ_CEILING_US").flatMap { Int(String(cString: $0)) }

// Safety: libFuzzer calls from one thread, and exit handlers run on it after the last call.
nonisolated(unsafe) private var slowestMicroseconds = 0

private let tellsSlowest: Bool = {
  atexit { print("slowest_input_cpu_us: \(slowestMicroseconds)") }
  return true
}()

/// What libFuzzer calls for each input (llvm.org/docs/LibFuzzer.html, "Fuzz Target").
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  _ = tellsSlowest
  // Safety: libFuzzer's pointer and count describe memory that it keeps during the call.
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let begin = processorMicroseconds()
  _ = chosen.run(bytes)
  let spent = processorMicroseconds() - begin
  slowestMicroseconds = max(slowestMicroseconds, spent)
  if let ceilingMicroseconds, spent > ceilingMicroseconds {
    preconditionFailure("\(spent) µs for one input")
  }
  return 0
}
