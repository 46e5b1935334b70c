"""The files that the kernel's drivers make of a device: /dev/input/eventN and /dev/hidrawN of usbhid,
/dev/ttyACMN of cdc_acm. They are there while the driver is bound: a program that detaches it makes
them vanish, with udev's events, as on a real machine.
"""
import errno
import os
import socket
import struct
import time
import tty

import models

EVENT = struct.Struct("<qqHHi")
# HID usage -> Linux key, as hid-input has it.
KEYS = {0x27: 11, 0x28: 28, 0x29: 1, 0x2a: 14, 0x2b: 15, 0x2c: 57, 0x2d: 12, 0x2e: 13, 0x2f: 26, 0x30: 27,
        0x31: 43, 0x33: 39, 0x34: 40, 0x35: 41, 0x36: 51, 0x37: 52, 0x38: 53}
for _index, _code in enumerate([30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31,
                                20, 22, 47, 17, 45, 21, 44]):
    KEYS[4 + _index] = _code
for _index in range(9):
    KEYS[0x1e + _index] = 2 + _index
MODIFIERS = [29, 42, 56, 125, 97, 54, 100, 126]
KEY_BITS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


class IoctlClient:
    """The preload library's side of one open file: it sends ioctls, reads and writes, and lets its
    program's memory be read and written."""

    def __init__(self, host, connection):
        self.host, self.connection = host, connection
        host.loop.add(connection, self.receive)

    def take(self, count):
        data = b""
        while len(data) < count:
            more = self.connection.recv(count - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    def peek(self, address, count):
        if not count:
            return b""
        self.connection.sendall(struct.pack("<QQQ", 5, address, count))
        return self.take(count)

    def poke(self, address, data):
        if data:
            self.connection.sendall(struct.pack("<QQQ", 6, address, len(data)) + data)

    def done(self, result, error=0):
        self.connection.sendall(struct.pack("<QQQ", 3, result & 0xffffffffffffffff, error))

    def receive(self):
        try:
            word, first, second = struct.unpack("<QQQ", self.take(24))
            if word == 1:
                answer = self.ioctl(first, second)
                if answer is not None:
                    self.done(*answer)
            elif word == 7:
                self.read(first, second)
            elif word == 8:
                self.write(self.peek(first, second))
        except (ConnectionError, OSError):
            self.close()

    def close(self):
        self.host.loop.remove(self.connection)
        self.connection.close()
        self.closed()

    def closed(self):
        pass

    def ioctl(self, request, argument):
        return -1, errno.ENOTTY

    def read(self, address, count):
        self.done(-1, errno.EIO)

    def write(self, data):
        self.done(-1, errno.EIO)


class NodeClient(IoctlClient):
    """One open file of a driver."""

    def __init__(self, node, connection):
        self.node, self.queue, self.pending = node, [], None
        self.process = struct.unpack("iii", connection.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        super().__init__(node.host, connection)

    def is_nonblocking(self):
        folder = "/proc/%d/fd" % self.process
        try:
            for file in os.listdir(folder):
                if os.readlink(folder + "/" + file) != self.node.tty:
                    continue
                with open("/proc/%d/fdinfo/%s" % (self.process, file)) as facts:
                    for line in facts:
                        if line.startswith("flags:") and int(line.split()[1], 8) & os.O_NONBLOCK:
                            return True
        except OSError:
            return False
        return False

    def ioctl(self, request, argument):
        return self.node.ioctl(self, request, argument)

    def read(self, address, count):
        if self.node.dead and not self.queue:
            return self.done(-1, self.node.gone)
        data = self.node.next(self, count)
        if data is None:
            if self.is_nonblocking():
                return self.done(-1, errno.EAGAIN)
            self.pending = (address, count)
            return None
        self.poke(address, data)
        self.done(len(data))
        return self.node.signal()

    def feed(self, item):
        self.queue.append(item)
        if self.pending:
            pending, self.pending = self.pending, None
            self.read(*pending)

    def write(self, data):
        self.done(len(data))

    def closed(self):
        if self in self.node.clients:
            self.node.clients.remove(self)
        if self.node.grabber is self:
            self.node.grabber = None
        self.node.device.note("node-close", self.node.path)


class PassingClient(NodeClient):
    """One open file that the kernel serves by itself: everything is let through to it."""

    def receive(self):
        try:
            word, first, second = struct.unpack("<QQQ", self.take(24))
            if word == 2:                               # what came of it
                self.connection.sendall(struct.pack("<QQQ", 3, first, second))
            else:
                self.connection.sendall(struct.pack("<QQQ", 4, first, second))
        except (ConnectionError, OSError):
            self.close()


class Node:
    """A driver's file; a pseudoterminal carries poll(2)."""

    kind, major, gone = "", 0, errno.ENODEV
    client = NodeClient

    def __init__(self, port, interface):
        self.port, self.device, self.host, self.interface = port, port.device, port.host, interface
        self.clients, self.dead, self.grabber, self.is_readable = [], False, None, False
        self.number = port.host.allocate(self.kind)

    def hid_path(self):
        device = self.device
        return "%s/0003:%04X:%04X.%04X" % (self.port.interface_path(self.interface), device.vid, device.pid,
                                           self.port.number)

    def up(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.slave, False)
        self.tty = os.ttyname(self.slave)
        self.path, self.place, self.subsystem, self.minor, self.parents = self.describe()
        for path, subsystem, attributes, text, binary in self.parents:
            self.host.make(path, subsystem, attributes, text, binary, is_bus=subsystem == "hid")
        self.uevent = "MAJOR=%d\nMINOR=%d\nDEVNAME=%s\n" % (self.major, self.minor, self.path[5:])
        self.host.make(self.place, self.subsystem, {"dev": "%d:%d" % (self.major, self.minor)}, self.uevent,
                       {}, is_bus=False)
        self.host.link_node(self.path, self.tty, self.major, self.minor)
        for view in self.host.views:
            os.symlink("../../" + self.place.lstrip("/"),
                       view + "/sys/dev/char/%d:%d" % (self.major, self.minor))
        self.server = self.host.listen(self.path, self.accept)
        for path, subsystem, _, text, _ in self.parents:
            self.host.uevent("add", path, subsystem, None, text)
        self.host.uevent("add", self.place, self.subsystem, None, self.uevent)
        return self

    def accept(self):
        connection, _ = self.server.accept()
        self.clients.append(self.client(self, connection))
        self.device.note("node-open", self.path)

    def down(self):
        self.dead = True
        for client in self.clients:
            if client.pending:
                client.pending = None
                client.done(-1, self.gone)
        self.host.unlink_node(self.path)
        for view in self.host.views:
            os.unlink(view + "/sys/dev/char/%d:%d" % (self.major, self.minor))
        self.host.unmake(self.place, self.subsystem, is_bus=False)
        self.host.uevent("remove", self.place, self.subsystem, None, self.uevent)
        for path, subsystem, _, text, _ in reversed(self.parents):
            self.host.unmake(path, subsystem, is_bus=subsystem == "hid")
            self.host.uevent("remove", path, subsystem, None, text)
        os.close(self.master)
        os.close(self.slave)
        self.host.free(self.kind, self.number)

    def signal(self):
        if self.dead:
            return
        wanted = any(client.queue for client in self.clients)
        if wanted and not self.is_readable:
            os.write(self.master, b"x")
        elif not wanted and self.is_readable:
            try:
                os.read(self.slave, 64)
            except BlockingIOError:
                pass
        self.is_readable = wanted

    def report(self, data):
        pass

    def next(self, client, count):
        return client.queue.pop(0)[:count] if client.queue else None

    def ioctl(self, client, request, argument):
        return -1, errno.ENOTTY

    def variable(self, client, request, argument, data):
        count = min(request >> 16 & 0x3fff, len(data))
        client.poke(argument, data[:count])
        return count,


class Evdev(Node):
    """/dev/input/eventN of a keyboard."""

    kind, major = "event", 13

    def __init__(self, port, interface):
        super().__init__(port, interface)
        self.last, self.down_keys = bytes(8), set()

    def describe(self):
        device = self.device
        self.name = "%s %s" % (device.manufacturer, device.product)
        place = "%s/input/input%d" % (self.hid_path(), self.number)
        attributes = {"name": self.name, "uniq": device.serial or "", "id/bustype": "0003",
                      "id/vendor": "%04x" % device.vid, "id/product": "%04x" % device.pid,
                      "capabilities/ev": "120013", "capabilities/key": KEY_BITS}
        text = "PRODUCT=3/%x/%x/111\nNAME=\"%s\"\nEV=120013\nKEY=%s\n" % (device.vid, device.pid, self.name,
                                                                         KEY_BITS)
        return ("/dev/input/event%d" % self.number, "%s/event%d" % (place, self.number), "input",
                64 + self.number, [(place, "input", attributes, text, {})])

    def report(self, report):
        old, self.last, events = self.last, report, []
        for bit in range(8):
            if (old[0] ^ report[0]) >> bit & 1:
                events.append((1, MODIFIERS[bit], report[0] >> bit & 1))
        events += [(1, KEYS.get(key, 240), 0) for key in old[2:] if key > 3 and key not in report[2:]]
        events += [(1, KEYS.get(key, 240), 1) for key in report[2:] if key > 3 and key not in old[2:]]
        if not events:
            return
        for _, code, value in events:
            (self.down_keys.add if value else self.down_keys.discard)(code)
        now = time.monotonic()
        for client in list(self.clients):
            if self.grabber in (None, client):
                for event in events + [(0, 0, 0)]:
                    client.queue.append(EVENT.pack(int(now), int(now % 1 * 1e6), *event))
                if client.pending:
                    pending, client.pending = client.pending, None
                    client.read(*pending)
        self.signal()

    def next(self, client, count):
        if not client.queue:
            return None
        number = max(1, count // 24)
        data, client.queue = b"".join(client.queue[:number]), client.queue[number:]
        return data

    def ioctl(self, client, request, argument):
        number = request & 0xff
        if self.dead:
            return -1, errno.ENODEV
        if request >> 8 & 0xff != 0x45:
            return -1, errno.EINVAL
        if number == 0x01:
            client.poke(argument, struct.pack("<i", 0x010001))
            return 0,
        if number == 0x06:
            return self.variable(client, request, argument, self.name.encode() + b"\0")
        if number == 0x18:
            bits = sum(1 << code for code in self.down_keys)
            return self.variable(client, request, argument, bits.to_bytes(96, "little"))
        if number == 0x90:
            return self.grab(client, argument)
        if number == 0xa0:
            return 0,
        return -1, errno.EINVAL

    def grab(self, client, argument):
        if argument:
            if self.grabber:
                return -1, errno.EBUSY
            self.grabber = client
            self.device.note("grab")
            return 0,
        if self.grabber is not client:
            return -1, errno.EINVAL
        self.grabber = None
        self.device.note("ungrab")
        return 0,


class Hidraw(Node):
    """/dev/hidrawN, with the HID device above it."""

    kind, major, gone = "hidraw", 245, errno.EIO

    def describe(self):
        device, place = self.device, self.hid_path()
        text = "DRIVER=hid-generic\nHID_ID=0003:%08X:%08X\nHID_NAME=%s %s\nHID_UNIQ=%s\n" % (
            device.vid, device.pid, device.manufacturer, device.product, device.serial or "")
        return ("/dev/hidraw%d" % self.number, "%s/hidraw/hidraw%d" % (place, self.number), "hidraw",
                self.number, [(place, "hid", {}, text, {"report_descriptor": device.report_descriptor})])

    def report(self, report):
        for client in list(self.clients):
            if len(client.queue) < 64:
                client.feed(report)
        self.signal()

    def ioctl(self, client, request, argument):
        number, device = request & 0xff, self.device
        if self.dead:
            return -1, errno.ENODEV
        if request >> 8 & 0xff != 0x48:
            return -1, errno.ENOTTY
        if number == 1:
            client.poke(argument, struct.pack("<i", len(device.report_descriptor)))
            return 0,
        if number == 2:
            count = struct.unpack("<I", client.peek(argument, 4))[0]
            client.poke(argument + 4, device.report_descriptor[:count])
            return 0,
        if number == 3:
            client.poke(argument, struct.pack("<IHH", 3, device.vid, device.pid))
            return 0,
        return -1, errno.EINVAL


class SerialNode(Node):
    """/dev/ttyACMN: a pseudoterminal is a terminal already."""

    kind, major = "ttyACM", 166
    client = PassingClient

    def describe(self):
        place = self.port.interface_path(self.interface)
        self.device.write_line = lambda data: os.write(self.master, data)
        return "/dev/ttyACM%d" % self.number, "%s/tty/ttyACM%d" % (place, self.number), "tty", self.number, []

    def signal(self):
        pass


def nodes_for(port, interface):
    device = port.device
    if isinstance(device, models.Wedge):
        return [Hidraw(port, interface), Evdev(port, interface)]
    if isinstance(device, models.Hid):
        return [Hidraw(port, interface)]
    if isinstance(device, models.SerialLine) and interface == 0:
        return [SerialNode(port, interface)]
    return []
