"""The input devices of the rig: scanners that type, HID POS scanners, swipe readers, serial lines."""
import struct

from usbsim import Stall, Usb, unescape


class Hid(Usb):
    """A human interface device with one interface."""

    descriptor_bytes = b""
    subclass, protocol = 0, 0
    ep_in, size, interval = 0x81, 8, 10
    ep_out = 0                  # 0: none
    driver = {0: "usbhid"}
    refuses_idle = False

    @property
    def report_descriptor(self):
        return self.descriptor_bytes

    def hid_descriptor(self):
        return struct.pack("<BBHBBBH", 9, 0x21, 0x0111, 0, 1, 0x22, len(self.report_descriptor))

    def interfaces(self):
        endpoints = [(self.ep_in, 3, self.size, self.interval)]
        if self.ep_out:
            endpoints.append((self.ep_out, 3, self.size, self.interval))
        return [((3, self.subclass, self.protocol), self.hid_descriptor(), endpoints)]

    def interface_descriptor(self, request, value, index):
        if request == 6 and value >> 8 == 0x22:
            self.note("report-descriptor")
            return self.report_descriptor
        if request == 6 and value >> 8 == 0x21:
            return self.hid_descriptor()
        raise Stall

    def class_control(self, kind, request, value, index, length, data):
        if request == 0x0A and self.refuses_idle:
            raise Stall
        if request in (0x09, 0x0A, 0x0B):               # SET_REPORT, SET_IDLE, SET_PROTOCOL
            return b""
        if request == 0x01:
            return bytes(self.size)
        raise Stall


# HID 1.11 appendix E.6, the boot keyboard.
KEYBOARD = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810195057501050819012905910295017503"
    "910195067508150025650507190029658100c0")
SHIFTED = dict(zip('!@#$%^&*()_+{}|:"~<>?', "1234567890-=[]\\;'`,./"))
PLAIN = {"\n": 0x28, "\r": 0x28, "\x1b": 0x29, "\t": 0x2b, " ": 0x2c, "-": 0x2d, "=": 0x2e, "[": 0x2f,
         "]": 0x30, "\\": 0x31, ";": 0x33, "'": 0x34, "`": 0x35, ",": 0x36, ".": 0x37, "/": 0x38}


def us_key(character):
    """Modifiers and usage of a character on a US keyboard; control characters as Ctrl and a key."""
    modifiers = 0
    if character in SHIFTED:
        character, modifiers = SHIFTED[character], 2
    if "A" <= character <= "Z":
        return 2, ord(character) - 61
    if "a" <= character <= "z":
        return modifiers, ord(character) - 93
    if "1" <= character <= "9":
        return modifiers, ord(character) - 19
    if character == "0":
        return modifiers, 0x27
    if character in PLAIN:
        return modifiers, PLAIN[character]
    if 0 < ord(character) < 0x1b:
        return 1, ord(character) + 3
    return 1, {0x1c: 0x31, 0x1d: 0x30}.get(ord(character), 0x23)


class Wedge(Hid):
    """A scanner that types: a boot keyboard with reports of 8 bytes. Also any keyboard."""

    vid, pid = 0x05e0, 0x1200
    manufacturer, product = "Symbol Technologies, Inc, 2008", "Symbol Bar Code Scanner"
    subclass, protocol, descriptor_bytes = 1, 1, KEYBOARD
    suffix = "\\n"
    key_ms = 0.0                # pause between two reports; 0: as fast as the host polls

    def scan(self, text):
        reports = []
        for character in text + unescape(self.suffix):
            modifiers, key = us_key(character)
            reports += [bytes([modifiers, 0, key, 0, 0, 0, 0, 0]), bytes(8)]
        self.send(reports)

    def send(self, reports):
        for index, report in enumerate(reports):
            if self.key_ms:
                self.loop.later(index * self.key_ms / 1e3,
                                lambda report=report: self.queue(self.ep_in, report))
            else:
                self.queue(self.ep_in, report)

    def strokes(self, words):
        """Keys as MODIFIERS:USAGE, in hexadecimal: what a scanner types that is set to another country."""
        reports = []
        for word in words:
            modifiers, key = (int(number, 16) for number in word.split(":"))
            reports += [bytes([modifiers, 0, key, 0, 0, 0, 0, 0]), bytes(8)]
        self.send(reports)

    def numbers(self, words):
        """Numbers on the keypad, ALT held during each, then the suffix."""
        reports = []
        for word in words:
            for digit in word:
                reports += [bytes([4, 0, 0x62 if digit == "0" else 0x58 + int(digit), 0, 0, 0, 0, 0]),
                            bytes([4, 0, 0, 0, 0, 0, 0, 0])]
            reports.append(bytes(8))
        self.send(reports)
        self.scan("")

    def command(self, word, arguments):
        if word == "scan":
            return self.scan(unescape(" ".join(arguments)))
        if word == "keys":
            return self.strokes(arguments)
        if word == "alt":
            return self.numbers(arguments)
        if word == "press":                             # a key goes down and stays down
            return self.queue(self.ep_in, bytes([0, 0, us_key(arguments[0])[1], 0, 0, 0, 0, 0]))
        if word == "release":
            return self.queue(self.ep_in, bytes(8))
        return super().command(word, arguments)


