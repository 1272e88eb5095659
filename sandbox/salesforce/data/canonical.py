"""Values between their canonical text and the columns that hold them."""

import base64
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sandbox.salesforce.schema.model import DECIMAL_TYPES, INTEGER_TYPES, TEXT_TYPES, Field


def convert(field: Field, value: Any) -> Any:
    """A canonical value (text, number, boolean, None) as the column holds it; an empty text is a null.

    Raises:
        ValueError: the field cannot hold it.
    """
    if value is None or (value == "" and field.type != "base64"):
        return None
    try:
        return _converted(field, value)
    except (ValueError, ArithmeticError, TypeError) as problem:
        raise ValueError(f"{field.name} ({field.type}) cannot hold {value!r}") from problem


def _converted(field: Field, value: Any) -> Any:
    if field.type in DECIMAL_TYPES:
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.scale))
    if field.type in INTEGER_TYPES:
        return int(value)
    if field.type == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}[str(value).lower()]
    if field.type == "date":
        return date.fromisoformat(str(value))
    if field.type == "datetime":
        moment = datetime.fromisoformat(str(value))
        zone = moment.utcoffset() or timedelta()
        return moment.replace(microsecond=0, tzinfo=None) - zone
    if field.type == "time":
        return time.fromisoformat(str(value).removesuffix("Z"))
    if field.type == "base64":
        return base64.b64decode(str(value), validate=True)
    text = str(value)
    if field.type in TEXT_TYPES and field.length and len(text) > field.length:
        raise ValueError(f"longer than {field.length} characters")
    return text


def rest_instant(moment: datetime) -> str:
    """An instant as REST writes it: `2026-01-31T08:00:00.000+0000`; UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
