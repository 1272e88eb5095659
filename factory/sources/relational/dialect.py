"""What one kind of database calls things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from factory.sources.seam import Online


@dataclass(frozen=True)
class Dialect:
    """A kind of database.

    `kind` is its name in specs, `title` in a sentence, `operator` that of its tasks; `sql` is sqlglot's name of its SQL. `connection` is an
    example of an id. `folds` gives the name that a name without quotes stands for in a filter. `online` loads what speaks to a database.
    `any_case`: columns are found whatever the case of their names. `numbers_are_conditions`: a number is true unless it is 0.
    `cuts_by_key`: its runtime reads a full table in batches of so many rows. `finds_by` is that by which it finds rows without looking at
    every one. `shares_moments`: several connections can read the database as it was at one moment. `lacks` are keys that it cannot honour though other databases do, each with what to do instead.
    """

    kind: str
    title: str
    operator: str
    sql: str
    connection: str
    folds: Callable[[str], str]
    online: Callable[[], Online]
    cuts_by_key: bool = False
    any_case: bool = False
    numbers_are_conditions: bool = False
    finds_by: str = "an index"
    shares_moments: bool = False
    lacks: Mapping[str, str] = field(default_factory=dict)