# HID Point of Sale, page 8C: report 2 has a count, the AIM identifier, 56 bytes of data, the maker's
# code and whether it goes on; report 4 (output) has the three beeps.
POS = bytes.fromhex(
    "058c" "0902" "a101"
    "0912" "a102" "8502" "1500" "26ff00" "7508"
    "9501" "0501" "093b" "8102"
    "9503" "058c" "09fb" "09fc" "09fd" "8102"
    "9538" "09fe" "820201"
    "9501" "0600ff" "0904" "8102"
    "058c" "75019501" "2501" "09ff" "8102" "95078103" "c0"
    "0914" "a102" "8504" "1500" "2501" "7501" "9503" "0985" "0986" "0987" "9102" "95059103" "c0"
    "c0")


class Pos(Hid):
    """A HID POS scanner."""

    vid, pid = 0x0c2e, 0x0b87
    manufacturer, product, serial = "Honeywell Imaging & Mobility", "HID POS Scanner", "20123B44AA"
    descriptor_bytes, size, interval = POS, 64, 4

    def scan(self, data, aim, is_open=False):
        parts = [data[at:at + 56] for at in range(0, len(data), 56)] or [b""]
        for index, part in enumerate(parts):
            goes_on = is_open or index < len(parts) - 1
            report = bytes([2, len(part)]) + aim + part.ljust(56, b"\0") + bytes([0x6a, goes_on])
            self.queue(self.ep_in, report.ljust(self.size, b"\0")[:self.size])

    def command(self, word, arguments):
        if word in ("scan", "fragment"):                # scan AIM TEXT
            text = unescape(" ".join(arguments[1:])).encode("latin-1")
            return self.scan(text, arguments[0].encode(), word == "fragment")
        return super().command(word, arguments)


# Three lengths, three tracks of 110 bytes, the encoding: the layout of MagTek's SureSwipe on page 8E.
MSR = bytes.fromhex(
    "058e" "0901" "a101" "1500" "26ff00" "7508"
    "0920" "0921" "0922" "9503" "8102"
    "0928" "0929" "092a" "9503" "8102"
    "0938" "9501" "8102"
    "0930" "956e" "820201" "0931" "956e" "820201" "0932" "956e" "820201"
    "c0")


class Msr(Hid):
    """A swipe reader: 337 bytes a swipe, in packets of 64 or of 8."""

    vid, pid = 0x0801, 0x0002
    manufacturer, product, serial = "Mag-Tek", "USB Swipe Reader", "B0A1234"
    descriptor_bytes, size, interval = MSR, 64, 1

    def swipe(self, tracks):
        tracks = [track.encode() for track in tracks] + [b""] * (3 - len(tracks))
        report = bytes(3) + bytes(len(track) for track in tracks) + b"\0"
        report += b"".join(track.ljust(110, b"\0") for track in tracks)
        for at in range(0, len(report), self.size):
            self.queue(self.ep_in, report[at:at + self.size])

    def command(self, word, arguments):
        if word == "swipe":                             # "-" is a track that was not read
            return self.swipe(["" if track == "-" else track for track in arguments])
        return super().command(word, arguments)


class SerialLine(Usb):
    """A CDC-ACM scanner: the kernel's driver makes it /dev/ttyACMn."""

    vid, pid = 0x1eab, 0x1306
    manufacturer, product, serial = "Newland", "EM30xx Barcode scanner", "EM30-0042"
    dev_class = (2, 0, 0)
    driver = {0: "cdc_acm", 1: "cdc_acm"}
    write_line = None           # the transport's

    def interfaces(self):
        return [((2, 2, 1), bytes.fromhex("0524000110042402020524060001"), [(0x83, 3, 8, 16)]),
                ((10, 0, 0), b"", [(0x02, 2, 64, 0), (0x82, 2, 64, 0)])]

    def class_control(self, kind, request, value, index, length, data):
        return b""

    def command(self, word, arguments):
        if word == "scan":
            self.write_line(unescape(" ".join(arguments)).encode("latin-1"))
            return None
        return super().command(word, arguments)


class Disk(Usb):
    """A memory stick: nothing that a counter uses."""

    vid, pid = 0x1209, 0x0008
    manufacturer, product, serial = "Tapgate", "Memory Stick", "D1"
    driver = {0: "usb-storage"}

    def interfaces(self):
        return [((8, 6, 0x50), b"", [(0x81, 2, 64, 0), (0x02, 2, 64, 0)])]


class Hub(Usb):
    """A hub of four ports, with nothing on it."""

    vid, pid, dev_class = 0x1209, 0x0009, (9, 0, 0)
    manufacturer, product = "Tapgate", "Four Port Hub"
    driver = {0: "hub"}

    def interfaces(self):
        return [((9, 0, 0), b"", [(0x81, 3, 1, 12)])]


MODELS = {"wedge": Wedge, "pos": Pos, "msr": Msr, "serial": SerialLine, "hid": Hid, "disk": Disk, "hub": Hub}
