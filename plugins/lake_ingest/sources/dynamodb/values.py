"""One text for every value of an item, exact to its last digit.

A value comes as DynamoDB writes it, `{"N": "1.5"}`: from an export with binary as base64, from a scan as bytes.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Value = Mapping[str, Any]
_PLAIN = re.compile(r"-?[1-9]\d*(\.\d*[1-9])?|0|-?0\.\d*[1-9]")
_FINER = re.compile(r"\.\d{6}\d*[1-9]")  # than a microsecond


class OtherTypeError(ValueError):
    """A value is not of the type that the spec declares; its own type is the text."""


def number_text(text: str) -> str:
    """All digits of a number, without an exponent or zeros that say nothing: `1.50E+2` is `150`."""
    if _PLAIN.fullmatch(text):
        return text
    plain = f"{Decimal(text):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def json_text(value: Value) -> str:
    """A value as JSON: numbers with all their digits, binary as base64, a set as an array in order, the keys of a map in order.

    Raises:
        OtherTypeError: DynamoDB has no such type.
    """
    ((kind, inner),) = value.items()
    write = _WRITERS.get(kind)
    if write is None:
        raise OtherTypeError(kind)
    return write(inner)


def object_text(attributes: Mapping[str, Value]) -> str:
    """Attributes as one JSON object, in the order of their names."""
    return (
        "{" + ",".join(f"{_quoted(name)}:{json_text(attributes[name])}" for name in sorted(attributes)) + "}"
    )


def reader(kind: str) -> Callable[[Value], str | None]:
    """What reads a value of a declared kind into its text; NULL gives None, but for json.

    Raises (the function): OtherTypeError: the value is of another type.
    """
    return _READERS[kind]


def _of_type(wanted: str, convert: Callable[[Any], str]) -> Callable[[Value], str | None]:
    def read(value: Value) -> str | None:
        ((kind, inner),) = value.items()
        if kind == wanted:
            return convert(inner)
        if kind == "NULL":
            return None
        raise OtherTypeError(kind)

    return read


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _base64(value: str | bytes) -> str:
    return value if isinstance(value, str) else base64.b64encode(value).decode()


def _array(texts: list[str]) -> str:
    return f"[{','.join(texts)}]"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _date(text: str) -> str:
    if len(text) != 10:
        raise OtherTypeError("S of another form")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise OtherTypeError("S of another form") from None


def _datetime(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or _FINER.search(text):
            raise OtherTypeError("S without a zone, or finer than a microsecond")
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, OtherTypeError) else OtherTypeError("S of another form") from None


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "S": _quoted,
    "N": number_text,
    "BOOL": _boolean,
    "NULL": lambda _: "null",
    "B": lambda value: _quoted(_base64(value)),
    "SS": lambda texts: _array([_quoted(text) for text in sorted(texts)]),
    "NS": lambda texts: _array([number_text(text) for text in sorted(texts, key=Decimal)]),
    "BS": lambda values: _array([_quoted(text) for text in sorted(map(_base64, values))]),
    "L": lambda values: _array([json_text(value) for value in values]),
    "M": object_text,
}
_READERS: Mapping[str, Callable[[Value], str | None]] = {
    "text": _of_type("S", str),
    "integer": _of_type("N", number_text),
    "number": _of_type("N", number_text),
    "boolean": _of_type("BOOL", _boolean),
    "date": _of_type("S", _date),
    "datetime": _of_type("S", _datetime),
    "binary": _of_type("B", _base64),
    "json": json_text,
}
