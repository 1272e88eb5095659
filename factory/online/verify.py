"""`factory verify`: a publication in S3, compared with its manifest."""

import typer
from lake_ingest.errors import IngestionError
from lake_ingest.lake.verification import verify_url

from factory.command_failure import Failure


def run(url: str, endpoint_url: str | None) -> int:
    """Print a line for every publication at or below a URL, and every way in which one differs; 1 where one does.

    Raises:
        Failure: S3 cannot be read, or there is nothing to verify.
    """
    different = 0
    try:
        for place, found in verify_url(url, endpoint_url):
            manifest = found.manifest
            counts = f"{manifest.rows} rows in {len(manifest.batches)} objects"
            typer.echo(f"{place}: {counts}, {'different' if found.problems else 'as written'}")
            for problem in found.problems:
                typer.echo(f"  {problem}")
            different += bool(found.problems)
    except IngestionError as error:
        raise Failure(str(error)) from None
    return 1 if different else 0
