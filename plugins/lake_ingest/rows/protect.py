"""Field protection, applied before a byte leaves the process."""

import hmac
from collections.abc import Callable, Sequence

import pyarrow as pa

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.rows.typed import text_of

MASK = "****"


def protect(batch: pa.RecordBatch, columns: Sequence[Column], key: bytes | None) -> pa.RecordBatch:
    """Replace the values of protected columns; nulls stay null.

    `hash` gives the lower-case hex HMAC-SHA-256 of the canonical text (RFC 2104), so that equal values stay joinable
    within the unit that holds the key; `mask` gives the same four stars for every value.

    Raises:
        FatalError: a column is to be hashed and there is no key.
    """
    if not any(column.protect for column in columns):
        return batch
    arrays = [_protected(array, column, key) for array, column in zip(batch.columns, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _protected(array: pa.Array, column: Column, key: bytes | None) -> pa.Array:
    if column.protect is None:
        return array
    replace = _masked if column.protect == "mask" else _hashed(column, key)
    return text_array(None if text is None else replace(text) for text in text_of(array, column).to_pylist())


def _masked(_: str) -> str:
    return MASK


def _hashed(column: Column, key: bytes | None) -> Callable[[str], str]:
    if not key:
        raise FatalError(
            f"field {column.name} is to be hashed, but the key is empty; set the password of the unit's protect_key"
        )
    return lambda text: hmac.digest(key, text.encode(), "sha256").hex()
