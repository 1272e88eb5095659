"""A WSGI application over HTTP at a free port of 127.0.0.1, for as long as a block runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


@contextmanager
def serving(application: Any, handler: type[WSGIRequestHandler]) -> Iterator[str]:
    """Serve in a thread, and each request in one of its own; gives the address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=handler)
    # What is served for one statement ends soon after it, and not at its next look half a second later.
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
