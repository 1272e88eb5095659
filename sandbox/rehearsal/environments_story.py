"""The story of two environments: what dev was seen to show goes to prod when a person agrees; what dev refused never does."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.airflow.rest_client import RestClient
from sandbox.rehearsal.commits import import_what_airflow_lacks, wait, write
from sandbox.rehearsal.execution import Execution, Rehearsal
from sandbox.rehearsal.verdict import StoryError, end_of, expect

_SPEC = """\
object: {object}
description: What the rehearsal of two environments brings in
fields: [Id, {field}]
window: full
format: csv
"""


@dataclass(frozen=True)
class EnvironmentsStory:
    """The scenes, in order; `dev` and `prod` are the two Airflows."""

    rehearsal: Rehearsal
    dev: RestClient
    prod: RestClient
    say: Callable[[str], None] = print

    @property
    def scenes(self) -> tuple[Callable[[], None], ...]:
        """In the order in which they are played."""
        return (
            self.one_artifact_reaches_both,
            self.a_refused_promotion_stays_in_dev,
            self.what_dev_rolled_back_stays_behind,
        )

    def one_artifact_reaches_both(self) -> None:
        """Dev first, then a person, then prod, each with its own values; dev alone would show nothing of prod's."""
        execution = self._push("a new spec", _spec("finance/first", "Product2"))
        expect(execution, failed=None, asked=True)
        compared, deployed = execution.log("Compare"), execution.log("DeployPromoted")
        if (
            "would write dags/finance/first.json" not in compared
            or "wrote dags/finance/first.json" not in deployed
        ):
            raise StoryError(
                f"Compare did not show what was deployed:\n{end_of(compared)}\n{end_of(deployed)}"
            )
        self._see("finance.first", dev=True, prod=True)
        if self.dev.schedule("finance.product") is not None or self.prod.schedule("finance.product") is None:
            raise StoryError(
                "dev runs by its schedules, or prod does not: the values of the environments are mixed up"
            )
        self.say(
            "  dev runs by hand only, prod by its schedules: one commit, one artifact, two sets of values"
        )

    def a_refused_promotion_stays_in_dev(self) -> None:
        """Nothing of the commit is in prod."""
        execution = self._push(
            "a spec that nobody wants in prod", _spec("sales/second", "Lead"), refused=("Promote",)
        )
        expect(execution, failed="Promote", asked=True)
        self._see("sales.second", dev=True, prod=False)

    def what_dev_rolled_back_stays_behind(self) -> None:
        """Airflow of dev cannot import finance; a person promotes the commit, and of it only the other units arrive."""
        execution = self._push("finance ahead of plugins.zip, and a new spec of sales", _bad_beside_good)
        expect(execution, failed="Conclude", asked=True)
        for stage, said in (
            ("Verify", "rolled back finance; the other units are at"),
            ("Compare", "finance stays at what was deployed before: held back in dev"),
            ("Conclude", "finance stays at what was deployed before: held back in dev"),
        ):
            if said not in execution.log(stage):
                raise StoryError(f"{stage} did not say '{said}':\n{end_of(execution.log(stage))}")
        self._see("sales.third", dev=True, prod=True)
        self._see("finance.third", dev=False, prod=False)
        wait(lambda: not self.dev.import_errors(), "Airflow of dev to show the former release", 120)
        if self.prod.import_errors():
            raise StoryError(f"prod has import errors: {self.prod.import_errors()}")

    def _push(self, what: str, edit: Callable[[Path], object], refused: tuple[str, ...] = ()) -> Execution:
        self.say(f"{what}:")
        return self.rehearsal.execute(self.rehearsal.repository.push(what, edit), refused)

    def _see(self, dag_id: str, *, dev: bool, prod: bool) -> None:
        for name, rest, there in (("dev", self.dev, dev), ("prod", self.prod, prod)):
            if (dag_id in rest.dag_ids()) != there:
                raise StoryError(f"{dag_id} is {'not ' if there else ''}in Airflow of {name}")
            self.say(f"  {dag_id} is {'' if there else 'not '}in Airflow of {name}")


_FIELDS = {"Product2": "Name", "Lead": "Status"}  # none of a person's own


def _spec(name: str, of: str) -> Callable[[Path], None]:
    return lambda root: write(root / f"configs/{name}.yaml", _SPEC.format(object=of, field=_FIELDS[of]))


def _bad_beside_good(root: Path) -> None:
    import_what_airflow_lacks(root)
    _spec("finance/third", "Product2")(root)
    _spec("sales/third", "Lead")(root)
