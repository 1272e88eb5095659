"""Compiled DAGs written to a folder: all of them or none, and nothing of removed specs left behind."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from factory.compile.dag import compile_spec
from factory.compile.dag_files import dag_files
from factory.compile.watch import watch
from factory.model.ingestion import Ingestion

_RECORD = ".rendered.json"


def render(specs: Iterable[Ingestion]) -> dict[str, str]:
    """The files of the compiled form: path relative to the output folder, with `/`, and text."""
    files: dict[str, str] = {}
    units: dict[str, list[Ingestion]] = {}
    for spec in specs:
        units.setdefault(spec.unit.name, []).append(spec)
    for unit, own in units.items():
        compiled = {spec.dag_id: _json(compile_spec(spec)) for spec in own}
        compiled |= {dag_id: _json({dag_id: body}) for dag_id, body in watch(own).items()}
        files |= {f"{unit}/{dag_id.partition('.')[2]}.json": text for dag_id, text in compiled.items()}
        files |= {f"{unit}/{name}": text for name, text in dag_files(unit, compiled).items()}
    return files


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def write(files: dict[str, str], out: Path) -> tuple[int, int]:
    """Bring a folder to exactly these files, and give how many were written and how many removed.

    Files that an earlier call wrote and that are no longer among them are removed; any other file stays. What has not
    changed is not touched.

    Raises:
        OSError: a file cannot be written.
    """
    known = _recorded(out)
    stale = sorted(known - files.keys())
    changed = {name: text for name, text in files.items() if _text(out / name) != text}
    for name, text in changed.items():
        _replace(out / name, text)
    for name in stale:
        (out / name).unlink(missing_ok=True)
    _remove_empty(out, {Path(name).parent for name in stale})
    _replace(out / _RECORD, json.dumps(sorted(files), indent=0) + "\n")
    return len(changed), len(stale)


def _recorded(out: Path) -> set[str]:
    text = _text(out / _RECORD)
    names = json.loads(text) if text else []
    return {name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts}


def _replace(path: Path, text: str) -> None:
    """Write beside, then rename, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None


def _remove_empty(out: Path, folders: set[Path]) -> None:
    for folder in folders:
        if (out / folder).is_dir() and not any((out / folder).iterdir()):
            (out / folder).rmdir()
