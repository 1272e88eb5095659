"""Salesforce's ids: 15 characters that differ by case, and 3 more that keep the case where case is lost.

The three characters are described in Salesforce's help, "15-character and 18-character IDs".
"""

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.text_array import text_array

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
LENGTH = 18


def lengthen(text: str) -> str:
    """The 18-character form of an id.

    Raises:
        ValueError: it has neither 15 characters nor 18.
    """
    if len(text) == LENGTH:
        return text
    if len(text) != 15:
        raise ValueError(
            f"'{text[:40]}' is not an id of Salesforce: it has {len(text)} characters, not 15 or 18"
        )
    return text + "".join(_check(text[start : start + 5]) for start in (0, 5, 10))


def _check(five: str) -> str:
    return _CHECK[sum(1 << place for place, letter in enumerate(five) if "A" <= letter <= "Z")]


def lengthened(ids: pa.Array) -> pa.Array:
    """Ids in their 18-character form.

    Raises:
        FatalError: there is something among them that is not an id.
    """
    ids = ids.cast(pa.string())
    if ids.null_count == 0 and pc.all(pc.equal(pc.binary_length(ids), LENGTH), min_count=0).as_py():
        return ids
    try:
        return text_array(lengthen(text or "") for text in ids.to_pylist())
    except ValueError as error:
        raise FatalError(f"ids cannot be compared: {error}") from None
