"""The keys of a spec that only databases have."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lake_ingest.errors import FatalError
from lake_ingest.spec.ingestion import Ingestion


@dataclass(frozen=True)
class Options:
    """What an ingestion says to a database.

    Attributes:
        cursor_timezone: the zone whose clock a cursor without a zone shows; other cursors have none.
        cursor_unit: what a cursor of whole numbers counts since 1970.
    """

    cursor_timezone: str | None = None
    cursor_unit: str | None = None


def options_of(ingestion: Ingestion, title: str) -> Options:
    """Read and check what an ingestion says to the database of a title.

    Raises:
        FatalError: a key is not a database's, or asks for what it does not have. The compiler has refused it before, so this
            points at a compiled file that was edited by hand.
    """
    unknown = ingestion.options.keys() - Options.__dataclass_fields__
    if unknown:
        raise FatalError(f"{ingestion.dataset}: unknown key {sorted(unknown)}; render it again")
    options = Options(**{key: value for key, value in ingestion.options.items() if value is not None})
    if ingestion.include_deleted:
        raise FatalError(
            f"{ingestion.dataset}: {title} keeps no deleted rows; leave include_deleted out, and see compare_ids"
        )
    return options


def cursor_zone(ingestion: Ingestion, options: Options, cursor: str) -> ZoneInfo:
    """The zone of a cursor without one.

    Raises:
        FatalError: the spec states none.
    """
    if options.cursor_timezone is None:
        raise FatalError(
            f"cursor {cursor} of {ingestion.object} is a timestamp without a time zone, and the spec does not say whose clock it shows;"
            " write cursor_timezone, such as UTC or Europe/Berlin"
        )
    try:
        return ZoneInfo(options.cursor_timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise FatalError(
            f"{ingestion.dataset}: '{options.cursor_timezone}' is not a time zone; write one such as Europe/Berlin"
        ) from None
