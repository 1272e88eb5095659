"""The tree of configs as a Git revision has it."""

import hashlib
import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePath

from factory.command_failure import UsageFailure


class Revision:
    """The configs at a revision of the repository that they lie in.

    Raises:
        UsageFailure: Git knows no such revision, or there is no repository.
    """

    def __init__(self, configs: Path, name: str) -> None:
        if name.startswith("-"):
            raise UsageFailure(f"{name} is neither a folder nor a Git revision")
        self._configs = configs
        self._top = Path(_git(configs, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
        self._prefix = configs.resolve().relative_to(self._top.resolve()).as_posix()
        verified = _git(self._top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", said=name)
        self._commit = verified.decode().strip()

    @cached_property
    def _objects(self) -> dict[str, str]:
        """Each file below the configs, and the id of its content."""
        listed = _git(self._top, "ls-tree", "-r", "-z", self._tree).decode()
        found = {}
        for line in filter(None, listed.split("\0")):
            about, _, path = line.partition("\t")
            found[path] = about.split()[2]
        return found

    @property
    def _tree(self) -> str:
        return self._commit if self._prefix == "." else f"{self._commit}:{self._prefix}"

    @cached_property
    def _is_there(self) -> bool:
        return bool(_git(self._top, "ls-tree", self._commit, self._prefix)) or self._prefix == "."

    def changed_units(self) -> set[str] | None:
        """The units some file of which is another than in the folder now; None where what all units share is."""
        if not self._is_there:
            return None
        now = dict(_files(self._configs))
        changed = {name for name, path in now.items() if self._objects.get(name) != _content_id(path)}
        changed |= {name for name in self._objects if name not in now and not name.startswith(".")}
        if any("/" not in name or name.startswith("_") for name in changed):
            return None
        return {name.partition("/")[0] for name in changed}

    def check_out(self, into: Path, units: set[str] | None) -> None:
        """Write the configs into a folder; of the units only some, with what all share."""
        if not self._is_there:
            return
        wanted = (
            ()
            if units is None
            else sorted(
                {
                    name.partition("/")[0]
                    for name in self._objects
                    if _is_shared(name) or name.partition("/")[0] in units
                }
            )
        )
        if units is not None and not wanted:
            return
        archive = _git(self._top, "archive", "--format=tar", self._tree, *(("--", *wanted) if wanted else ()))
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                content = (
                    tar.extractfile(member) if member.isfile() else None
                )  # a link could lead out of the folder
                if content is not None:
                    path = into / member.name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content.read())


def _is_shared(name: str) -> bool:
    return "/" not in name or name.startswith("_")


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Each file below a folder that is not hidden: its name there, and its path."""
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        prefix = PurePath(here).relative_to(folder).as_posix()
        for name in names:
            path = os.path.join(here, name)  # noqa: PTH118 - of 2,500 files
            if not name.startswith(".") and os.path.isfile(path):  # noqa: PTH113 - of 2,500 files
                yield (name if prefix == "." else f"{prefix}/{name}"), path


def _content_id(path: str) -> str:
    """The id that Git gives a file's content."""
    with open(path, "rb") as file:  # noqa: PTH123 - of 2,500 files
        content = file.read()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _git(folder: Path, *arguments: str, said: str = "") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the one foreign argument is a revision, never an option
            ["git", *arguments],  # noqa: S607 - whichever git the author uses
            cwd=folder,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise UsageFailure(f"comparing with a revision needs git in {folder}: {error.strerror}") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise UsageFailure(
            f"{said} is neither a folder nor a Git revision"
            if said
            else f"git cannot read {folder}: {reason}"
        )
    return done.stdout
