#!/usr/bin/env python3
"""Gives unmodified libusb and libudev programs simulated USB devices.

It needs the preload library of Debian's umockdev only (libumockdev-preload.so.0, tested with 0.17.16),
which diverts /sys, /dev, /proc, udev's socket and ioctl(2) of a program into $UMOCKDEV_DIR, and hands
every ioctl on a device file to a socket. This program is the other end of those sockets.

    umock.py serve --dir DIR --ctl SOCKET [--views N]

prints READY and the folders; a program is started with UMOCKDEV_DIR=FOLDER and
LD_PRELOAD=libumockdev-preload.so.0. Every process that listens to udev needs a folder of its own.

The device file that a program opens is a pseudoterminal, which keeps the poll(2) contract of usbfs:
nothing to reap is no POLLOUT, a finished transfer is POLLOUT, unplugged is POLLERR and POLLHUP.
"""
import argparse
import errno
import glob
import os
import shutil
import socket
import struct
import sys
import termios
import tty

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ccid  # noqa: E402
import models  # noqa: E402
import nodes  # noqa: E402
from usbsim import CANCEL, NODEV, OK, OVERFLOW, STALL, Bench, Loop, Stall, Transfer, Usb  # noqa: E402


def _ioc(direction, number, size):
    return direction << 30 | size << 16 | ord("U") << 8 | number


CONTROL, CLEAR_HALT, SETINTF, SETCONF = (_ioc(3, 0, 24), _ioc(2, 21, 4), _ioc(2, 4, 8), _ioc(2, 5, 4))
GETDRIVER, SUBMITURB, DISCARDURB = _ioc(1, 8, 260), _ioc(2, 10, 56), _ioc(0, 11, 0)
REAPURB, REAPURBNDELAY = _ioc(1, 12, 8), _ioc(1, 13, 8)
CLAIM, RELEASE, CONNECTINFO, IOCTL = (_ioc(2, 15, 4), _ioc(2, 16, 4), _ioc(1, 17, 8), _ioc(3, 18, 16))
RESET, GET_CAPS, DISCONNECT_CLAIM, GET_SPEED = (_ioc(0, 20, 0), _ioc(2, 26, 4), _ioc(2, 27, 264),
                                                _ioc(0, 31, 0))
DISCONNECT_N, CONNECT_N = 22, 23
CAPS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10
URB = struct.Struct("<BBxxiIxxxxQiiiiiIQ")
ERRNO = {OK: 0, STALL: -errno.EPIPE, NODEV: -errno.ESHUTDOWN, CANCEL: -errno.ENOENT,
         OVERFLOW: -errno.EOVERFLOW}


def murmur(text):
    """MurmurHash2 with seed 0: libudev's filter compares it."""
    m, data = 0x5bd1e995, text.encode()
    h, at, left = len(data), 0, len(data)
    while left >= 4:
        k = struct.unpack_from("<I", data, at)[0] * m & 0xffffffff
        k = (k ^ k >> 24) * m & 0xffffffff
        h = h * m & 0xffffffff ^ k
        at, left = at + 4, left - 4
    if left == 3:
        h ^= data[at + 2] << 16
    if left >= 2:
        h ^= data[at + 1] << 8
    if left >= 1:
        h = (h ^ data[at]) * m & 0xffffffff
    h = (h ^ h >> 13) * m & 0xffffffff
    return h ^ h >> 15


