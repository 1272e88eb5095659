"""What of a release goes to the second environment: the units that the first was seen to show just as they were built."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.release.dag_folder import DagFolder
from infra.release.release_manifest import Manifest
from infra.release.triage import clashes


def unproven(release: Manifest, standing: Manifest, seen: Manifest, where: str) -> dict[str, str] | None:
    """The units of a release that stay behind, and why; None when a later commit stands in the first environment.

    `standing` is what that environment holds, `seen` what its Airflow was last seen to show.
    """
    if standing.commit != release.commit:
        return None
    held = {unit: f"held back in {where}: {why}" for unit, why in standing.held.items()}
    for unit in sorted((release.units | seen.units) - set(held)):
        if _dags(release, unit) != _dags(seen, unit):
            held[unit] = f"Airflow of {where} was not seen to show it"
    return held


def promotable(release: Manifest, dags: Path, held: Mapping[str, str], target: DagFolder) -> Manifest:
    """The release with the units that stay behind, among them those that would write where one of these still writes."""
    behind = {**release.held, **held}
    with TemporaryDirectory() as folder:
        standing = Path(folder)
        target.fetch(standing)
        clashing = clashes(dags, standing, behind)
    return replace(release, held={**behind, **clashing})


def _dags(manifest: Manifest, unit: str) -> Mapping[str, str]:
    return manifest.of(lambda one: one == unit).dags
