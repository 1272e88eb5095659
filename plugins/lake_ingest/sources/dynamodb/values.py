"""One text for every value of an item, exact to its last digit.

A value comes as DynamoDB writes it, `{"N": "1.5"}`: from an export with binary as base64, from a scan as bytes.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
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
        "{"
        + ",".join(f"{encode_basestring(name)}:{json_text(attributes[name])}" for name in sorted(attributes))
        + "}"
    )


Texts = list[str | None]


def column_texts(values: Iterable[Value | None], kind: str) -> Texts:
    """The text of each value of a declared kind; None for no value, and for NULL but where the kind is json.

    Raises:
        OtherTypeError: a value is of another type.
    """
    if kind == "json":
        return [None if value is None else json_text(value) for value in values]
    wanted, convert = _CONVERTERS[kind]
    return [None if value is None else _inner(value, wanted, convert) for value in values]


def _inner(value: Value, wanted: str, convert: Callable[[Any], str] | None) -> str | None:
    if wanted in value:
        return value[wanted] if convert is None else convert(value[wanted])
    if "NULL" in value:
        return None
    raise OtherTypeError(next(iter(value), "nothing"))


def date_text(text: str) -> str:
    """A date in its one form.

    Raises:
        OtherTypeError: it is none.
    """
    if len(text) != 10:
        raise OtherTypeError("S of another form")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise OtherTypeError("S of another form") from None


def datetime_text(text: str) -> str:
    """An instant in UTC, with six digits of a second.

    Raises:
        OtherTypeError: it is none, or it is finer.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None or _FINER.search(text):
            raise OtherTypeError("S without a zone, or finer than a microsecond")
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except (ValueError, OverflowError) as error:
        raise error if isinstance(error, OtherTypeError) else OtherTypeError("S of another form") from None


def _base64(value: str | bytes) -> str:
    return value if isinstance(value, str) else base64.b64encode(value).decode()


def _array(texts: list[str]) -> str:
    return f"[{','.join(texts)}]"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "S": encode_basestring,
    "N": number_text,
    "BOOL": _boolean,
    "NULL": lambda _: "null",
    "B": lambda value: encode_basestring(_base64(value)),
    "SS": lambda texts: _array([encode_basestring(text) for text in sorted(texts)]),
    "NS": lambda texts: _array([number_text(text) for text in sorted(texts, key=Decimal)]),
    "BS": lambda values: _array([encode_basestring(text) for text in sorted(map(_base64, values))]),
    "L": lambda values: _array([json_text(value) for value in values]),
    "M": object_text,
}
# Of each kind, the type that DynamoDB gives it, and what makes a text of it where it is none. Dates are read by the column.
_CONVERTERS: Mapping[str, tuple[str, Callable[[Any], str] | None]] = {
    "text": ("S", None),
    "integer": ("N", number_text),
    "number": ("N", number_text),
    "boolean": ("BOOL", _boolean),
    "date": ("S", None),
    "datetime": ("S", None),
    "binary": ("B", _base64),
}
