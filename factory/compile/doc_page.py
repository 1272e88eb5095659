"""The page that Airflow shows of a DAG, written for the analyst who browses it."""

from typing import Any

from lake_ingest.spec.object_key import deleted_prefix

from factory.model.ingestion import Field, Spec

_SAID = {"hash": "keyed hash", "mask": "masked", "drop": "left out"}


def doc_md(spec: Spec) -> str:
    """What a DAG does, why, for whom, and how to run it again, in Markdown."""
    sections = (
        _head(spec),
        _facts(spec),
        _fields(spec),
        _landing(spec),
        _RERUN.format(dag_id=spec.dag_id),
        _MANIFEST,
    )
    return "\n\n".join(section.strip() for section in sections if section) + "\n"


def window_words(window: Any, overlap: str) -> str:
    """A window in words: `what changed in the last 6 months`."""
    if window == "full":
        return "every row, whenever it changed"
    if window == "incremental":
        return f"what changed since the last run, reaching back {overlap} further for late commits"
    if "last" in window:
        return f"what changed in the last {window['last']} before the run"
    start, end = window.get("from"), window.get("to")
    begin = f"from {start}" if start else "from the beginning"
    return f"what changed {begin} up to {end or 'the run'}"


def _head(spec: Spec) -> str:
    why = spec.value("description") or f"`{spec.object}` of Salesforce, landed in the lake."
    return f"## {spec.dag_id}\n\n{_prose(why)}\n\n**Owner:** {_prose(spec.owner)} · **Contact:** {_prose(spec.unit.contact)}"


def _facts(spec: Spec) -> str:
    schedule = spec.value("schedule")
    rows = "the rows of the query below" if spec.query else window_words(spec.window, spec.value("overlap"))
    deleted = ", deleted rows included" if spec.value("include_deleted") else ""
    facts = {
        "Object": f"`{spec.object}`"
        + (
            f", relationship `{spec.value('relationship_object')}`"
            if spec.value("relationship_object")
            else ""
        ),
        "Rows": rows + deleted,
        "Late commits": "awaited: a run begins when the org has committed everything up to its window's end"
        if spec.await_commits
        else "",
        "Hard deletes": f"looked for by the first run in each period of {spec.compare_ids}"
        if spec.compare_ids
        else "",
        "Measured by": "" if spec.query or spec.window == "full" else f"`{spec.value('cursor')}`",
        "Batches": f"{spec.batch_size} each" if spec.batch_size else "one",
        "Schedule": f"`{schedule}`, {spec.value('timezone')}" if schedule else "by hand",
        "Salesforce connection": f"`{spec.connection}`",
    }
    return "\n".join(
        ["| | |", "|---|---|", *(f"| {name} | {fact} |" for name, fact in facts.items() if fact)]
    )


def _fields(spec: Spec) -> str:
    if spec.query:
        return f"### Query\n\n```sql\n{spec.query.strip()}\n```"
    if spec.fields is None:
        return "### Fields\n\nEvery field that the connection's user can read."
    rows = [f"| `{field.name}` | {_protection(field)} |" for field in spec.fields]
    return "\n".join(["### Fields", "", "| Field | Protection |", "|---|---|", *rows])


def _protection(field: Field) -> str:
    if field.protect:
        return _SAID[field.protect]
    return f"none: {_prose(field.reason)}" if field.reason else "none"


def _landing(spec: Spec) -> str:
    purged = (
        f" The ids of rows that are no longer in Salesforce land in `s3://<bucket>/{deleted_prefix(spec.prefix)}/`."
        if spec.compare_ids
        else ""
    )
    packed = f", {spec.compression}" if spec.compression != "none" else ""
    return (
        f"### Where it lands\n\n`s3://<bucket>/{spec.prefix}/dt=<logical date>/`, {spec.value('format')}{packed}."
        f" The bucket is `{spec.bucket}`. The Asset is `lake://{spec.unit.name}/{spec.name}`.{purged}"
    )


def _prose(text: str) -> str:
    """Text of a spec as one line that cannot end a table or begin a heading."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


_RERUN = """
### Run it again, or for earlier days

- **Again:** clear the run's tasks in the grid. The run replaces its own output; nothing is doubled.
- **Earlier days:** `airflow backfill create --dag-id {dag_id} --from-date 2026-01-01 --to-date 2026-01-31`, or
  *Trigger* → *Backfill*. Each day reads its own interval.
- **A failed run** leaves the last publication as it was.
"""
_MANIFEST = """
### Read the data

Each `dt=` folder holds `_manifest.json`, written last: the objects of the publication with rows, bytes and checksums, the
window, the schema and the query. Read the objects that it names; a folder without it is not published yet.
"""
