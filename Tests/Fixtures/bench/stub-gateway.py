#!/usr/bin/env python3
"""A gateway as far as a crash drill can see: hello, import, points.accrue, operation.status,
member.lookup, over JSON lines, with its ledger in one file of lines.

STUB_FAULT makes it a bad one: `loses` answers before the row is written, `doubles` forgets which
operations it knows when it starts.
"""
import json, os, re, selectors, socket, sys

fault = os.environ.get("STUB_FAULT", "")


def option(name):
    return sys.argv[sys.argv.index(name) + 1]


class Gateway:
    def __init__(self, folder):
        self.file = open(os.path.join(folder, "ledger.jsonl"), "ab+", buffering=0)
        self.file.seek(0)
        self.points, self.done, self.sequence, self.unwritten = {}, {}, 0, []
        for line in self.file.read().split(b"\n"):
            try:
                self.apply(json.loads(line))
            except ValueError:
                pass  # The line that the kill cut off; nobody was told of it.
        self.file.write(b"\n")
        if fault == "doubles":
            self.done = {}
        self.printer = None
        try:
            text = open(option("--config")).read()
            port = re.search(r'address = "127.0.0.1:(\d+)"', text)
            self.printer = port and socket.create_connection(("127.0.0.1", int(port[1])))
        except ValueError:
            pass

    def apply(self, row):
        if "member" in row:
            self.points[row["member"]] = row["points"]
            return
        self.sequence += 1
        self.points[row["to"]] += row["earned"]
        self.done[row["op"]] = {"earned": row["earned"], "sequence": self.sequence}

    def write(self, row):
        self.unwritten.append(json.dumps(row).encode() + b"\n")
        if fault != "loses" or len(self.unwritten) >= 100:
            self.file.write(b"".join(self.unwritten))
            self.unwritten = []

    def answer(self, method, params):
        if method == "points.accrue":
            known = self.done.get(params["operationId"])
            if known:
                return dict(known, durable="local", replay=True)
            earned = params["amountMinor"] // 100
            row = {"op": params["operationId"], "to": params["memberId"], "earned": earned}
            self.apply(row)
            self.write(row)
            if params["print"] and self.printer:
                slip = b"\x1b@ a slip with a receipt number " + params["receiptNo"].encode()
                self.printer.sendall(slip + b"\n\x1dr\x01\x1dV\x00")
            return dict(self.done[params["operationId"]], durable="local", replay=False)
        if method == "operation.status":
            known = self.done.get(params["operationId"])
            return known and {"state": "committed", "result": dict(known, replay=True)}
        if method == "member.lookup":
            return {"points": {"available": self.points[params["memberId"]]}}
        if method == "member.importChunk":
            for row in params["rows"]:
                fields = row["fields"]
                entry = {"member": fields["memberId"], "points": int(fields["points"])}
                self.apply(entry)
                self.file.write(json.dumps(entry).encode() + b"\n")
            return {"problems": []}
        return {"importId": "1", "serverVersion": "stub"}

    def reply(self, line):
        request = json.loads(line)
        result = self.answer(request["method"], request["params"])
        body = {"result": result} if result else {"error": {"code": -32000, "message": "unknown"}}
        return json.dumps({"jsonrpc": "2.0", "id": request["id"], **body}).encode() + b"\n"


def serve():
    gateway = Gateway(option("--data"))
    path = option("--socket")
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    chooser = selectors.DefaultSelector()
    chooser.register(listener, selectors.EVENT_READ)
    rest = {}
    print("ready socket=" + path, flush=True)
    while True:
        for key, _ in chooser.select():
            if key.fileobj is listener:
                client, _ = listener.accept()
                rest[client] = b""
                chooser.register(client, selectors.EVENT_READ)
                continue
            data = key.fileobj.recv(65536)
            if not data:
                chooser.unregister(key.fileobj)
                key.fileobj.close()
                continue
            *lines, rest[key.fileobj] = (rest[key.fileobj] + data).split(b"\n")
            key.fileobj.sendall(b"".join(gateway.reply(line) for line in lines))


if sys.argv[1] == "serve":
    serve()
elif sys.argv[1] == "verify":
    sys.exit(0 if os.path.exists(os.path.join(option("--data"), "ledger.jsonl")) else 2)
