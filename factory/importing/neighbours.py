"""The files beside a DAG: modules, queries and lists that it reads. Nothing outside its folder is looked at."""

from pathlib import Path, PurePosixPath

_MAX_BYTES = 1_000_000
# Where MWAA and Airflow's image keep the DAGs; a path below them means the folder of the file that is imported.
_DAG_FOLDERS = ("/usr/local/airflow/dags", "/opt/airflow/dags")


class OpenText(str):
    """The text of a file that was opened: it can be read whole or by lines."""

    __slots__ = ()

    def read(self) -> str:
        """The whole text."""
        return str(self)

    def readlines(self) -> list[str]:
        """Its lines, with their ends."""
        return self.splitlines(keepends=True)


class Neighbours:
    """Files that the imported DAG may name, below the folder that it lies in."""

    def __init__(self, dag: Path) -> None:
        self.dag = dag
        self._folder = dag.resolve().parent

    def text(
        self, name: str | PurePosixPath, folders: tuple[str | PurePosixPath, ...] = (".",)
    ) -> str | None:
        """The text of a file, looked for in these folders in turn; None where there is none that may be read."""
        if len(str(name)) > 500 or "\n" in str(name):
            return None
        for folder in folders:
            path = self._inside(self._folder / self._local(folder) / self._local(name))
            if path is not None and path.is_file() and path.stat().st_size <= _MAX_BYTES:
                try:
                    return path.read_text(encoding="utf-8-sig")
                except (OSError, UnicodeDecodeError):
                    return None
        return None

    def module(self, dotted: str, level: int) -> Path | None:
        """The file of a module of the project that lies beside the DAG."""
        folder = self._folder
        for _ in range(level - 1):
            folder = folder.parent
        base = folder.joinpath(*dotted.split(".")) if dotted else folder
        for path in (base.with_name(base.name + ".py"), base / "__init__.py"):
            if path.is_file() and (inside := self._inside(path)) is not None:
                return inside
        return None

    def _local(self, name: str | PurePosixPath) -> str:
        text = str(name)
        for folder in _DAG_FOLDERS:
            if text == folder or text.startswith(f"{folder}/"):
                return text[len(folder) :].lstrip("/") or "."
        return text

    def _inside(self, path: Path) -> Path | None:
        try:
            real = path.resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return real if real.is_relative_to(self._folder) else None
