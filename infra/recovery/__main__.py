"""`python -m infra.recovery`: make a folder of a versioned bucket what it was at a moment.

Without `--apply` it only prints what it would do.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.recovery.moment import steps, take


def main(argv: Sequence[str] | None = None) -> int:
    """0 done, or nothing to do; 1 with one sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m infra.recovery", description=__doc__)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--prefix", required=True, help="the folder, such as finance/product/")
    parser.add_argument("--at", required=True, type=_moment, help="such as 2026-11-27T10:00:00Z")
    parser.add_argument("--apply", action="store_true", help="do it, instead of printing it")
    arguments = parser.parse_args(argv)
    try:
        client = boto3.client("s3")
        versioning = client.get_bucket_versioning(Bucket=arguments.bucket).get("Status")
        if versioning != "Enabled":
            sys.stderr.write(
                f"bucket {arguments.bucket} keeps no versions, so nothing of it can be restored\n"
            )
            return 1
        needed = steps(client, arguments.bucket, arguments.prefix, arguments.at)
        for step in needed:
            sys.stdout.write(f"{step}\n")
            if arguments.apply:
                take(client, arguments.bucket, step)
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(
            f"{error}; what was printed before is done, and the same command goes on from here\n"
        )
        return 1
    verb = "done" if arguments.apply else "to do; --apply does them"
    sys.stdout.write(f"{len(needed)} steps {verb}\n")
    return 0


def _moment(text: str) -> datetime:
    """A moment with its offset from UTC.

    Raises:
        ArgumentTypeError: it has none, or is not a moment.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a moment such as 2026-11-27T10:00:00Z") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} does not say its offset from UTC; write {text}Z for UTC")
    return moment.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
