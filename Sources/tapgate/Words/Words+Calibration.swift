extension Words {
  // MARK: Calibration of scanners

  static let aboutScanner = Phrase("Bar code scanners.", "扫描枪。")
  static let aboutCalibrate = Phrase(
    "Finds layout and suffix of a scanner that types, from one scan of the page that `tapgate"
      + " print calibration` prints.",
    "扫描一次打印出的校准条码，即可识别键盘式扫描枪的键盘布局和后缀。"
  )
  static let helpCalibrateConfig = Phrase(
    "The configuration file that gets the [[scanner]]; without it the lines are shown only.",
    "写入 [[scanner]] 的配置文件；不给出时只显示。"
  )
  static let helpCalibrateID = Phrase("The scanner's id (default: scanner-1, …).", "扫描枪编号。")
  static let helpCalibrateLane = Phrase(
    "The scanner's lane (default: the gateway's).",
    "扫描枪所属通道（默认：网关的通道）。"
  )
  static let helpCalibrateSeconds = Phrase(
    "How many seconds to wait for the scan.",
    "等待扫描的秒数。"
  )
  static let calibrateSecondsRange = Phrase(
    "--seconds must be from 1 to 3600",
    "--seconds 必须在 1 到 3600 之间"
  )
  static let calibrateScan = Phrase(
    "Scan the code of the calibration page within {1} s, and do not type meanwhile. Listening to:",
    "请在 {1} 秒内扫描校准页上的条码，期间请勿打字。正在监听："
  )
  static let calibrateFound = Phrase("{1}: found", "{1}：已识别")
  static let calibratePace = Phrase(
    "slowest key after {1} ms",
    "最慢按键间隔 {1} 毫秒"
  )
  static let calibrateWritten = Phrase(
    "Written to {1}; restart the gateway.",
    "已写入 {1}；请重新启动网关。"
  )
  static let calibrateNotWritten = Phrase(
    "Put these lines into the gateway's configuration, or repeat with --config FILE.",
    "请把以上内容写入网关配置，或使用 --config 文件 再执行一次。"
  )
  static let calibrateSecond = Phrase(
    "{1} has an entry for this scanner already, \"{2}\": put these lines in its place.",
    "{1} 中已有该扫描枪的条目 “{2}”：请用以上内容替换它。"
  )
  static let calibrateNoDevices = Phrase(
    "no device here types: plug the scanner in, and stop a gateway that has it",
    "没有发现键盘式设备：请插入扫描枪，并停止正在占用它的网关"
  )
  static let calibrateDenied = Phrase(
    "the devices that type may not be opened: {1}",
    "无权打开键盘式设备：{1}"
  )
  static let calibrateSilence = Phrase(
    "nobody scanned: a scanner in HID POS or serial mode does not type, and needs no calibration",
    "没有收到扫描：HID POS 或串口模式的扫描枪不会打字，也无需校准"
  )
  static let calibrateSuffix = Phrase(
    "{1}: behind the code come keys that are no suffix; set the scanner to Enter or Tab",
    "{1}：条码之后的按键不是有效后缀；请将扫描枪后缀设为回车或 Tab"
  )
  static let calibrateNoMatch = Phrase(
    "{1}: what was scanned is not the calibration page, or the layout is unknown; set the"
      + " scanner to US keyboard (firmware-notes)",
    "{1}：扫描的不是校准页，或键盘布局未知；请将扫描枪设为美式键盘（见 firmware-notes）"
  )
  static let cannotWrite = Phrase("{1} cannot be written: {2}", "无法写入 {1}：{2}")
  static let aboutPrintCalibration = Phrase(
    "Prints the page that `tapgate scanner calibrate` asks for.",
    "打印扫描枪校准页。"
  )
  static let calibrationPageTitle = Phrase("Scanner calibration", "扫描枪校准")
  static let calibrationPageLinear = Phrase("for laser scanners", "激光扫描枪")
  static let calibrationPageMatrix = Phrase("for 2D scanners", "二维扫描枪")
}
