"""The comments by which VS Code and JetBrains find the schema of a file."""

from pathlib import Path

FOLDER = "_schema"  # beside the units; folders that begin with `_` are none
_PROGRAM = Path("factory/schema")  # in a checkout of this repository


def modeline(kind: str, folder: Path) -> str:
    """The first lines of a file of this kind in a unit's folder: the unit's own schema, or else the compiler's; none where neither is there."""
    own = folder.parent / FOLDER / f"{folder.name}.json"
    if kind == "ingestion" and own.is_file():
        return lines_for(f"../{FOLDER}/{own.name}")
    schema = _PROGRAM / f"{kind}.schema.json"
    for steps, above in enumerate(folder.absolute().parents, 1):
        if (above / schema).is_file():
            return lines_for(f"{'../' * steps}{schema.as_posix()}")
    return ""


def lines_for(schema: str) -> str:
    """The two comments that name a schema."""
    return f"# yaml-language-server: $schema={schema}\n# $schema: {schema}\n"
