"""Which role of the sandbox's S3 belongs to which AWS connection, and what it may write: as in production, one for each unit."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from factory.model.unit import Unit


@dataclass(frozen=True)
class Writer:
    """The role that an AWS connection names, and the units that use the connection."""

    connection: str
    units: tuple[Unit, ...]

    @property
    def role(self) -> str:
        """The role's name."""
        return f"{self.connection}_writer"

    def statements(self, lake: str) -> list[dict[str, object]]:
        """What the role may do, as `infra/data.py` grants it; a bucket that is a template is the lake.

        moto refuses a permission to list that has a condition, asks for the right to delete several objects at once on the
        bucket, where AWS asks on each object, and knows no names in the catalogue nor of topics: these four are wider here.
        """
        places = [
            (lake if folder.bucket is None else folder.bucket, folder.prefix)
            for unit in self.units
            for folder in unit.folders
        ]
        return [
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:DeleteObject"],
                "Resource": [f"arn:aws:s3:::{bucket}" for bucket, _ in places],
            },
            {
                "Effect": "Allow",
                "Action": [
                    "s3:AbortMultipartUpload",
                    "s3:DeleteObject",
                    "s3:GetObject",
                    "s3:ListMultipartUploadParts",
                    "s3:PutObject",
                ],
                "Resource": [f"arn:aws:s3:::{bucket}/{prefix}/*" for bucket, prefix in places],
            },
            {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": [
                    "glue:CreateTable",
                    "glue:GetDatabase",
                    "glue:GetDatabases",
                    "glue:GetTable",
                    "glue:GetTables",
                    "glue:UpdateTable",
                    "athena:GetQueryExecution",
                    "athena:StartQueryExecution",
                ],
                "Resource": "*",
            },
        ]


def writers_of(units: Iterable[Unit]) -> list[Writer]:
    """One writer for each AWS connection that the units name."""
    users: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        users[unit.aws].append(unit)
    return [Writer(connection, tuple(units)) for connection, units in sorted(users.items())]
