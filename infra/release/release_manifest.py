"""A release: the compiled DAGs of one commit, and the manifest that says what of it stands in the bucket."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "_deployment.json"
SEEN = "_seen.json"  # the manifest of the release that Airflow was last seen to show
STAMP = "# version "


@dataclass(frozen=True)
class StoredFile:
    """A file of a release: the SHA-256 of its content, and the version that S3 gave it once it was uploaded."""

    sha256: str
    version: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What a release holds.

    `dags` maps each DAG's id to its version, a hash of what was compiled; `files` a path below dags/ to its
    content; `previous` is the S3 version of the manifest that stood before, None for the first.
    """

    commit: str
    dags: dict[str, str]
    files: dict[str, StoredFile]
    previous: str | None = None

    def to_json(self) -> str:
        """The manifest as it is stored: sorted, so that equal releases are equal bytes."""
        files = {path: vars(file) for path, file in self.files.items()}
        data = {"commit": self.commit, "dags": self.dags, "files": files, "previous": self.previous}
        return json.dumps(data, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Read what `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        files = {path: StoredFile(**file) for path, file in data["files"].items()}
        return cls(commit=data["commit"], dags=data["dags"], files=files, previous=data["previous"])


EMPTY = Manifest(commit="", dags={}, files={})


def stamp(dags: Path) -> None:
    """Have each DAG file end with the version of the JSON beside it.

    Airflow looks again at a Python file that changed, and its REST API shows the file's text: so a DAG whose JSON alone
    changed is read at once, and can be seen to have been read.
    """
    for compiled in dags.glob("*/*.json"):
        with compiled.with_suffix(".py").open("a", encoding="utf-8") as source:
            source.write(f"\n{STAMP}{_version(compiled)}\n")


def describe(dags: Path, commit: str) -> Manifest:
    """The manifest of a folder that `factory render` wrote; what it notes for itself at the top is not part of it."""
    files = {path.relative_to(dags).as_posix(): path for path in sorted(dags.glob("*/*")) if path.is_file()}
    versions = {
        dag_id: _version(path)
        for path in files.values()
        if path.suffix == ".json"
        for dag_id in json.loads(path.read_text(encoding="utf-8"))
    }
    stored = {name: StoredFile(hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in files.items()}
    return Manifest(commit=commit, dags=versions, files=stored)


def _version(compiled: Path) -> str:
    return hashlib.sha256(compiled.read_bytes()).hexdigest()[:16]
