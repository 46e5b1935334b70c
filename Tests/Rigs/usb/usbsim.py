"""Behavioural models of USB input devices, independent of how they are attached (umock.py attaches
them). Everything runs in one thread, the Loop.

A transport calls  dev.control(setup, data) -> bytes or Stall,  dev.submit(Transfer); the model
finishes each transfer exactly once.
"""
import heapq
import itertools
import json
import os
import selectors
import socket
import struct
import time

OK, STALL, NODEV, CANCEL, OVERFLOW = "ok", "stall", "nodev", "cancel", "overflow"


def microseconds():
    """CLOCK_MONOTONIC, which the gateway's events bear too."""
    return time.monotonic_ns() // 1000


class Stall(Exception):
    """The device refuses a request."""


class Loop:
    """Descriptors and timers of one thread."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.timers, self.order, self.stop = [], itertools.count(), False

    def add(self, file, callback):
        self.selector.register(file, selectors.EVENT_READ, callback)

    def remove(self, file):
        try:
            self.selector.unregister(file)
        except (KeyError, ValueError):
            pass

    def later(self, seconds, callback):
        heapq.heappush(self.timers, (time.monotonic() + seconds, next(self.order), callback))

    def run(self, until=None):
        while not self.stop and not (until and until()):
            now = time.monotonic()
            while self.timers and self.timers[0][0] <= now:
                heapq.heappop(self.timers)[2]()
            wait = 0.5
            if self.timers:
                wait = min(wait, max(0, self.timers[0][0] - time.monotonic()))
            for key, _ in self.selector.select(wait):
                key.data()


class Transfer:
    """One interrupt transfer. To the host: data is None and length is the buffer's size."""

    __slots__ = ("ep", "length", "data", "_callback", "done", "got")

    def __init__(self, ep, length, data, callback):
        self.ep, self.length, self.data, self._callback = ep, length, data, callback
        self.done, self.got = False, b""

    def finish(self, status, payload=b""):
        if not self.done:
            self.done = True
            self._callback(status, payload)


