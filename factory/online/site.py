"""`factory site`: the catalogue of all datasets as pages, with what the manifests in the lake say where it can be read."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from factory.chosen import clean_tree_at, for_environment, moment_at
from factory.command_failure import Failure
from factory.model.ingestion import Ingestion
from factory.site.history import history
from factory.site.pages import write_site
from factory.site.publication import Publication, publication

if TYPE_CHECKING:
    from lake_ingest.lake.bucket import Bucket

_AT_ONCE = 10  # requests, as many as a client keeps connections


def run(
    configs: Path,
    out: Path,
    lake: str | None,
    runs: int,
    endpoint_url: str | None,
    at: str | None,
    environment: str | None,
) -> int:
    """Write the site; 0, or a failure that says why not.

    Raises:
        UsageFailure: there is no tree, or the folder holds other files.
        Failure: the specs have errors, or the lake that was named cannot be read.
    """
    workspace = for_environment(clean_tree_at(configs), environment)
    now = moment_at(at, None)
    known = _publications(workspace.specs, lake, runs, endpoint_url) if lake else {}
    said = f"The lake {lake} was read." if lake else "The lake was not read."
    count = write_site(
        workspace, lambda spec: known.get(spec.dag_id), history(workspace.root), out, now, said
    )
    typer.echo(f"{count:,} datasets in {out}/index.html")
    return 0


def _publications(
    specs: Sequence[Ingestion], lake: str, runs: int, endpoint_url: str | None
) -> dict[str, list[Publication]]:
    """The newest publications of each dataset, by its id; the bucket of a spec that names another than the platform's is its own."""
    import boto3  # noqa: PLC0415 - nobody else needs it
    from botocore.config import Config  # noqa: PLC0415
    from lake_ingest.errors import IngestionError  # noqa: PLC0415
    from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket  # noqa: PLC0415

    client = boto3.client("s3", endpoint_url=endpoint_url, config=Config(**CLIENT_OPTIONS))
    buckets: dict[str, Bucket] = {}

    def newest(spec: Ingestion) -> list[Publication]:
        name = lake if "{{" in spec.bucket else spec.bucket
        return _newest(buckets.setdefault(name, Bucket(client, name)), spec.prefix, runs)

    try:
        with ThreadPoolExecutor(_AT_ONCE) as workers:
            return dict(zip((spec.dag_id for spec in specs), workers.map(newest, specs), strict=True))
    except IngestionError as error:
        raise Failure(f"the lake cannot be read: {error}") from None
    except ValueError as error:
        raise Failure(f"a manifest in the lake cannot be read: {error}") from None


def _newest(bucket: "Bucket", prefix: str, runs: int) -> list[Publication]:
    from lake_ingest.spec.object_key import MANIFEST_NAME  # noqa: PLC0415 - as the rest of the runtime

    dates = sorted(folder for folder in bucket.folders(f"{prefix}/") if "/dt=" in f"/{folder}")
    found: list[Publication] = []
    for folder in reversed(dates):
        if len(found) == runs:
            break
        manifest = bucket.get_json(f"{folder.rstrip('/')}/{MANIFEST_NAME}")
        if manifest is not None:  # a folder without one is not published yet
            found.append(publication(manifest))
    return found
