"""Golden files: `python -m pytest tests/infra --regenerate-infra` writes them anew; a reviewer reads the difference."""

from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, text: str, *, regenerate: bool) -> None:
    """Hold a text against golden/<name>, or write it there."""
    path = GOLDEN / name
    if regenerate:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), (
        f"{path.name} is missing: run pytest tests/infra --regenerate-infra and read what it wrote"
    )
    assert text == path.read_text(encoding="utf-8"), f"{name} differs; read it, then --regenerate-infra"
