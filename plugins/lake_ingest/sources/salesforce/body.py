"""The bytes of base64 fields: bodies of attachments, versions of documents, event log files.

A query gives their address in the place of a value, `/services/data/v64.0/sobjects/Attachment/00P…/Body`, and one call of it the bytes.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_blob_retrieve.htm
"""

import gzip
import re
import shutil
import zlib
from tempfile import TemporaryFile
from typing import IO

from lake_ingest.errors import FatalError, IngestionError, RetriableError, StartOverError
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.refusals import RefusedError

_ADDRESS = re.compile(r"/services/data/v[0-9.]+/sobjects/(\w+)/([A-Za-z0-9]{15,18})/(\w+)")
_GONE = ("NOT_FOUND", "ENTITY_IS_DELETED")


def read_body(client: Client, address: str, file: IO[bytes]) -> str:
    """Write the bytes into the file; gives the id of the record.

    A body that breaks off is asked for again from its start, as any request is.

    Raises:
        FatalError: the value is not an address, or the user may not read the file.
        StartOverError: the record was deleted since it was read.
        RetriableError: the org failed.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise FatalError("Salesforce sent no address in the place of a file: its value has another form")
    name, row_id, field = match.groups()
    doing = f"read {field} of {name} {row_id}"
    try:
        response = client.request(
            "GET", address, doing, headers={"Accept-Encoding": "identity"}, body_to=file
        )
    except IngestionError as error:
        raise _explained(error, doing) from None
    if response.headers.get("Content-Encoding", "") == "gzip":
        _inflate(file, doing)
    return row_id


def _explained(error: IngestionError, doing: str) -> IngestionError:
    """A record that is not there was there a moment ago: the batch has to be read again, without it."""
    gone = isinstance(error, RefusedError) and error.code in _GONE
    return StartOverError(f"could not {doing}: the record was deleted since it was listed") if gone else error


def _inflate(file: IO[bytes], doing: str) -> None:
    """Put the bytes into the place of their compressed form, which was not asked for.

    Raises:
        RetriableError: they came cut.
    """
    with TemporaryFile() as packed:
        file.seek(0)
        shutil.copyfileobj(file, packed)
        packed.seek(0)
        file.seek(0)
        file.truncate()
        try:
            shutil.copyfileobj(gzip.GzipFile(fileobj=packed), file)
        except (EOFError, OSError, zlib.error):
            raise RetriableError(f"Salesforce's answer to '{doing}' came cut") from None
