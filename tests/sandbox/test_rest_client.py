"""What the sandbox's client of Airflow does when a web server drops a connection."""

import socket
import struct
import threading

import pytest
import requests

from sandbox.airflow.rest_client import RestClient

_BODY = b'{"scheduler": {"status": "healthy"}}'
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(_BODY), _BODY)
_RESET = struct.pack("ii", 1, 0)  # closing sends a reset instead of waiting for what was sent


def dropping(listener: socket.socket, times: int) -> None:
    """Reset so many connections after their request, then answer one."""
    for number in range(times + 1):
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            if number < times:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            else:
                connection.sendall(_ANSWER)


@pytest.mark.parametrize("times", [1, 2])
def test_a_question_is_asked_again_on_a_dropped_connection(times):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=dropping, args=(listener, times), daemon=True).start()
        client = RestClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "admin", "admin")
        assert client.health() == {"scheduler": "healthy"}


def test_an_order_is_given_once():
    """A run that was started twice would land its data twice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=dropping, args=(listener, 1), daemon=True).start()
        client = RestClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "admin", "admin")
        with pytest.raises(requests.ConnectionError):
            client.create_pool("salesforce", slots=1)
