"""What lies in the lake: publications as their manifests describe them."""

import json
from dataclasses import dataclass
from typing import Any

from lake_ingest.spec.object_key import MANIFEST_NAME

from sandbox.object_store import ObjectStore


@dataclass(frozen=True)
class Publication:
    """One `_manifest.json`; `body` is its content, described in docs/architecture.md."""

    key: str
    body: dict[str, Any]

    @property
    def dag_id(self) -> str:
        """`<unit>.<name>`."""
        return f"{self.body['unit']}.{self.body['name']}"

    @property
    def keys(self) -> list[str]:
        """The data objects, one for each batch, in order."""
        return [batch["key"] for batch in self.body["batches"]]

    @property
    def window(self) -> str:
        """`2026-05-22 … 2026-11-22`, or `all`; `…` alone stands for an end that is not bounded."""
        start, end = (self.body["window"][side] for side in ("start", "end"))
        return f"{_shortened(start)} … {_shortened(end)}".strip() if start or end else "all"


def publications(store: ObjectStore) -> list[Publication]:
    """Every publication of the bucket, in the order of their keys."""
    client = store.client()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=store.bucket)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return [
        Publication(key, json.loads(client.get_object(Bucket=store.bucket, Key=key)["Body"].read()))
        for key in sorted(keys)
        if key.endswith(f"/{MANIFEST_NAME}")
    ]


def _shortened(instant: str | None) -> str:
    return instant.removesuffix("Z").removesuffix("T00:00:00") if instant else ""
