"""Where objects lie in S3.

    <prefix>/dt=<logical date>/<object>_from_<start>_to_<end>.<content hash>.<extension>
    <prefix>/dt=<logical date>/<column>=<value>/<object>_from_…       with partition_by
    <prefix>/dt=<logical date>/<file name>                            with file_name
    <prefix>/dt=<logical date>/_bodies/<column>/<id>.<content hash>   files that rows refer to
    <prefix>/dt=<logical date>/_manifest.json
    <prefix>/_staging/<run>/…
    <prefix>_deleted/dt=<logical date>/<object>_deleted.<content hash>.<extension>
    <prefix>_deleted/_known/<logical date>.<content hash>.parquet
    <prefix>_deleted/_source/<logical date>.<content hash>.parquet
    <prefix>_table/metadata/…
    <prefix>_current/…
    <prefix>_gone/…
    <prefix>_keys/metadata/…

Keys hold no `:` and no `+`, which many readers mistreat; instants are `YYYYMMDDTHHMMSSZ`, UTC, and the dates of a cursor that
holds dates `YYYYMMDD`.
"""

import hashlib
import re
from datetime import UTC, datetime

from lake_ingest.spec.interval import KEY_FORMAT, Bounds

MANIFEST_NAME = "_manifest.json"
EXTENSIONS = {"csv": "csv", "json": "json", "ndjson": "ndjson", "parquet": "parquet"}
COMPRESSION_SUFFIX = {"gzip": ".gz", "zstd": ".zst"}


def publication_prefix(prefix: str, logical_date: datetime) -> str:
    """The folder of one logical date, with its closing slash."""
    return f"{prefix.strip('/')}/dt={logical_date.astimezone(UTC).strftime(KEY_FORMAT)}/"


def manifest_key(prefix: str, logical_date: datetime) -> str:
    """The manifest of one logical date."""
    return publication_prefix(prefix, logical_date) + MANIFEST_NAME


def data_name(object_name: str, bounds: Bounds, content_hash: str, extension: str) -> str:
    """The name of one batch's object: `Opportunity_from_20260501T000000Z_to_20260601T000000Z.1f3a….csv`.

    A window without bounds reads `Opportunity_all`; one without a start `Opportunity_to_…`; a range of keys `…_part_0003`, for
    two of them may hold the same bytes.
    """
    return f"{_in_keys(object_name)}{bounds.in_keys}.{content_hash[:12]}.{extension}"


def body_key(folder: str, column: str, row_id: str, content_hash: str) -> str:
    """The object of a file that a row refers to; readers that go by folder pass over names that begin with `_`.

    Args:
        folder: of the publication's date, with its closing slash.
        column: that holds the key.
        row_id: of the row.
        content_hash: of the file.
    """
    return f"{folder}_bodies/{_in_keys(column)}/{row_id}.{content_hash[:12]}"


def extension(fmt: str, compression: str) -> str:
    """The file ending; Parquet compresses inside the file and shows no second ending."""
    return EXTENSIONS[fmt] + ("" if fmt == "parquet" else COMPRESSION_SUFFIX.get(compression, ""))


def staging_prefix(prefix: str, run_id: str) -> str:
    """The folder where one run stages what is not yet published, with its closing slash.

    Run ids hold characters that keys should not have; a hash keeps apart two ids that differ only in those.
    """
    readable = re.sub(r"[^A-Za-z0-9_-]+", "_", run_id)[:60]
    return f"{prefix.strip('/')}/_staging/{readable}-{hashlib.sha256(run_id.encode()).hexdigest()[:8]}/"


def deleted_prefix(prefix: str) -> str:
    """The folder of the ids that are no longer in the source: beside the publications, so that nobody reads them as rows."""
    return f"{prefix.strip('/')}_deleted"


def table_prefix(prefix: str) -> str:
    """The folder of a table's metadata: beside the publications, for whoever tidies a table's folder takes what it does not know for stale."""
    return f"{prefix.strip('/')}_table"


def state_prefix(prefix: str) -> str:
    """The folder of the table that holds the current state."""
    return f"{prefix.strip('/')}_current"


def gone_prefix(prefix: str) -> str:
    """The folder of the table that holds the keys of deleted rows."""
    return f"{prefix.strip('/')}_gone"


def keys_prefix(prefix: str) -> str:
    """The folder of the table that holds the source's keys; the keys themselves lie beside what comparisons keep."""
    return f"{prefix.strip('/')}_keys"


def source_keys_folder(prefix: str) -> str:
    """Where a comparison keeps the source's keys for the current state, with its closing slash."""
    return f"{deleted_prefix(prefix)}/_source/"


def source_keys_key(prefix: str, logical_date: datetime, content_hash: str) -> str:
    """The source's keys as a comparison read them."""
    stamp = logical_date.astimezone(UTC).strftime(KEY_FORMAT)
    return f"{source_keys_folder(prefix)}{stamp}.{content_hash[:12]}.parquet"


def deleted_name(object_name: str, content_hash: str, extension: str) -> str:
    """The name of the object that holds a comparison's ids: `Opportunity_deleted.1f3a….csv`."""
    return f"{_in_keys(object_name)}_deleted.{content_hash[:12]}.{extension}"


def known_folder(prefix: str) -> str:
    """Where comparisons keep the ids that the lake has, with its closing slash."""
    return f"{deleted_prefix(prefix)}/_known/"


def known_key(prefix: str, logical_date: datetime, content_hash: str) -> str:
    """The ids that the lake has, as a comparison leaves them to the next."""
    stamp = logical_date.astimezone(UTC).strftime(KEY_FORMAT)
    return f"{known_folder(prefix)}{stamp}.{content_hash[:12]}.parquet"


def _in_keys(object_name: str) -> str:
    """A name as keys show it: of a table such as `billing."Open Items"`, what needs quotes in SQL would need escapes in URLs."""
    return re.sub(r"[^\w.$-]+", "_", object_name, flags=re.ASCII).strip("_") or "rows"
