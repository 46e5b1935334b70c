// swift-tools-version:6.2
import PackageDescription

// MARK: Settings

/// Settings every Swift target in the package shares.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
]

/// Settings of the targets that hold no unsafe construct at all.
let pure: [SwiftSetting] = house + [.strictMemorySafety()]

// MARK: Third parties

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

let package = Package(
  name: "tapgate",
  products: [
    .executable(name: "tapgate", targets: ["tapgate"]),
    .library(name: "TapgateAPI", targets: ["TapgateAPI"]),
    .library(name: "TapgateVirtual", targets: ["TapgateVirtual"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/attaswift/BigInt", exact: "6.0.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    // MARK: C libraries
    .systemLibrary(
      name: "CPCSC",
      pkgConfig: "libpcsclite",
      providers: [.apt(["libpcsclite-dev"])]
    ),
    .systemLibrary(
      name: "CUSB",
      pkgConfig: "libusb-1.0",
      providers: [.apt(["libusb-1.0-0-dev"])]
    ),
    .systemLibrary(name: "CUDev", pkgConfig: "libudev", providers: [.apt(["libudev-dev"])]),
    .systemLibrary(
      name: "CXlsxWriter",
      pkgConfig: "xlsxwriter",
      providers: [.apt(["libxlsxwriter-dev"])]
    ),
    .target(name: "CLinux"),
    .target(name: "CLedgerLog"),

    // MARK: Pure
    .target(name: "TapgateLock", swiftSettings: house),
    .target(name: "TapgateJSON", swiftSettings: pure),
    .target(name: "TapgateModel", dependencies: ["TapgateJSON"], swiftSettings: pure),
    .target(
      name: "TapgateCodec",
      dependencies: ["TapgateJSON", "TapgateModel"],
      swiftSettings: pure
    ),
    .target(
      name: "TapgateReports",
      dependencies: ["TapgateJSON", "TapgateModel"],
      swiftSettings: pure
    ),
    .target(
      name: "TapgateCards",
      dependencies: ["TapgateCodec", "TapgateModel", bigInt, crypto, cryptoExtras],
      swiftSettings: pure
    ),

    // MARK: The gateway
    .target(
      name: "TapgateCore",
      dependencies: ["TapgateJSON", "TapgateModel", logging],
      swiftSettings: pure
    ),

    // MARK: Adapters
    .target(
      name: "TapgateDevices",
      dependencies: [
        "TapgateLock",
        "CPCSC", "CUSB", "CUDev", "CLinux", "TapgateCards", "TapgateCodec", "TapgateCore",
        "TapgateJSON",
        "TapgateModel", logging,
      ],
      swiftSettings: house
    ),
    .target(
      name: "TapgateVirtual",
      dependencies: [
        "TapgateLock", "CLinux", "TapgateCodec", "TapgateCore", "TapgateJSON", "TapgateModel",
      ],
      swiftSettings: house
    ),
    .target(
      name: "TapgateStore",
      dependencies: [
        "TapgateLock",
        "CLedgerLog", "CLinux", "TapgateCore", "TapgateJSON", "TapgateModel", "TapgateReports",
        crypto, cryptoExtras, grdb, grdbSQLite, logging,
      ],
      swiftSettings: house
    ),
    .target(
      name: "TapgateAPI",
      dependencies: ["TapgateJSON"],
      swiftSettings: house
    ),
    .target(
      name: "TapgateServer",
      dependencies: [
        "TapgateLock",
        "CLinux", "TapgateAPI", "TapgateCore", "TapgateJSON", "TapgateModel", logging,
        nioCore, nioPosix,
      ],
      swiftSettings: house
    ),

    .target(
      name: "TapgateWorkbook",
      dependencies: ["CXlsxWriter", "TapgateModel", "TapgateReports"],
      swiftSettings: house
    ),

    // MARK: Measuring
    .target(
      name: "TapgateBench",
      dependencies: ["TapgateLock", "CLinux", "TapgateJSON"],
      swiftSettings: house
    ),

    // MARK: The executable
    .executableTarget(
      name: "tapgate",
      dependencies: [
        "CLinux", "TapgateAPI", "TapgateBench", "TapgateCards", "TapgateCodec", "TapgateCore",
        "TapgateDevices", "TapgateJSON", "TapgateModel", "TapgateReports", "TapgateServer",
        "TapgateStore", "TapgateVirtual", "TapgateWorkbook", argumentParser, logging,
      ],
      swiftSettings: house
    ),

    // MARK: Tests
    .target(
      name: "TapgateRigs",
      dependencies: [
        "TapgateLock", "CPCSC", "TapgateCodec", "TapgateJSON", crypto, cryptoExtras,
      ],
      path: "Tests/TapgateRigs",
      swiftSettings: house
    ),
    .target(name: "TapgateOracle", path: "Tests/TapgateOracle", swiftSettings: house),
    .target(
      name: "TapgateFakeGateway",
      dependencies: ["TapgateLock", "TapgateJSON"],
      path: "Tests/TapgateFakeGateway",
      swiftSettings: house
    ),
    .target(
      name: "TapgateFuzzing",
      dependencies: [
        "TapgateCards", "TapgateCodec", "TapgateCore", "TapgateJSON", "TapgateModel",
        "TapgateRigs", "TapgateServer", nioCore,
      ],
      path: "Tests/Fuzz/Entries",
      swiftSettings: house
    ),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["TapgateFuzzing"],
      path: "Tests/Fuzz/Replay",
      swiftSettings: house
    ),
    .testTarget(name: "ArchitectureTests", swiftSettings: house),
    .testTarget(
      name: "TapgateAPITests",
      dependencies: ["TapgateAPI", "TapgateFakeGateway", "TapgateJSON"],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateCommandTests",
      dependencies: [
        "tapgate", "TapgateAPI", "TapgateCards", "TapgateCodec", "TapgateCore", "TapgateDevices",
        "TapgateFakeGateway", "TapgateJSON", "TapgateModel", "TapgateServer",
      ],
      swiftSettings: house
    ),
    .testTarget(name: "TapgateJSONTests", dependencies: ["TapgateJSON"], swiftSettings: house),
    .testTarget(
      name: "TapgateModelTests",
      dependencies: ["TapgateJSON", "TapgateModel", "TapgateOracle"],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateCodecTests",
      dependencies: ["TapgateCodec", "TapgateFuzzing", "TapgateJSON", "TapgateModel"],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateReportsTests",
      dependencies: ["TapgateCodec", "TapgateJSON", "TapgateModel", "TapgateReports"],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateWorkbookTests",
      dependencies: ["TapgateJSON", "TapgateModel", "TapgateReports", "TapgateWorkbook"],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateCardsTests",
      dependencies: [
        "TapgateCards", "TapgateCodec", "TapgateModel", "TapgateRigs", bigInt, crypto, cryptoExtras,
      ],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateCoreTests",
      dependencies: ["TapgateCore", "TapgateJSON", "TapgateModel"],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateDevicesTests",
      dependencies: [
        "TapgateLock",
        "TapgateCards", "TapgateCodec", "TapgateCore", "TapgateDevices", "TapgateJSON",
        "TapgateModel", "TapgateRigs", "TapgateVirtual", logging,
      ],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateStoreTests",
      dependencies: [
        "CLedgerLog", "CLinux", "TapgateLock", "TapgateCore", "TapgateJSON", "TapgateModel",
        "TapgateOracle", "TapgateReports", "TapgateStore", crypto, grdb, logging,
      ],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateServerTests",
      dependencies: [
        "TapgateLock",
        "TapgateAPI", "TapgateCore", "TapgateJSON", "TapgateModel", "TapgateServer", logging,
      ],
      swiftSettings: house
    ),
    .testTarget(
      name: "TapgateBenchTests",
      dependencies: ["TapgateLock", "TapgateBench", "TapgateJSON"],
      swiftSettings: house
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["TapgateAPI", "TapgateJSON", "TapgateRigs", "TapgateVirtual"],
      swiftSettings: house
    ),
  ]
)

// `scripts/fuzz` links the targets of Tests/Fuzz/Entries with libFuzzer, which SwiftPM cannot.
if Context.environment["TAPGATE_FUZZ"] != nil {
  package.products.append(
    .library(name: "TapgateFuzzing", type: .static, targets: ["TapgateFuzzing"])
  )
}
