"""Glue as an Iceberg REST catalogue, as much of it as DuckDB asks: it writes to a table through such a catalogue only.

What is read, checked and committed is pyiceberg's: https://iceberg.apache.org/rest-catalog-spec/.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from pyiceberg.table import CommitTableRequest
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from sandbox.loopback import serving

Answer = tuple[int, Any]


class RestCatalog:
    """A WSGI application over a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        """Serve this one."""
        self._catalog = catalog

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        path = [part for part in request.path.split("/") if part]
        try:
            status, answer = self._answer(request.method, path[1:], request.get_data())
        except CommitFailedException as error:
            status, answer = _refused(409, "CommitFailedException", error)
        except NoSuchTableError as error:
            status, answer = _refused(404, "NoSuchTableException", error)
        text = b"" if answer is None else json.dumps(answer)
        return Response(text, status, content_type="application/json")(environ, start)

    def _answer(self, method: str, path: list[str], body: bytes) -> Answer:
        catalog = self._catalog
        match method, path:
            case "GET", ["config"]:
                return 200, {"defaults": {}, "overrides": {}}
            case "GET", ["namespaces"]:
                return 200, {"namespaces": [list(name) for name in catalog.list_namespaces()]}
            case "GET", ["namespaces", space]:
                return 200, {"namespace": [space], "properties": {}}
            case "HEAD", ["namespaces", _]:
                return 204, None
            case "GET", ["namespaces", space, "tables"]:
                names = [{"namespace": [space], "name": name[-1]} for name in catalog.list_tables(space)]
                return 200, {"identifiers": names}
            case "GET", ["namespaces", space, "tables", name]:
                return 200, _described(catalog.load_table((space, name)))
            case "HEAD", ["namespaces", space, "tables", name]:
                catalog.load_table((space, name))
                return 204, None
            case "POST", ["namespaces", space, "tables", name]:
                return 200, self._commit(space, name, json.loads(body))
            case "POST", ["transactions", "commit"]:
                [change] = json.loads(body)["table-changes"]
                self._commit(change["identifier"]["namespace"][0], change["identifier"]["name"], change)
                return 204, None
        return _refused(501, "UnsupportedOperationException", f"{method} {'/'.join(path)}")

    def _commit(self, space: str, name: str, change: dict[str, Any]) -> dict[str, Any]:
        identifier = {"namespace": [space], "name": name}
        asked = CommitTableRequest.model_validate({**change, "identifier": identifier})
        table = self._catalog.load_table((space, name))
        return _described(self._catalog.commit_table(table, asked.requirements, asked.updates))


@contextmanager
def served(catalog: Catalog) -> Iterator[str]:
    """A catalogue at a port of loopback; gives its URL."""
    with serving(RestCatalog(catalog), _Silent) as url:
        yield url


def _described(table: Any) -> dict[str, Any]:
    """A table, or the answer to a commit, as the REST API gives it."""
    metadata = json.loads(table.metadata.model_dump_json())
    return {"metadata-location": table.metadata_location, "metadata": metadata, "config": {}}


def _refused(status: int, kind: str, error: object) -> Answer:
    return status, {"error": {"message": str(error), "type": kind, "code": status}}


class _Silent(WSGIRequestHandler):
    """Nobody reads a line for each request."""

    def log(self, *_: Any) -> None:
        """Say nothing."""