class UsbClient(nodes.IoctlClient):
    """One open file of a device in a program under test: usbfs."""

    def __init__(self, host, port, connection):
        self.port = port
        self.flying = {}            # address of the URB -> (transfer, address of the buffer)
        self.finished = []          # (address of the URB, status, count, address of the buffer, data)
        self.claimed = set()
        self.reaping = None
        super().__init__(host, connection)

    def closed(self):
        for transfer, _ in list(self.flying.values()):
            self.port.device.cancel(transfer)
        for number in self.claimed:
            self.port.owners.pop(number, None)
        if self in self.port.clients:
            self.port.clients.remove(self)
            self.port.device.note("close")

    def ioctl(self, request, argument):
        port, device = self.port, self.port.device
        if port.dead and request not in (REAPURB, REAPURBNDELAY, DISCARDURB, RELEASE, GET_CAPS):
            return -1, errno.ENODEV
        if device.bare and request in (GETDRIVER, DISCONNECT_CLAIM, IOCTL):
            return -1, errno.ENOTTY
        if request == GET_CAPS:
            self.poke(argument, struct.pack("<I", CAPS))
            return 0,
        if request == GETDRIVER:
            return self.driver(argument)
        if request in (CLAIM, DISCONNECT_CLAIM):
            return self.claim(request, argument)
        if request == RELEASE:
            return self.release(argument)
        if request == IOCTL:
            return self.interface_ioctl(argument)
        if request in (SETCONF, SETINTF):
            return 0,
        if request == CLEAR_HALT:
            device.clear_halt(struct.unpack("<I", self.peek(argument, 4))[0])
            return 0,
        if request == RESET:
            device.note("reset")
            return 0,
        if request == GET_SPEED:
            return {1.5: 1, 12: 2, 480: 3}[device.speed],
        if request == CONNECTINFO:
            self.poke(argument, struct.pack("<IB3x", port.number, device.speed == 1.5))
            return 0,
        if request == SUBMITURB:
            return self.submit(argument)
        if request == DISCARDURB:
            if argument not in self.flying:
                return -1, errno.EINVAL
            device.cancel(self.flying[argument][0])
            return 0,
        if request in (REAPURB, REAPURBNDELAY):
            return self.reap_request(request, argument)
        if request == CONTROL:
            return self.control(argument)
        return -1, errno.ENOTTY

    def driver(self, argument):
        number = struct.unpack("<I", self.peek(argument, 4))[0]
        name = "usbfs" if number in self.port.owners else self.port.drivers.get(number)
        if not name:
            return -1, errno.ENODATA
        self.poke(argument, struct.pack("<I256s", number, name.encode()))
        return 0,

    def claim(self, request, argument):
        port = self.port
        raw = self.peek(argument, 4 if request == CLAIM else 264)
        number = struct.unpack("<I", raw[:4])[0]
        if number >= len(port.device.ifs):
            return -1, errno.ENOENT
        if port.device.busy or port.owners.get(number, self) is not self:
            return -1, errno.EBUSY
        if number in port.drivers:
            if request == CLAIM:
                return -1, errno.EBUSY
            flags, name = struct.unpack("<I256s", raw[4:])
            same = port.drivers[number] == name.split(b"\0")[0].decode()
            if (flags & 1 and not same) or (flags & 2 and same):
                return -1, errno.EBUSY
            port.unbind(number)
        port.owners[number] = self
        self.claimed.add(number)
        port.device.note("claim", bytes([number]))
        return 0,

    def release(self, argument):
        number = struct.unpack("<I", self.peek(argument, 4))[0]
        if number not in self.claimed:
            return -1, errno.EINVAL
        self.claimed.discard(number)
        self.port.owners.pop(number, None)
        self.port.device.note("release", bytes([number]))
        return (-1, errno.ENODEV) if self.port.dead else (0,)

    def interface_ioctl(self, argument):
        number, code, _ = struct.unpack("<iiQ", self.peek(argument, 16))
        if code & 0xff == DISCONNECT_N:
            if number not in self.port.drivers:
                return -1, errno.ENODATA
            self.port.unbind(number)
            return 0,
        if code & 0xff == CONNECT_N:
            return (1,) if self.port.bind(number) else (-1, errno.EBUSY)
        return -1, errno.ENOTTY

    def control(self, argument):
        head = self.peek(argument, 24)
        length = struct.unpack_from("<H", head, 6)[0]
        pointer = struct.unpack_from("<Q", head, 16)[0]
        try:
            data = b"" if head[0] & 0x80 else self.peek(pointer, length)
            answer = self.port.device.control(head[:8], data)
        except Stall:
            return -1, errno.EPIPE
        if not head[0] & 0x80:
            return length,
        self.poke(pointer, answer)
        return len(answer),

    def submit(self, address):
        port, device = self.port, self.port.device
        kind, ep, _, _, buffer, length, *_ = URB.unpack(self.peek(address, 56))
        if kind == 2:
            return self.submit_control(address, buffer, length)
        if kind not in (1, 3):
            return -1, errno.EINVAL
        if device.endpoint(ep) is None:
            return -1, errno.ENOENT
        if not any(ep in [e[0] for e in device.ifs[number][2]] for number in self.claimed):
            return -1, errno.EINVAL
        transfer = Transfer(ep, length, None if ep & 0x80 else self.peek(buffer, length),
                            lambda status, payload: self.finish(address, status, payload))
        self.flying[address] = (transfer, buffer)
        # The ioctl returns before the model may complete the transfer.
        self.host.loop.later(0, lambda: transfer.done or device.submit(transfer))
        return 0,

    def submit_control(self, address, buffer, length):
        data = self.peek(buffer, length)
        setup, body = data[:8], data[8:]
        is_input = setup[0] & 0x80
        try:
            answer = self.port.device.control(setup, b"" if is_input else body)
            status, count = OK, len(answer) if is_input else len(body)
        except Stall:
            answer, status, count = b"", STALL, 0
        self.complete(address, status, count, buffer + 8, answer if is_input else b"")
        return 0,

    def finish(self, address, status, payload):
        transfer, buffer = self.flying.pop(address)
        if transfer.ep & 0x80:
            self.complete(address, status, len(payload), buffer, payload)
        else:
            self.complete(address, status, payload if isinstance(payload, int) else 0, buffer, b"")

    def complete(self, address, status, count, buffer, data):
        self.finished.append((address, ERRNO[status], count, buffer, data))
        if self.reaping is not None:
            argument, self.reaping = self.reaping, None
            self.reap(argument)
            self.done(0)
        self.port.signal()

    def reap_request(self, request, argument):
        if self.finished:
            self.reap(argument)
            return 0,
        if self.port.dead:
            return -1, errno.ENODEV
        if request == REAPURBNDELAY:
            return -1, errno.EAGAIN
        self.reaping = argument
        return None

    def reap(self, argument):
        address, status, count, buffer, data = self.finished.pop(0)
        self.poke(buffer, data)
        self.poke(address + 4, struct.pack("<i", status))
        self.poke(address + 28, struct.pack("<i", count))
        self.poke(argument, struct.pack("<Q", address))
        self.port.signal()


