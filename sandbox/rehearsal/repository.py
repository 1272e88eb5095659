"""The project repository of the rehearsal: a bare one that is pushed to, from a clone that people work in."""

import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

_PERSON = (
    "-c",
    "user.name=Rehearsal",
    "-c",
    "user.email=rehearsal@example.com",
    "-c",
    "commit.gpgsign=false",
)


class Repository:
    """Begins with what is committed in `root`."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._bare, self._work = folder / "project.git", folder / "clone"
        _git("init", "--quiet", "--bare", "--initial-branch=main", str(self._bare))
        _git("-C", str(root), "push", "--quiet", str(self._bare), "HEAD:refs/heads/main")
        _git("clone", "--quiet", str(self._bare), str(self._work))

    def push(self, message: str, edit: Callable[[Path], object]) -> str:
        """Edit the clone, commit all of it, push to main; returns the commit's id."""
        commit = self._commit(message, edit)
        _git("-C", str(self._work), "push", "--quiet", "origin", "HEAD:main")
        return commit

    def propose(self, message: str, edit: Callable[[Path], object]) -> str:
        """As `push`, but to a branch of its own; the clone goes back to main."""
        commit = self._commit(message, edit)
        _git("-C", str(self._work), "push", "--quiet", "origin", "HEAD:refs/heads/proposal")
        _git("-C", str(self._work), "reset", "--quiet", "--hard", "origin/main")
        return commit

    def head(self) -> str:
        """The commit that main is at."""
        return _git("-C", str(self._bare), "rev-parse", "refs/heads/main").strip()

    def _commit(self, message: str, edit: Callable[[Path], object]) -> str:
        edit(self._work)
        here = ("-C", str(self._work))
        _git(*here, "add", "--all")
        _git(*_PERSON, *here, "commit", "--quiet", "--no-verify", "--message", message)
        return _git(*here, "rev-parse", "HEAD").strip()

    def archive(self, commit: str, folder: Path) -> Path:
        """The files of a commit without its history: what CodePipeline's Source hands to the stages."""
        folder.mkdir(parents=True)
        packed = folder.with_suffix(".tar")
        _git("-C", str(self._bare), "archive", "--format=tar", f"--output={packed}", commit)
        with tarfile.open(packed) as files:
            files.extractall(folder, filter="data")
        packed.unlink()
        return folder

    def checkout(self, commit: str, folder: Path) -> Path:
        """A clean clone of a commit: what CodeBuild makes for a pull request."""
        _git("clone", "--quiet", "--no-checkout", str(self._bare), str(folder))
        _git("-C", str(folder), "-c", "advice.detachedHead=false", "checkout", "--quiet", commit)
        return folder


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # our own arguments
    if done.returncode:
        raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
