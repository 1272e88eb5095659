"""A web server on the loopback interface that answers requests by one function, whatever their method."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Path and body of a request to status, media type and body of the answer.
Answer = Callable[[str, bytes], tuple[int, str, bytes]]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Serve until the block ends; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, content = answer(
                self.path, self.rfile.read(int(self.headers.get("Content-Length", 0)))
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PATCH = do_POST  # noqa: N815  # the names that http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
