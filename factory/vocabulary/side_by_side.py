"""What editors underline because of another key of the same file: rules of lint that a JSON schema can say.

Lint has a rule for each with a better message, so it leaves these parts of the schema out. They hold where both keys are written in one
file: what a unit's defaults say, an editor does not see.
"""

from collections.abc import Iterator, Mapping
from typing import Any

MARK = "for editors; lint has a rule of its own"
_CUT = {"minute", "hour", "day", "week", "month", "quarter", "year"}
_LENGTHS = ("batch_size", "overlap", "compare_ids")
Part = dict[str, Any]


def side_by_side(
    refused: Mapping[str, tuple[str, ...]], usual: str, cut_queries: tuple[str, ...]
) -> list[Part]:
    """The parts, for `allOf`.

    `refused` are the keys that each kind of source has no use for; `usual` is the kind that is meant without `source`; `cut_queries` are
    those in which a window bounds the result of a query.
    """
    parts = (*_plain(), *_of_sources(refused, usual, cut_queries))
    return [{"$comment": MARK, **_unoffered(part)} for part in parts]


def _unoffered(part: Part) -> Part:
    """The part, of whose keys an editor offers none: each is offered by its own schema."""
    return {
        key: {
            name: {**_unoffered(one), "doNotSuggest": True} if isinstance(one, dict) else one
            for name, one in value.items()
        }
        if key == "properties"
        else _unoffered(value)
        if isinstance(value, dict)
        else value
        for key, value in part.items()
    }


def _plain() -> Iterator[Part]:
    full, lengths = {"const": "full"}, "|".join(sorted(_CUT))
    yield _when(
        {"window": full},
        "A full window takes every row, and has no end.",
        cursor=False,
        overlap=False,
        await_commits={"not": {"const": True}},
    )
    yield _when(
        {"window": full},
        "A full window has no start to count from; rows can be counted.",
        batch_size={"not": {"pattern": lengths}},
    )
    yield _when(
        {"window": {"not": {"const": "incremental"}}},
        "Only an incremental window overlaps.",
        overlap=False,
        refresh=False,
    )
    yield _when(
        {"query": {}},
        "The query selects its columns and rows itself.",
        fields=False,
        filter=False,
        compare_ids=False,
    )
    yield _when(
        {"format": {"enum": ["csv", "json", "ndjson"]}},
        "A table is made of parquet, and only parquet is compressed by snappy.",
        table={"const": False},
        compression={"not": {"const": "snappy"}},
    )
    yield _when({"format": {"enum": ["parquet", "json", "ndjson"]}}, "The format is not csv.", csv=False)
    yield _when({"schedule": {"type": "string"}}, "`schedule` says when it runs already.", after=False)
    yield _when({"schedule": {"type": "null"}}, "There is no schedule.", start=False, calendar=False)
    yield _when({"file_name": {}}, "`file_name` names one file.", partition_by=False, table={"const": False})
    yield {
        "properties": {
            key: {"pattern": "[1-9]", "patternErrorMessage": "Write a length of more than nothing."}
            for key in _LENGTHS
        }
    }
    yield {
        "properties": {
            "window": {
                "properties": {
                    "before": {
                        "pattern": "^\\s*\\d",
                        "patternErrorMessage": "A relative date is a whole period: write `through`.",
                    },
                    "through": {
                        "not": {"pattern": "\\dT\\d"},
                        "errorMessage": "It has a time of day: write `before`.",
                    },
                }
            }
        }
    }
    yield {
        "properties": {
            "window": {
                "if": {"required": ["before"]},
                "then": {
                    "properties": {"through": False, "to": False},
                    "errorMessage": "A window has one end.",
                },
            }
        }
    }
    yield {
        "properties": {
            "window": {
                "if": {"required": ["through"]},
                "then": {"properties": {"to": False}, "errorMessage": "A window has one end."},
            }
        }
    }
    yield {
        "properties": {
            "expect": {
                "properties": {
                    "min_rows": {"not": {"const": 0}, "errorMessage": "Every run fulfils it."},
                    "max_drop": {"not": {"const": 1}, "errorMessage": "Every run fulfils it."},
                }
            }
        }
    }
    yield {
        "properties": {
            "table": {
                "if": {"type": "object", "not": {"required": ["current"]}},
                "then": {
                    "properties": {"compact": False},
                    "errorMessage": "There is no current state: write `current: true`.",
                },
            }
        }
    }
    yield {
        "properties": {
            "fields": {
                "items": {
                    "if": {
                        "required": ["protect"],
                        "properties": {"protect": {"const": "drop"}},
                        "type": "object",
                    },
                    "then": {
                        "properties": {"as": False},
                        "errorMessage": "A column that is left out has no name.",
                    },
                }
            }
        }
    }


def _of_sources(
    refused: Mapping[str, tuple[str, ...]], usual: str, cut_queries: tuple[str, ...]
) -> Iterator[Part]:
    for kind, keys in refused.items():
        part = _when(
            {"source": {"const": kind}}, "It has no effect with this source.", **dict.fromkeys(keys, False)
        )
        if kind == usual:
            del part["if"]["required"]
        yield part
    selects = "The query selects its rows itself: write the bounds into it."
    part = _when(
        {"query": {}}, selects, window={"const": "full"}, overlap=False, refresh=False, batch_size=False
    )
    part["if"]["properties"]["source"] = {"not": {"enum": list(cut_queries)}}
    yield part


def _when(said: dict[str, Any], message: str, **then: Any) -> Part:
    """Where the keys are written and have these values, others may not be, or not so."""
    told = {
        key: {**one, "errorMessage": message} if isinstance(one, dict) else one for key, one in then.items()
    }
    return {
        "if": {"required": sorted(said), "properties": said},
        "then": {"properties": told, "errorMessage": message},
    }
