"""The pages, written: one for each dataset and unit, the personal data, and the search."""

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from factory.command_failure import UsageFailure
from factory.model.ingestion import Ingestion
from factory.model.pace import followers, source_of
from factory.model.unit import Unit
from factory.site.dataset import Column, Dataset, dataset
from factory.site.history import History
from factory.site.publication import Publication
from factory.tree.workspace import Workspace

_HERE = Path(__file__).parent
_MARK = ".catalogue-site"  # in a folder that may be written again
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")

Read = Callable[[Ingestion], Sequence[Publication] | None]


@dataclass(frozen=True)
class UnitSummary:
    """A unit and what its datasets add up to."""

    unit: Unit
    datasets: tuple[Dataset, ...]

    @cached_property
    def audited(self) -> tuple[tuple[Dataset, Column], ...]:
        """The columns that an auditor asks for, each with its dataset."""
        return tuple((one, column) for one in self.datasets for column in one.audited)

    @property
    def unseen(self) -> tuple[Dataset, ...]:
        """Datasets of which no column is known."""
        return tuple(one for one in self.datasets if not one.columns)

    @property
    def late(self) -> int:
        """Datasets that are not as new as their schedule promises."""
        return sum(one.fresh.state == "late" for one in self.datasets)

    @property
    def protected(self) -> int:
        """Fields that are protected."""
        return sum(bool(column.protection) for _, column in self.audited)

    @property
    def in_the_clear(self) -> int:
        """Personal fields that are read as they are."""
        return sum(bool(column.personal) and not column.protection for _, column in self.audited)

    @property
    def not_known(self) -> int:
        """Fields, and datasets as a whole, of which the catalogue does not tell whether they hold personal data."""
        return len(self.audited) - self.protected - self.in_the_clear + len(self.unseen)


def write_site(
    workspace: Workspace, read: Read, history: History, out: Path, now: datetime, lake: str
) -> int:
    """Write the site into a folder, in place of one that lies there; give the number of datasets.

    Args:
        workspace: the whole tree, without errors.
        read: gives the publications of an ingestion; None where the lake was not read.
        history: which commit wrote which line.
        out: the folder.
        now: the moment to look from.
        lake: what the foot of every page says of the lake.

    Raises:
        UsageFailure: the folder holds other files.
    """
    then = followers(
        [spec.dag_id for spec in workspace.specs], {s.dag_id: s.after for s in workspace.specs}.__getitem__
    )
    datasets = [
        dataset(spec, workspace.offline[spec.traits.kind], history, read(spec), then[spec.dag_id], now)
        for spec in sorted(workspace.specs, key=lambda spec: spec.dag_id)
    ]
    units = [
        UnitSummary(unit, tuple(one for one in datasets if one.spec.unit.name == unit.name))
        for unit in workspace.units
    ]
    facts = {"made": f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC", "head": history.head, "lake": lake}
    _Writer(out, facts, frozenset(then)).write(units, datasets)
    return len(datasets)


class _Writer:
    def __init__(self, out: Path, facts: Mapping[str, str], dag_ids: frozenset[str]) -> None:
        self._out = out
        self._pages = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._pages.globals |= {
            **facts,
            "mail": _MAIL.fullmatch,
            "link": lambda name: _link(source_of(name, dag_ids)),
        }

    def write(self, units: Sequence[UnitSummary], datasets: Sequence[Dataset]) -> None:
        """Write every page."""
        if (self._out / _MARK).exists():
            shutil.rmtree(self._out)
        elif self._out.exists() and any(self._out.iterdir()):
            raise UsageFailure(
                f"{self._out} holds other files; name an empty folder, or one that a site was written to"
            )
        self._out.mkdir(parents=True, exist_ok=True)
        (self._out / _MARK).touch()
        shutil.copytree(_HERE / "assets", self._out / "assets")
        entries = json.dumps([_entry(one) for one in datasets], ensure_ascii=False, separators=(",", ":"))
        (self._out / "assets/datasets.js").write_text(f"const DATASETS = {entries};\n", encoding="utf-8")
        self._page("index.html", "index.html", here="home", units=units, datasets=len(datasets))
        self._page("personal-data.html", "personal_data.html", here="audit", units=units)
        for unit in units:
            name = unit.unit.name
            self._page(f"units/{name}.html", "unit.html", unit=unit)
            self._page(f"units/{name}-personal-data.html", "unit_personal_data.html", unit=unit, here="audit")
            for one in unit.datasets:
                self._page(f"data/{name}/{one.spec.name}.html", "dataset.html", one=one)

    def _page(self, path: str, template: str, **values: Any) -> None:
        values = {"here": "", "root": "../" * path.count("/"), **values}
        target = self._out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self._pages.get_template(template).render(values), encoding="utf-8")


def _entry(one: Dataset) -> list[str]:
    """What the search looks at."""
    columns = " ".join(column.name for column in one.columns)
    return [one.id, one.spec.object, one.title, one.spec.owner, columns]


def _link(dag_id: str) -> str:
    unit, _, name = dag_id.partition(".")
    return f"data/{unit}/{name}.html"
