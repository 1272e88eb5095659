"""What a query is made of. Every node has its place, as offsets into the text that was read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A name or a keyword."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Path:
    """A field, perhaps behind parents. `parts` begin at the object that is read: its alias and prefix are taken away."""

    parts: tuple[str, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """As a spec names it: `Account.Owner.Name`."""
        return ".".join(self.parts)

    def below(self, object_name: str) -> "Path":
        """Without the prefix of an object: in a child query `Contact.LastName` means `LastName`."""
        prefixed = len(self.parts) > 1 and self.parts[0].lower() == object_name.lower()
        return Path(self.parts[1:], self.start, self.end) if prefixed else self


@dataclass(frozen=True)
class Value:
    """What a field is compared with, as it is written.

    `kind` is text, number, currency, boolean, null, date, datetime, time or literal (`TODAY`, `LAST_N_DAYS:5`).
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Call:
    """A function and its arguments; `name` is in capitals."""

    name: str
    arguments: tuple["Path | Call | Value", ...]
    start: int
    end: int


@dataclass(frozen=True)
class Case:
    """`WHEN object THEN paths`; the paths begin at that object."""

    object: Word
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class TypeOf:
    """`TYPEOF relationship WHEN … THEN … ELSE … END`."""

    relationship: Path
    cases: tuple[Case, ...]
    otherwise: tuple[Path, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Comparison:
    """`left operator right`, LIKE included; `<>` is read as `!=`."""

    left: Path | Call
    operator: str
    right: Value


@dataclass(frozen=True)
class Membership:
    """IN, NOT IN, INCLUDES or EXCLUDES some values."""

    left: Path | Call
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class SemiJoin:
    """IN or NOT IN the ids that another query selects."""

    left: Path | Call
    operator: str
    query: "Query"


@dataclass(frozen=True)
class Negation:
    """NOT before a condition."""

    term: "Condition"


@dataclass(frozen=True)
class Junction:
    """Conditions joined by AND or by OR."""

    operator: str
    terms: tuple["Condition", ...]


Condition = Comparison | Membership | SemiJoin | Negation | Junction


@dataclass(frozen=True)
class Ordering:
    """One key of ORDER BY."""

    expression: Path | Call


@dataclass(frozen=True)
class Item:
    """One item of a SELECT list.

    `key` is where Salesforce puts its value in a record: `("Account", "Name")`, `("expr0",)`, or the given alias.
    """

    expression: "Path | Call | TypeOf | Query"
    alias: Word | None
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        """The column's name."""
        return ".".join(self.key)

    def key_below(self, object_name: str) -> tuple[str, ...]:
        """The key without the prefix of an object, which a child query may write before its fields."""
        prefixed = len(self.key) > 1 and self.key[0].lower() == object_name.lower()
        return self.key[1:] if prefixed else self.key


@dataclass(frozen=True)
class Query:
    """One SELECT. In a child query `object` is the name of the relationship.

    `clauses` are those that a query rarely has, by how they begin: USING SCOPE, WITH, GROUP BY, OFFSET, FOR VIEW …
    """

    object: Word
    items: tuple[Item, ...]
    where: Condition | None
    groups: tuple[Path | Call, ...]
    having: Condition | None
    ordering: tuple[Ordering, ...]
    limit: int | None
    offset: int | None
    clauses: tuple[Word, ...]
    aggregates: bool
    start: int
    end: int