class Usb:
    """A device: standard requests, descriptors, queues to the host."""

    vid, pid, bcd = 0x1209, 0x0001, 0x0100
    manufacturer, product, serial = "Tapgate", "Generic", None
    dev_class = (0, 0, 0)
    speed = 12                  # Mbit/s
    driver = {}                 # interface -> the kernel driver that takes it
    ep0 = 64
    power_ma = 100
    port = 0                    # where to plug it; 0 is the first free port
    bare = False                # the system knows nothing of kernel drivers, as umockdev's own does not
    udev = ""                   # properties that udev's rules would set, NAME=VALUE,NAME=VALUE
    sink = None                 # the transport's: a bound kernel driver takes the packet

    def __init__(self, loop, **options):
        for name, value in options.items():
            if not hasattr(type(self), name) or name == "sink":
                raise TypeError("unknown option " + name)
            setattr(self, name, value)
        self.loop = loop
        self.queues, self.waiting = {}, {}
        self.halted, self.alt, self.gone = set(), {}, False
        self.log, self.strings = [], [None]
        self.busy = False       # claims are answered EBUSY
        if self.bare:
            self.driver = {}
        self.build()

    def note(self, kind, data=b""):
        text = data.hex() if isinstance(data, (bytes, bytearray)) else str(data)
        self.log.append((microseconds(), kind, text))
        if len(self.log) > 20000:
            del self.log[:10000]

    def string(self, text):
        if text is None or text == "":
            return 0
        if text not in self.strings:
            self.strings.append(text)
        return self.strings.index(text)

    def interfaces(self):
        """[((class, subclass, protocol), extra descriptors, [(endpoint, attributes, size, interval)])]"""
        raise NotImplementedError

    def build(self):
        maker, product, serial = (self.string(text) for text in
                                  (self.manufacturer, self.product, self.serial))
        self.device_descriptor = struct.pack(
            "<BBHBBBBHHHBBBB", 18, 1, 0x0200, *self.dev_class, self.ep0, self.vid, self.pid, self.bcd,
            maker, product, serial, 1)
        body = b""
        self.ifs = self.interfaces()
        for number, (kind, extra, endpoints) in enumerate(self.ifs):
            body += struct.pack("<BBBBBBBBB", 9, 4, number, 0, len(endpoints), *kind[:3], 0) + extra
            for address, attributes, size, interval in endpoints:
                body += struct.pack("<BBBBHB", 7, 5, address, attributes, size, interval)
        self.configuration_descriptor = struct.pack(
            "<BBHBBBBB", 9, 2, 9 + len(body), len(self.ifs), 1, 0, 0x80, self.power_ma // 2) + body
        self.descriptors = self.device_descriptor + self.configuration_descriptor

    def endpoint(self, ep):
        for _, _, endpoints in self.ifs:
            for address, attributes, size, interval in endpoints:
                if address == ep:
                    return attributes, size, interval
        return None

    # ---- requests to endpoint 0

    def control(self, setup, data=b""):
        kind, request, value, index, length = struct.unpack("<BBHHH", setup)
        if kind & 0x60:
            self.note("ctl", setup + data)
            answer = self.class_control(kind, request, value, index, length, data)
            return answer[:length] if kind & 0x80 else b""
        if request == 6 and kind == 0x80:
            return self.descriptor(value >> 8, value & 255)[:length]
        if request == 1 and kind == 2:
            self.clear_halt(index & 0xff)
            return b""
        if request in (1, 3, 5, 9, 11):
            return b""
        if request == 8:
            return b"\x01"
        if kind == 0x81:
            return self.interface_descriptor(request, value, index)[:length]
        raise Stall

    def descriptor(self, kind, index):
        if kind == 1:
            return self.device_descriptor
        if kind == 2:
            return self.configuration_descriptor
        if kind == 3 and index == 0:
            return b"\x04\x03\x09\x04"
        if kind == 3 and index < len(self.strings):
            text = self.strings[index].encode("utf-16-le")
            return bytes([len(text) + 2, 3]) + text
        raise Stall

    def interface_descriptor(self, request, value, index):
        raise Stall

    def class_control(self, kind, request, value, index, length, data):
        raise Stall

    # ---- packets

    def submit(self, transfer):
        if self.gone:
            transfer.finish(NODEV)
        elif transfer.ep in self.halted:
            transfer.finish(STALL)
        elif transfer.ep & 0x80:
            self.waiting.setdefault(transfer.ep, []).append(transfer)
            self.pump(transfer.ep)
        else:
            self.note("out", transfer.data)
            transfer.finish(OK, len(transfer.data))

    def queue(self, ep, data):
        if self.gone:
            return
        if self.sink and self.sink(ep, bytes(data)):
            self.note("delivered")
            return
        self.queues.setdefault(ep, []).append(bytes(data))
        self.pump(ep)

    def pump(self, ep):
        """Every item of a queue is one packet. As on a real host controller a transfer ends at a short
        packet or when its buffer is full: a read of 64 bytes on an endpoint of 8 collects eight."""
        queue, waiting = self.queues.get(ep, []), self.waiting.get(ep, [])
        size = self.endpoint(ep)[1]
        while queue and waiting:
            transfer, data = waiting[0], queue.pop(0)
            if len(data) > transfer.length - len(transfer.got):
                waiting.pop(0).finish(OVERFLOW, transfer.got)
                continue
            transfer.got += data
            if len(data) < size or len(transfer.got) == transfer.length:
                waiting.pop(0).finish(OK, transfer.got)
                if not queue:
                    self.note("delivered")

    def halt(self, ep):
        self.note("halt")
        self.halted.add(ep)
        for transfer in self.waiting.pop(ep, []):
            transfer.finish(STALL)

    def clear_halt(self, ep):
        self.note("clear_halt", bytes([ep]))
        self.halted.discard(ep)

    def cancel(self, transfer):
        for waiting in self.waiting.values():
            if transfer in waiting:
                waiting.remove(transfer)
        transfer.finish(CANCEL, transfer.got)

    def unplugged(self):
        self.gone = True
        for waiting in list(self.waiting.values()):
            for transfer in list(waiting):
                transfer.finish(NODEV, transfer.got)
        self.waiting.clear()
        self.queues.clear()

    def plugged(self):
        self.gone = False
        self.queues.clear()
        self.halted.clear()
        self.note("plugged")

    # ---- commands of the control socket

    def command(self, word, arguments):
        if word == "log":
            return self.log
        if word == "delivered":                         # when the host had the last packet
            return next((note[0] for note in reversed(self.log) if note[1] == "delivered"), None)
        if word == "halt":
            return self.halt(int(arguments[0], 16))
        if word == "raw":
            return self.queue(int(arguments[0], 16), bytes.fromhex("".join(arguments[1:])))
        if word == "busy":
            self.busy = arguments[0] == "1"
            return None
        raise ValueError("unknown command " + word)


def unescape(text):
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


class Bench:
    """Named devices behind a control socket: a line in, a line of JSON out.

    new NAME MODEL [option=value …] · plug NAME · unplug NAME · list · quit · NAME WORD ARGUMENTS
    """

    def __init__(self, loop, host, models):
        self.loop, self.host, self.models, self.devices, self.attached = loop, host, models, {}, {}

    def make(self, name, model, options):
        kind = self.models[model]
        values = {}
        for option, text in options.items():
            default = getattr(kind, option)
            if isinstance(default, bool):
                values[option] = text == "1"
            elif isinstance(default, int):
                values[option] = int(text, 0)
            elif isinstance(default, float):
                values[option] = float(text)
            elif isinstance(default, bytes):
                values[option] = bytes.fromhex(text)
            else:
                values[option] = text.replace("%20", " ")
        self.devices[name] = kind(self.loop, **values)

    def command(self, line):
        words = line.split()
        now = microseconds()
        try:
            if words[0] == "new":
                self.make(words[1], words[2], dict(word.split("=", 1) for word in words[3:]))
                return {"ok": True}
            if words[0] == "plug":
                if words[1] in self.attached:
                    raise ValueError("already plugged")
                self.devices[words[1]].plugged()
                self.attached[words[1]] = self.host.attach(self.devices[words[1]])
                return {"ok": True, "t": now, "at": self.attached[words[1]]}
            if words[0] == "unplug":
                del self.attached[words[1]]
                self.host.detach(self.devices[words[1]])
                return {"ok": True, "t": now}
            if words[0] == "list":
                return {"ok": True, "r": {name: self.attached.get(name) for name in self.devices}}
            if words[0] == "quit":
                self.loop.stop = True
                return {"ok": True}
            parts = line.split(None, 2)
            arguments = parts[2].split(" ") if len(parts) > 2 else []
            return {"ok": True, "t": now, "r": self.devices[words[0]].command(words[1], arguments)}
        except Exception as error:  # whatever a test asks for, the rig goes on and says so
            return {"ok": False, "error": repr(error)}

    def listen(self, path):
        if os.path.exists(path):
            os.unlink(path)
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(8)

        def accept():
            client, _ = server.accept()
            pending = [b""]

            def read():
                data = client.recv(65536)
                if not data:
                    self.loop.remove(client)
                    client.close()
                    return
                pending[0] += data
                while b"\n" in pending[0]:
                    line, pending[0] = pending[0].split(b"\n", 1)
                    if line.strip():
                        answer = json.dumps(self.command(line.decode()))
                        client.sendall(answer.encode() + b"\n")
            self.loop.add(client, read)
        self.loop.add(server, accept)
