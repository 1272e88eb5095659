"""A release: the compiled DAGs of one commit, and the manifest that says what of it stands in the bucket."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

MANIFEST = "_deployment.json"
SEEN = "_seen.json"  # the manifest of the release that Airflow was last seen to show
# Of the provisioning pipeline, which runs it to prove that a worker works; no release holds it, none takes it away.
CANARY = "platform_canary"
CANARY_FILE = f"{CANARY}.py"
_LISTED = re.compile(
    r'^    "([^"]+)": "([^"]+)",$', re.MULTILINE
)  # as factory/compile/dag_files.py writes it


@dataclass(frozen=True)
class StoredFile:
    """A file of a release: the SHA-256 of its content, and the version that S3 gave it once it was uploaded."""

    sha256: str
    version: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What a release holds.

    `dags` maps each DAG's id to its version, a hash of what was compiled; `files` a path below dags/ to its
    content; `previous` is the S3 version of the manifest that stood before, None for the first. `held` are the units
    that stay at what was deployed before, and why.
    """

    commit: str
    dags: dict[str, str]
    files: dict[str, StoredFile]
    previous: str | None = None
    held: Mapping[str, str] = field(default_factory=dict)

    @property
    def units(self) -> set[str]:
        """The units that have a DAG."""
        return {unit_of(dag_id) for dag_id in self.dags}

    def of(self, wanted: Callable[[str], bool]) -> "Manifest":
        """What it holds of the units that are wanted."""
        return replace(
            self,
            dags={dag_id: version for dag_id, version in self.dags.items() if wanted(unit_of(dag_id))},
            files={path: file for path, file in self.files.items() if wanted(unit_of(path))},
        )

    def with_units_of(self, other: "Manifest", units: Collection[str]) -> "Manifest":
        """The same, but with some units as another release holds them."""
        mine, theirs = self.of(lambda unit: unit not in units), other.of(lambda unit: unit in units)
        return replace(self, dags={**mine.dags, **theirs.dags}, files={**mine.files, **theirs.files})

    def to_json(self) -> str:
        """The manifest as it is stored: sorted, so that equal releases are equal bytes."""
        files = {path: vars(file) for path, file in self.files.items()}
        data = {
            "commit": self.commit,
            "dags": self.dags,
            "files": files,
            "held": dict(self.held),
            "previous": self.previous,
        }
        return json.dumps(data, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Read what `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        files = {path: StoredFile(**file) for path, file in data["files"].items()}
        return cls(data["commit"], data["dags"], files, data["previous"], data.get("held", {}))


EMPTY = Manifest(commit="", dags={}, files={})


def unit_of(name: str) -> str:
    """The unit of a DAG's id, or of a path below dags/."""
    return name.partition("/")[0] if "/" in name else name.partition(".")[0]


def listed(source: str) -> dict[str, str]:
    """The DAGs that a compiled Python file names, each with the version of its JSON.

    Airflow looks again at a Python file that changed, and its REST API shows the file's text: so a DAG whose JSON alone
    changed is read at once, and can be seen to have been read.
    """
    return dict(_LISTED.findall(source))


def describe(dags: Path, commit: str) -> Manifest:
    """The manifest of a folder that `factory render` wrote; what it notes for itself at the top is not part of it."""
    files = {path.relative_to(dags).as_posix(): path for path in sorted(dags.glob("*/*")) if path.is_file()}
    versions = {
        dag_id: version
        for path in files.values()
        if path.suffix == ".py"
        for dag_id, version in listed(path.read_text(encoding="utf-8")).items()
    }
    stored = {name: StoredFile(hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in files.items()}
    return Manifest(commit=commit, dags=versions, files=stored)
