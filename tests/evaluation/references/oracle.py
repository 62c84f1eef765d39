"""pyright's language server as the oracle: what it says that a name refers to.

Answers are kept in a JSON file per project, so that a rerun asks only what is new. A file is opened before it is asked
about; the server indexes the tree when it is asked first, which is why the first answer may take minutes.
"""
import json, os, queue, subprocess, threading, time, urllib.parse


class Server:
    """One `pyright-langserver` on one folder, by JSON-RPC over its standard streams."""

    def __init__(self, langserver, root, memory=8192):
        self.root = os.path.realpath(root)
        self.process = subprocess.Popen(
            ["node", f"--max-old-space-size={memory}", langserver, "--stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.sent, self.open, self.answers, self.log = 0, set(), queue.Queue(), []
        threading.Thread(target=self._read, daemon=True).start()
        uri = self.uri("")
        self.request("initialize", {
            "processId": os.getpid(), "rootUri": uri, "workspaceFolders": [{"uri": uri, "name": "sources"}],
            "capabilities": {"workspace": {"configuration": True, "workspaceFolders": True}}}, 120)
        self.notify("initialized", {})
        self.wait_for("source file", 300)

    def wait_for(self, text, seconds):
        """The server answers before it knows its files, and then wrongly; it says when it does."""
        end = time.monotonic() + seconds
        while not any(text in line for line in self.log):
            if time.monotonic() > end:
                raise TimeoutError(f"no `{text}` in the log of the language server")
            time.sleep(0.1)

    def uri(self, path):
        return "file://" + urllib.parse.quote(os.path.join(self.root, path).rstrip("/"))

    def path(self, uri):
        return os.path.relpath(urllib.parse.unquote(urllib.parse.urlparse(uri).path), self.root)

    def _read(self):
        stream = self.process.stdout
        while True:
            length = None
            while (line := stream.readline().strip()):
                name, _, value = line.decode().partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            if length is None:
                return self.answers.put(None)
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                self._serve(message)
            elif message.get("method") == "window/logMessage":
                self.log.append(message["params"]["message"])
            elif "id" in message:
                self.answers.put(message)

    def _serve(self, message):
        result = None
        if message["method"] == "workspace/configuration":
            # Nothing is checked that was not asked for; the folder's pyrightconfig.json says the rest.
            own = {"diagnosticMode": "openFilesOnly", "indexing": False, "autoSearchPaths": True}
            result = [own if it.get("section", "").endswith("analysis") else {"analysis": own}
                      for it in message["params"]["items"]]
        self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _send(self, message):
        body = json.dumps(message).encode()
        self.process.stdin.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method, params, timeout):
        """The result; `TimeoutError` when the server does not answer in time, `EOFError` when it died."""
        self.sent += 1
        number = self.sent
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        end = time.monotonic() + timeout
        while True:
            try:
                message = self.answers.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                self.notify("$/cancelRequest", {"id": number})
                raise TimeoutError(method) from None
            if message is None:
                raise EOFError("the language server ended")
            if message["id"] == number:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]

    def at(self, path, line, column):
        """Opens a file and gives the request's parameters; lines and columns are 1-based, columns in characters."""
        if path not in self.open:
            text = open(os.path.join(self.root, path), encoding="utf-8").read()
            self.notify("textDocument/didOpen", {"textDocument": {
                "uri": self.uri(path), "languageId": "python", "version": 1, "text": text}})
            self.open.add(path)
        return {"textDocument": {"uri": self.uri(path)}, "position": {"line": line - 1, "character": column - 1}}

    def close(self, path):
        if path in self.open:
            self.open.remove(path)
            self.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(path)}})

    def references(self, path, line, column, timeout):
        params = self.at(path, line, column) | {"context": {"includeDeclaration": True}}
        found = self.request("textDocument/references", params, timeout) or []
        self.close(path)
        return sorted({self.place(it["uri"], it["range"]) for it in found})

    def definition(self, path, line, column, timeout):
        found = self.request("textDocument/definition", self.at(path, line, column), timeout) or []
        self.close(path)
        found = found if isinstance(found, list) else [found]
        return sorted({self.place(it.get("targetUri") or it["uri"],
                                  it.get("targetSelectionRange") or it["range"]) for it in found})

    def place(self, uri, range):
        return (self.path(uri), range["start"]["line"] + 1, range["start"]["character"] + 1)

    def stop(self):
        self.process.kill()
        self.process.wait()


class Oracle:
    """Answers of one server about one tree, remembered in a file."""

    def __init__(self, langserver, root, store, timeout, say):
        self.langserver, self.root, self.store, self.timeout, self.say = langserver, root, store, timeout, say
        self.server = None
        self.known = json.load(open(store)) if os.path.exists(store) else {}

    def ask(self, kind, place):
        """`references` or `definition` at a place; `None` where the server gave no answer in time."""
        key = f"{kind} {place[0]}:{place[1]}:{place[2]}"
        if key in self.known:
            found = self.known[key]
            return None if found is None else [tuple(it) for it in found]
        begin = time.monotonic()
        try:
            if self.server is None:
                self.server = Server(self.langserver, self.root)
            found = getattr(self.server, kind)(*place, self.timeout)
        except (TimeoutError, EOFError, RuntimeError, BrokenPipeError) as error:
            self.say(f"  no answer: {key}: {error!r}")
            found = None
            if self.server and not isinstance(error, RuntimeError):
                self.server.stop()
                self.server = None
        self.known[key] = found
        seconds = time.monotonic() - begin
        if seconds > 20:
            self.say(f"  {key}: {seconds:.0f} s, {len(found or [])} places")
        if len(self.known) % 25 == 0:
            self.save()
        return found

    def save(self):
        with open(self.store + ".part", "w") as out:
            json.dump(self.known, out, indent=0, sort_keys=True)
        os.replace(self.store + ".part", self.store)

    def stop(self):
        self.save()
        if self.server:
            self.server.stop()
