"""The text of a row's key, by which rows of two sides are compared.

A key of one column is its canonical text; one of several is their JSON array, in the order of the key, so that no two keys
have the same text.
"""

import json
from collections.abc import Sequence

import pyarrow as pa

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.rows.typed import text_of


def key_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of the table's key, in its order."""
    return tuple(
        sorted((column for column in columns if column.key is not None), key=lambda column: column.key or 0)
    )


def key_text(batch: pa.RecordBatch, columns: Sequence[Column]) -> pa.Array:
    """One text a row.

    Args:
        batch: columns of the key, in its order, typed or text.
        columns: the same columns.

    Raises:
        FatalError: a part of a key is null.
    """
    texts = [text_of(array, column) for array, column in zip(batch.columns, columns, strict=True)]
    for text, column in zip(texts, columns, strict=True):
        if text.null_count:
            raise FatalError(f"rows cannot be compared: a value of the key's column {column.name} is null")
    if len(texts) == 1:
        return texts[0]
    parts = zip(*(text.to_pylist() for text in texts), strict=True)
    return text_array(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in parts)