class Port:
    """One plugged device with everything that /sys and /dev have of it."""

    def __init__(self, host, device, place, number, name=None):
        self.host, self.device, self.place, self.number = host, device, place, number
        self.name = name or "1-%d" % place
        root = "/devices/pci0000:00/0000:00:14.0/usb1"
        self.path = root if name else root + "/" + self.name
        self.node = "/dev/bus/usb/001/%03d" % number
        self.clients, self.owners, self.dead = [], {}, False
        self.drivers = dict(device.driver)
        self.bound = {}             # interface -> the nodes of its driver

    def signal(self):
        """POLLOUT on the device file where somebody has something to reap."""
        wanted = any(client.finished for client in self.clients)
        if not self.dead and wanted != self.is_writable:
            termios.tcflow(self.slave, termios.TCOON if wanted else termios.TCOOFF)
            self.is_writable = wanted

    def interface_path(self, number):
        return "%s/%s:1.%d" % (self.path, self.name.replace("usb1", "1-0"), number)

    def unbind(self, number):
        self.drivers.pop(number, None)
        for view in self.host.views:
            link = view + "/sys" + self.interface_path(number) + "/driver"
            if os.path.lexists(link):
                os.unlink(link)
        for node in reversed(self.bound.pop(number, [])):
            node.down()
        self.device.note("driver-detach", bytes([number]))

    def bind(self, number):
        driver = self.device.driver.get(number)
        if not driver or number in self.owners:
            return False
        self.drivers[number] = driver
        for view in self.host.views:
            link = view + "/sys" + self.interface_path(number) + "/driver"
            if not os.path.lexists(link):
                os.symlink("../../../../../../bus/usb/drivers/" + driver, link)
        self.nodes_up(number)
        self.device.note("driver-attach", bytes([number]))
        return True

    def nodes_up(self, number):
        if number in self.drivers:
            self.bound[number] = [node.up() for node in nodes.nodes_for(self, number)]

    def sink(self, ep, data):
        """What a device sends while a kernel's driver is bound goes to the driver's files."""
        for number, (kind, _, endpoints) in enumerate(self.device.ifs):
            if number in self.bound and kind[0] == 3 and any(e[0] == ep for e in endpoints):
                for node in self.bound[number]:
                    node.report(data)
                return True
        return False

    def up(self):
        host, device = self.host, self.device
        device.sink = self.sink
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        termios.tcflow(self.slave, termios.TCOOFF)
        self.is_writable = False
        self.minor = self.number - 1
        host.link_node(self.node, os.ttyname(self.slave), 189, self.minor)
        self.server = host.listen(self.node, self.accept)
        self.describe()
        for view in host.views:
            os.symlink("../../" + self.path.lstrip("/"), view + "/sys/dev/char/189:%d" % self.minor)
        self.interfaces = []
        for number in range(len(device.ifs)):
            self.interfaces.append(self.describe_interface(number))
        host.uevent("add", self.path, "usb", "usb_device", self.uevent)
        for path, text in self.interfaces:
            host.uevent("add", path, "usb", "usb_interface", text)
        for number in range(len(device.ifs)):
            self.nodes_up(number)
        return self

    def describe(self):
        device = self.device
        self.uevent = "".join(line + "\n" for line in [
            "MAJOR=189", "MINOR=%d" % self.minor, "DEVNAME=bus/usb/001/%03d" % self.number,
            "DEVTYPE=usb_device", "DRIVER=usb", "PRODUCT=%x/%x/%x" % (device.vid, device.pid, device.bcd),
            "TYPE=%d/%d/%d" % device.dev_class, "BUSNUM=001", "DEVNUM=%03d" % self.number,
        ] + [mark for mark in device.udev.split(",") if mark])
        attributes = {
            "busnum": 1, "devnum": self.number, "devpath": self.place, "speed": "%g" % device.speed,
            "bConfigurationValue": 1, "bNumConfigurations": 1, "bNumInterfaces": "%2d" % len(device.ifs),
            "idVendor": "%04x" % device.vid, "idProduct": "%04x" % device.pid,
            "bcdDevice": "%04x" % device.bcd, "bDeviceClass": "%02x" % device.dev_class[0],
            "bDeviceSubClass": "%02x" % device.dev_class[1],
            "bDeviceProtocol": "%02x" % device.dev_class[2], "bMaxPacketSize0": device.ep0,
            "bMaxPower": "%dmA" % device.power_ma, "version": " 2.00",
            "maxchild": 16 if device.dev_class[0] == 9 else 0, "authorized": 1, "bmAttributes": "80",
            "dev": "189:%d" % self.minor, "configuration": "", "power/control": "auto",
        }
        for name in ("manufacturer", "product", "serial"):
            if getattr(device, name):
                attributes[name] = getattr(device, name)
        self.host.make(self.path, "usb", attributes, self.uevent, {"descriptors": device.descriptors})

    def describe_interface(self, number):
        device, kind = self.device, self.device.ifs[number][0]
        path, driver = self.interface_path(number), self.device.driver.get(number)
        text = "DEVTYPE=usb_interface\n" + ("DRIVER=%s\n" % driver if driver else "")
        text += "PRODUCT=%x/%x/%x\nINTERFACE=%d/%d/%d\n" % (device.vid, device.pid, device.bcd, *kind[:3])
        self.host.make(path, "usb", {
            "bInterfaceNumber": "%02x" % number, "bAlternateSetting": " 0",
            "bNumEndpoints": "%02x" % len(device.ifs[number][2]), "bInterfaceClass": "%02x" % kind[0],
            "bInterfaceSubClass": "%02x" % kind[1], "bInterfaceProtocol": "%02x" % kind[2],
            "authorized": 1}, text, {})
        if driver:
            for view in self.host.views:
                os.makedirs(view + "/sys/bus/usb/drivers/" + driver, exist_ok=True)
                os.symlink("../../../../../../bus/usb/drivers/" + driver,
                           view + "/sys" + path + "/driver")
        return path, text

    def accept(self):
        connection, _ = self.server.accept()
        self.device.note("open")
        self.clients.append(UsbClient(self.host, self, connection))

    def down(self):
        host = self.host
        self.dead, self.device.sink = True, None
        for bound in self.bound.values():
            for node in bound:
                node.dead = True
        self.device.unplugged()
        for number in list(self.bound):
            for node in reversed(self.bound.pop(number)):
                node.down()
        for client in self.clients:
            if client.reaping is not None:
                client.reaping = None
                client.done(-1, errno.ENODEV)
        host.unlink_node(self.node)         # the path goes first: open(2) finds nothing
        os.close(self.master)               # hangs up: POLLERR and POLLHUP for every client
        for view in host.views:
            for path, _ in self.interfaces:
                os.unlink(view + "/sys/bus/usb/devices/" + os.path.basename(path))
            os.unlink(view + "/sys/bus/usb/devices/" + self.name)
            os.unlink(view + "/sys/dev/char/189:%d" % self.minor)
            shutil.rmtree(view + "/sys" + self.path)
        for path, text in self.interfaces:
            host.uevent("remove", path, "usb", "usb_interface", text)
        host.uevent("remove", self.path, "usb", "usb_device", self.uevent)
        os.close(self.slave)


