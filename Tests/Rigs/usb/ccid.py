"""Readers of contactless cards that speak CCID (USB-IF, "Device Class: Smart Card CCID", revision 1.1),
with storage cards that the reader answers for (PC/SC part 3, section 3.2.2)."""
import struct

from usbsim import OK, Stall, Usb

# Messages to the reader, 6.1, and from it, 6.2 and 6.3.
POWER_ON, POWER_OFF, GET_STATUS, XFR_BLOCK = 0x62, 0x63, 0x65, 0x6F
GET_PARAMETERS, RESET_PARAMETERS, SET_PARAMETERS, ESCAPE = 0x6C, 0x6D, 0x61, 0x6B
DATA_BLOCK, SLOT_STATUS, PARAMETERS, ESCAPE_ANSWER, SLOT_CHANGE = 0x80, 0x81, 0x82, 0x83, 0x50
FAILED, MUTE, NO_COMMAND, BAD_SLOT = 0x40, 0xFE, 0x00, 0x05


class Card:
    """A storage card: its identifier, and the answer to reset that the reader makes up for it."""

    def __init__(self, uid, standard=0x03, name=0x0001):
        self.uid = uid
        historical = bytes.fromhex("804f0ca000000306") + struct.pack(">BHI", standard, name, 0)
        body = bytes([0x80 | len(historical), 0x80, 0x01]) + historical
        check = 0
        for byte in body:
            check ^= byte
        self.answer_to_reset = b"\x3b" + body + bytes([check])


class Ccid(Usb):
    """A reader with one slot that exchanges whole APDUs and says by interrupt when a card comes."""

    vid, pid, bcd = 0x072f, 0x223b, 0x0100
    manufacturer, product = "ACS", "ACR1252 Dual Reader"
    ep_out, ep_in, ep_change = 0x02, 0x82, 0x81
    features = 0x000404fa       # everything automatic, short and extended APDUs
    light_ms = 0                # how long a light takes, before the reader answers: it blinks first

    def __init__(self, loop, **options):
        super().__init__(loop, **options)
        self.card, self.powered, self.message = None, False, b""

    def interfaces(self):
        # 5.1: the class descriptor.
        descriptor = bytes([0x36, 0x21]) + struct.pack(
            "<HBBIIIBIIBIIIIIBBHBB", 0x0110, 0, 7, 3, 4000, 4000, 0, 10752, 344100, 0, 254, 0, 0,
            self.features, 65556, 0xff, 0xff, 0, 0, 1)
        endpoints = [(self.ep_out, 2, 64, 0), (self.ep_in, 2, 64, 0), (self.ep_change, 3, 8, 16)]
        return [((0x0b, 0, 0), descriptor, endpoints)]

    def class_control(self, kind, request, value, index, length, data):
        if request == 1:                                # ABORT
            return b""
        if request == 2:                                # GET_CLOCK_FREQUENCIES
            return struct.pack("<I", 4000)
        if request == 3:                                # GET_DATA_RATES
            return struct.pack("<I", 10752)
        raise Stall

    def submit(self, transfer):
        if transfer.ep != self.ep_out or self.gone:
            return super().submit(transfer)
        self.message += transfer.data
        transfer.finish(OK, len(transfer.data))
        while len(self.message) >= 10:
            size = 10 + struct.unpack_from("<I", self.message, 1)[0]
            if len(self.message) < size:
                return
            message, self.message = self.message[:size], self.message[size:]
            self.take(message[0], message[5], message[6], message[10:])

    def answer(self, kind, slot, number, data=b"", status=0, error=0, parameter=0, delay=0.0):
        present = 2 if self.card is None else 0 if self.powered else 1
        whole = struct.pack("<BIBBBBB", kind, len(data), slot, number, status | present, error,
                            parameter) + data

        def send():
            parts = [whole[at:at + 64] for at in range(0, len(whole), 64)]
            if len(whole) % 64 == 0:
                parts.append(b"")
            for part in parts:
                self.queue(self.ep_in, part)
        if delay:
            self.loop.later(delay, send)
        else:
            send()

    def take(self, kind, slot, number, data):
        if slot != 0:
            return self.answer(SLOT_STATUS, slot, number, status=FAILED, error=BAD_SLOT)
        if kind in (POWER_ON, XFR_BLOCK) and self.card is None:
            return self.answer(DATA_BLOCK, slot, number, status=FAILED, error=MUTE)
        if kind == POWER_ON:
            self.powered = True
            return self.answer(DATA_BLOCK, slot, number, self.card.answer_to_reset)
        if kind == XFR_BLOCK:
            self.note("apdu", data)
            delay = self.light_ms / 1000 if data.startswith(b"\xff\x00\x40") else 0
            return self.answer(DATA_BLOCK, slot, number, self.apdu(data), delay=delay)
        if kind == POWER_OFF:
            self.powered = False
            return self.answer(SLOT_STATUS, slot, number)
        if kind == SET_PARAMETERS:
            return self.answer(PARAMETERS, slot, number, data, parameter=1)
        if kind in (GET_PARAMETERS, RESET_PARAMETERS):
            return self.answer(PARAMETERS, slot, number, bytes.fromhex("1110004d00fe00"), parameter=1)
        if kind == ESCAPE:
            return self.answer(ESCAPE_ANSWER, slot, number)
        if kind == GET_STATUS:
            return self.answer(SLOT_STATUS, slot, number)
        return self.answer(SLOT_STATUS, slot, number, status=FAILED, error=NO_COMMAND)

    def apdu(self, command):
        if command.startswith(bytes.fromhex("ffca0000")):
            return self.card.uid + b"\x90\x00"
        # ACS, "ACR122U Application Programming Interface" 2.04, section 6.2: the second status byte
        # is the state of the lights.
        if command.startswith(b"\xff\x00\x40") and len(command) == 9:
            return b"\x90" + bytes([command[3] & 0x03])
        return b"\x6a\x81"

    def change(self):
        self.queue(self.ep_change, bytes([SLOT_CHANGE, 0x02 | (self.card is not None)]))

    def plugged(self):
        super().plugged()
        self.powered, self.message = False, b""

    def command(self, word, arguments):
        if word == "insert":                            # insert UID, in hexadecimal digits
            self.card, self.powered = Card(bytes.fromhex(arguments[0])), False
            self.note("insert")
            return None if self.gone else self.change()
        if word == "remove":
            self.card, self.powered = None, False
            self.note("remove")
            return None if self.gone else self.change()
        return super().command(word, arguments)


class Acr122u(Ccid):
    """libccid refuses this reader with firmware before 2.06."""

    pid, bcd = 0x2200, 0x0214
    product = "ACR122U PICC Interface"


MODELS = {"ccid": Ccid, "acr122u": Acr122u}
