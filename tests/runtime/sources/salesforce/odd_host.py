"""A host, reached as a proxy, that answers logins and is odd at one stage of everything else: silent, slow, or refusing."""

import contextlib
import json
import socket
import ssl
import threading
import time
from pathlib import Path

import trustme

TOKEN = json.dumps({"access_token": "token", "instance_url": "https://acme.my.salesforce.com"}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class OddHost:
    """Threads behind one port; `stage` says where it is odd: proxy, tls, head or body.

    Args:
        stage: where.
        drip: whether it sends a byte now and then instead of nothing.
        odd_login: whether the login is odd as well.
    """

    def __init__(self, folder: Path, stage: str, *, drip: bool = False, odd_login: bool = True) -> None:
        authority = trustme.CA()
        self.bundle = str(folder / "bundle.pem")
        authority.cert_pem.write_to_path(self.bundle)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("*.salesforce.com", "*.my.salesforce.com").configure_cert(self._context)
        self._stage, self._drip, self._odd_login = stage, drip, odd_login
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.lines = 0
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> "OddHost":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self._over.is_set():
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.lines += 1
            self._start(self._serve, line)

    def _serve(self, line):
        with contextlib.suppress(OSError, ssl.SSLError), line:
            line.settimeout(5)
            if self._stage == "proxy":
                return self._be_odd(line, b"HTTP/1.1 200 Connection established\r\nX-Slow: ")
            if self._stage.isdigit():
                line.recv(65536)
                return line.sendall(
                    b"HTTP/1.1 %s Because\r\nConnection: close\r\n\r\n" % self._stage.encode()
                )
            line.recv(65536)
            line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if self._stage == "tls":
                return self._be_odd(line, b"")
            with self._context.wrap_socket(line, server_side=True) as secured:
                return self._answer(secured)

    def _answer(self, line):
        while not self._over.is_set():
            asked = line.recv(65536)
            if not asked:
                return
            login = b"/services/oauth2/token" in asked or b"/services/Soap" in asked
            if login and not self._odd_login:
                while not asked.rstrip().endswith(b"client_credentials"):
                    asked += line.recv(65536)
                line.sendall(HEAD % len(TOKEN) + TOKEN)
                continue
            whole = HEAD % 100_000
            start = whole + b"[" if self._stage == "body" else whole[: len(whole) - 4] + b"\r\nX-Slow: "
            self._be_odd(line, start if self._drip or self._stage == "body" else b"")
            return

    def _be_odd(self, line, start):
        if self._drip or self._stage == "body":
            line.sendall(start)
        while not self._over.wait(0.05):
            if self._drip:
                line.sendall(b" ")
            time.sleep(0)
