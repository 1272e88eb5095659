"""What people push in more than one story, and how a story waits for what comes of it."""

from collections.abc import Callable
from pathlib import Path

from sandbox.processes import Processes


def write(path: Path, text: str) -> None:
    """Write a file of the clone."""
    path.write_text(text, encoding="utf-8")


def import_what_airflow_lacks(root: Path) -> None:
    """The commit's own plugins hold the module, so Build imports it; Airflow's plugins are those of before.

    The DAGs come to need it in the build spec, the one file between the compiler and the release: whatever they are
    compiled to, and wherever the runtime keeps its operators.
    """
    module = root / "plugins/rehearsed_sooner.py"
    write(module, '"""Not in the plugins that are deployed."""\n')
    spec = root / "buildspec.yml"
    lines = spec.read_text(encoding="utf-8").splitlines(keepends=True)
    [rendered] = [number for number, line in enumerate(lines) if line.rstrip().endswith("--out build/dags")]
    indent = lines[rendered].partition("-")[0]
    need = f"for dag in build/dags/finance/*.py; do echo 'import {module.stem}' >> \"$dag\"; done"
    lines.insert(rendered + 1, f"{indent}- {need}\n")
    write(spec, "".join(lines))


def wait(done: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait until something is so.

    Raises:
        ProcessError: it is not within `seconds`.
    """
    with Processes() as nothing:
        nothing.wait_until(done, what=what, seconds=seconds)
