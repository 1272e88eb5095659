"""How often an ingestion runs: by its own schedule, or as often as the rarest of the datasets that it follows."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from croniter import croniter

from factory.model.ingestion import Ingestion
from factory.model.schedule import Pace

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_FIRES = 12


@dataclass(frozen=True, slots=True)
class Followed:
    """What an ingestion is paced by, before that is known: its own clock, or the datasets that it follows."""

    own: Pace | None
    after: tuple[str, ...] = ()


def paces(known: Mapping[str, Followed]) -> dict[str, Pace | None]:
    """The pace of each DAG by its id; None where it runs by hand, follows nothing that is known, or follows itself."""
    found: dict[str, Pace | None] = {dag_id: one.own for dag_id, one in known.items() if not one.after}

    def of(dag_id: str, above: frozenset[str]) -> Pace | None:
        if dag_id not in known or dag_id in above:
            return None
        if dag_id not in found:
            led = [of(source_of(name, known), above | {dag_id}) for name in known[dag_id].after]
            found[dag_id] = None if None in led else max((one for one in led if one), key=_span)
        return found[dag_id]

    return {dag_id: of(dag_id, frozenset()) for dag_id in known}


def source_of(dataset: str, dag_ids: Container[str]) -> str:
    """The DAG that publishes a dataset: its name is the DAG's id, but for that of its missing ids."""
    return dataset if dataset in dag_ids else dataset.removesuffix("_deleted")


def paced(specs: Sequence[Ingestion]) -> tuple[Ingestion, ...]:
    """The ingestions, those that follow others with their pace."""
    if not any(spec.after for spec in specs):
        return tuple(specs)
    found = paces({spec.dag_id: Followed(spec.pace, spec.after) for spec in specs})
    return tuple(replace(spec, pace=found[spec.dag_id]) if spec.after else spec for spec in specs)


def followers(dag_ids: Sequence[str], after: Callable[[str], Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The DAGs that run after each DAG, directly or after others, in the order in which they do."""
    known = frozenset(dag_ids)
    direct: dict[str, list[str]] = {dag_id: [] for dag_id in dag_ids}
    for dag_id in dag_ids:
        for source in dict.fromkeys(source_of(name, known) for name in after(dag_id)):
            if source in direct:
                direct[source].append(dag_id)

    def below(dag_id: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = list(direct[dag_id])
        while waiting:
            one = waiting.pop(0)
            if one not in found and one != dag_id:
                found[one] = None
                waiting += direct[one]
        return tuple(found)

    return {dag_id: below(dag_id) for dag_id in dag_ids}


def _span(pace: Pace) -> float:
    """How long some runs take to come, in seconds."""
    ticks = croniter(pace.schedule.cron, _SOME_DAY.astimezone(pace.zone), ret_type=float)
    times = [ticks.get_next(float) for _ in range(_FIRES)]
    return float(times[-1] - times[0])
