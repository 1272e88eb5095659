"""Arrow arrays and scalars made of Python texts.

`pyarrow.array` and `pyarrow.scalar`, also where a compute function calls them for a Python argument, import pandas wherever it
is installed, to see whether they were given one of its values: a quarter of a second and 50 MB for a task that needs none of
it. Arrow's builder does not.
"""

from collections.abc import Iterable

import pyarrow as pa
from pyarrow.lib import StringBuilder


def text_array(texts: Iterable[str | bytes | None]) -> pa.Array:
    """A text column; None is null. Bytes are taken as UTF-8, and not looked at."""
    builder = StringBuilder()
    builder.append_values(texts)
    return builder.finish()


def text_scalar(text: str) -> pa.Scalar:
    """One text, as an argument of a compute function."""
    return text_array([text])[0]
