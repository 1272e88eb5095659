"""The dags/ folder of the MWAA bucket: what stands there, and how one release replaces another."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.release.release_manifest import CANARY_FILE, EMPTY, MANIFEST, SEEN, Manifest, StoredFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "dags/"
WAITING = "waits for a decision"


@dataclass(frozen=True)
class Change:
    """What a deployment did, as paths below dags/."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


class DagFolder:
    """Reads and writes below `dags/` of one bucket, and nowhere else."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def manifest(self, version: str | None = None) -> Manifest:
        """The manifest that stands, or an earlier version of it; the empty release when there is none."""
        version = version or self._versions(MANIFEST).get(MANIFEST)
        return self._read(MANIFEST, version) if version else EMPTY

    def seen(self) -> Manifest:
        """The release that Airflow was last seen to show; the empty release when none was."""
        version = self._versions(SEEN).get(SEEN)
        return self._read(SEEN, version) if version else EMPTY

    def note_seen(self, release: Manifest) -> None:
        """Remember that Airflow shows a release."""
        self._upload(SEEN, release.to_json().encode())

    def deploy(self, release: Manifest, folder: Path, waiting: Collection[str] = ()) -> Change:
        """Make dags/ hold exactly the release; only what differs is written, the manifest last.

        The units that the release holds back, and those that wait for a decision, stay as they stand.
        """
        held = {**release.held, **dict.fromkeys(waiting, WAITING)}
        standing = self.manifest()
        fresh = release.of(lambda unit: unit not in held)
        return self._replace(replace(fresh, held=held).with_units_of(standing, held), folder)

    def deploy_units(self, release: Manifest, folder: Path, units: Collection[str]) -> Change | None:
        """Bring in units that waited for a decision; None when another commit has been deployed since."""
        standing = self.manifest()
        if standing.commit != release.commit:
            return None
        decided = [unit for unit in units if standing.held.get(unit) == WAITING]
        held = {unit: why for unit, why in standing.held.items() if unit not in decided}
        return self._replace(replace(standing, held=held).with_units_of(release, decided), folder)

    def difference(self, release: Manifest) -> Change:
        """What `deploy` would do; nothing is written."""
        fresh = release.of(lambda unit: unit not in release.held).with_units_of(self.manifest(), release.held)
        latest, standing = self._versions(), self.manifest()
        written = [path for path, file in _in_order(fresh) if not _stands(standing, latest, path, file)]
        return Change(tuple(written), tuple(_left_over(latest, fresh)))

    def roll_back(self, units: Mapping[str, str] | None = None) -> Manifest:
        """Make dags/ hold what it held before the manifest that stands, and return what stands then.

        With `units`, whose values say why, only those go back, and are held.
        """
        standing = self.manifest()
        former = self.manifest(standing.previous) if standing.previous else EMPTY
        if units is not None:
            former = replace(standing, held={**standing.held, **units}).with_units_of(former, units)
        self._replace(former, None)
        return former

    def fetch(self, folder: Path) -> Manifest:
        """Write what stands into a folder, without the manifest, and return the manifest."""
        standing = self.manifest()
        for path, file in standing.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            self._client.download_file(
                self._bucket,
                PREFIX + path,
                str(target),
                ExtraArgs={"VersionId": file.version} if file.version else None,
            )
        return standing

    def _replace(self, release: Manifest, folder: Path | None) -> Change:
        """Write what differs, then remove what is not of the release, then write the manifest.

        A file with a version was stored before, and is restored from there; any other is in the folder.
        """
        latest = self._versions()
        standing = self.manifest()
        stored: dict[str, StoredFile] = {}
        written = []
        for path, file in _in_order(release):
            if _stands(standing, latest, path, file):
                stored[path] = standing.files[path]
            else:
                stored[path] = StoredFile(file.sha256, self._write(path, file, folder))
                written.append(path)
        removed = _left_over(latest, release)
        for path in removed:
            self._client.delete_object(Bucket=self._bucket, Key=PREFIX + path)
        self._upload(
            MANIFEST, replace(release, files=stored, previous=latest.get(MANIFEST)).to_json().encode()
        )
        return Change(tuple(written), tuple(removed))

    def _write(self, path: str, file: StoredFile, folder: Path | None) -> str:
        if file.version or folder is None:
            return self._restore(path, file.version)
        return self._upload(path, (folder / path).read_bytes())

    def _read(self, path: str, version: str) -> Manifest:
        answer = self._client.get_object(Bucket=self._bucket, Key=PREFIX + path, VersionId=version)
        return Manifest.from_json(answer["Body"].read())

    def _upload(self, path: str, content: bytes) -> str:
        answer = self._client.put_object(
            Bucket=self._bucket, Key=PREFIX + path, Body=content, ChecksumAlgorithm="SHA256"
        )
        return answer["VersionId"]

    def _restore(self, path: str, version: str | None) -> str:
        source = {"Bucket": self._bucket, "Key": PREFIX + path, "VersionId": str(version)}
        answer = self._client.copy_object(Bucket=self._bucket, Key=PREFIX + path, CopySource=source)  # type: ignore[arg-type]  # the stubs know only two keys
        return answer["VersionId"]

    def _versions(self, start: str = "") -> dict[str, str]:
        """Path below dags/, of those that start so, to the version that is the latest; deleted ones are not listed.

        All versions of a file that ever was are looked through, a thousand for each request: so whoever wants one file asks for it.
        """
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=PREFIX + start
        )
        return {
            item["Key"].removeprefix(PREFIX): item["VersionId"]
            for page in pages
            for item in page.get("Versions", ())
            if item["IsLatest"]
        }


def _in_order(release: Manifest) -> list[tuple[str, StoredFile]]:
    """The JSON before the Python file that reads it, and whose change makes Airflow look."""
    return sorted(release.files.items(), key=lambda item: (item[0].endswith(".py"), item[0]))


def _stands(standing: Manifest, latest: Mapping[str, str], path: str, file: StoredFile) -> bool:
    """Whether a file is there already. The version tells a hand-made edit, which no manifest knows, from what was deployed."""
    there = standing.files.get(path)
    return there is not None and there.sha256 == file.sha256 and there.version == latest.get(path)


def _left_over(latest: Mapping[str, str], release: Manifest) -> list[str]:
    return sorted(set(latest) - set(release.files) - {MANIFEST, SEEN, CANARY_FILE})