class RootHub(Usb):
    """libusb 1.0.26 crashes at its end where the hub above a device cannot be opened."""

    vid, pid, bcd, dev_class, speed = 0x1d6b, 0x0002, 0x0601, (9, 0, 1), 480
    manufacturer, product, serial = "Linux sim", "Simulated Host Controller", "0000:00:14.0"
    driver = {0: "hub"}

    def interfaces(self):
        return [((9, 0, 0), b"", [(0x81, 3, 4, 12)])]


class Host:
    """The machine that devices are plugged into, seen through one or more views."""

    def __init__(self, loop, root, views):
        self.loop, self.root, self.used, self.servers, self.acceptors = loop, root, {}, {}, {}
        self.views = [root] + ["%s.%d" % (root, index) for index in range(1, views)]
        for view in self.views:
            shutil.rmtree(view, ignore_errors=True)
            for folder in ("sys/bus/usb/devices", "sys/bus/usb/drivers", "sys/bus/hid/devices", "sys/class",
                           "sys/dev/char", "sys/dev/block", "dev/bus/usb/001", "dev/.node"):
                os.makedirs(view + "/" + folder)
            if view != root:
                os.symlink(root + "/ioctl", view + "/ioctl")
        os.makedirs(root + "/ioctl")
        self.sequence, self.next, self.ports = 1000, 2, {}
        hub = RootHub(loop)
        self.ports[hub] = Port(self, hub, 0, 1, "usb1").up()

    # ---- device files

    def allocate(self, kind):
        taken = self.used.setdefault(kind, set())
        number = next(number for number in range(1000) if number not in taken)
        taken.add(number)
        return number

    def free(self, kind, number):
        self.used[kind].discard(number)

    def link_node(self, node, target, major, minor):
        for view in self.views:
            os.makedirs(os.path.dirname(view + node), exist_ok=True)
            os.symlink(target, view + node)
            link = view + "/dev/.node/" + node[5:].replace("/", "_")
            if os.path.lexists(link):
                os.unlink(link)
            os.symlink("%d:%d" % (major, minor), link)

    def unlink_node(self, node):
        for view in self.views:
            os.unlink(view + node)

    def listen(self, node, accept):
        """Lets `accept` take who opens `node` from now on. The socket itself stays until the rig ends: the
        library ends a program that opened a file, saw its socket, and then finds nobody there, or is hung up
        on before it was accepted. Whoever comes after the device went is answered that it is gone."""
        path = self.root + "/ioctl" + node
        server = self.servers.get(path)
        if server is None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            server = socket.socket(socket.AF_UNIX)
            # Listening before it has the name that programs look for.
            server.bind(path + ".new")
            server.listen(16)
            os.rename(path + ".new", path)
            self.servers[path] = server
            self.loop.add(server, lambda: self.acceptors[path]())
        self.acceptors[path] = accept
        return server

    # ---- /sys

    def make(self, path, subsystem, attributes, uevent, binary, is_bus=True):
        for view in self.views:
            folder = view + "/sys" + path
            os.makedirs(folder, exist_ok=True)
            for name, value in attributes.items():
                os.makedirs(os.path.dirname(folder + "/" + name), exist_ok=True)
                with open(folder + "/" + name, "w") as file:
                    file.write("%s\n" % value)
            for name, value in binary.items():
                with open(folder + "/" + name, "wb") as file:
                    file.write(value)
            with open(folder + "/uevent", "w") as file:
                file.write(uevent)
            depth = len(path.strip("/").split("/"))
            os.symlink("../" * depth + ("bus/" if is_bus else "class/") + subsystem, folder + "/subsystem")
            place = "bus/%s/devices" % subsystem if is_bus else "class/" + subsystem
            os.makedirs(view + "/sys/" + place, exist_ok=True)
            os.symlink("../" * len(place.split("/")) + path.lstrip("/"),
                       view + "/sys/%s/%s" % (place, os.path.basename(path)))

    def unmake(self, path, subsystem, is_bus=True):
        place = "bus/%s/devices" % subsystem if is_bus else "class/" + subsystem
        for view in self.views:
            link = view + "/sys/%s/%s" % (place, os.path.basename(path))
            if os.path.lexists(link):
                os.unlink(link)
            shutil.rmtree(view + "/sys" + path, ignore_errors=True)

    def uevent(self, action, path, subsystem, kind, properties):
        """What udevd tells libudev once its rules have run."""
        self.sequence += 1
        lines = ["ACTION=" + action, "DEVPATH=" + path, "SUBSYSTEM=" + subsystem,
                 "SEQNUM=%d" % self.sequence]
        for line in properties.strip().split("\n"):
            lines.append("DEVNAME=/dev/" + line[8:] if line.startswith("DEVNAME=") else line)
        body = b"".join(line.encode() + b"\0" for line in lines)
        head = b"libudev\0" + struct.pack(">I", 0xfeedcafe) + struct.pack("<III", 40, 40, len(body))
        head += struct.pack(">II", murmur(subsystem), murmur(kind) if kind else 0) + bytes(8)
        for view in self.views:
            for path in glob.glob(view + "/event[0-9]*"):
                with socket.socket(socket.AF_UNIX, socket.SOCK_RAW) as sender:
                    try:
                        sender.connect(path)
                        sender.send(head + body)
                    except OSError:
                        # Whoever listened there has ended.
                        if os.path.exists(path):
                            os.unlink(path)

    # ---- plugging

    def attach(self, device):
        taken = [port.place for port in self.ports.values()]
        place = device.port or next(number for number in range(1, 128) if number not in taken)
        if place in taken:
            raise ValueError("port %d is taken" % place)
        port = Port(self, device, place, self.next)
        self.next = self.next + 1 if self.next < 126 else 2
        self.ports[device] = port
        port.up()
        return port.node

    def detach(self, device):
        self.ports.pop(device).down()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["serve"])
    parser.add_argument("--dir", required=True)
    parser.add_argument("--ctl", required=True)
    parser.add_argument("--views", type=int, default=1)
    arguments = parser.parse_args()
    loop = Loop()
    host = Host(loop, arguments.dir, arguments.views)
    Bench(loop, host, models.MODELS | ccid.MODELS).listen(arguments.ctl)
    # The rig ends with whoever started it: its standard input closes then.
    loop.add(sys.stdin, lambda: setattr(loop, "stop", not sys.stdin.buffer.read1(1)))
    try:
        print("READY " + " ".join(host.views), flush=True)
        loop.run()
    finally:
        for view in host.views:
            shutil.rmtree(view, ignore_errors=True)


if __name__ == "__main__":
    main()
