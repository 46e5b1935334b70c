internal import NIOCore
internal import NIOPosix
internal import Logging
