"""The operators of a compiled DAG. Each is a thin shell over a step, which is loaded when a task runs.

The DAG processor pays for these classes only: a step brings boto3, clients and Arrow.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from lake_ingest.airflow.links import links_of

if TYPE_CHECKING:
    from lake_ingest.airflow.merge import Merge
    from lake_ingest.lake.manifest import Manifest
    from lake_ingest.run.reading import BatchReader

_VARIABLE = re.compile(r"\{\{ *var\.value\.(\w+) *\}\}")


class LakeTask(BaseOperator):
    """A task with a place in the lake.

    Attributes:
        step: its name in `lake_ingest.airflow.steps.STEPS`.
        reader: of the batch that the task is reading; None while it reads none.
        region: of the bucket, once it was opened.
        published: the manifest of what the task has published; None before.
    """

    template_fields: Sequence[str] = ("bucket",)
    step: str
    reader: "BatchReader[Any] | None" = None
    region: str = ""
    published: "Manifest | None" = None

    def __init__(
        self,
        *,
        aws_conn_id: str,
        bucket: str,
        prefix: str,
        spec_url: str = "",
        table: str = "",
        notices: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Keep the arguments.

        Args:
            aws_conn_id: the connection to S3.
            bucket: of the lake.
            prefix: of the ingestion's publications.
            spec_url: where a browser shows the spec; "" where nobody said.
            table: `<database>.<table>` of the publications; "" where they are none.
            notices: `unit`, `name`, the unit's `prefix` and `contact`, where the spec asks for notices.
            **kwargs: of every operator.
        """
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.bucket = bucket
        self.prefix = prefix
        self.spec_url = spec_url
        self.table = table
        self.notices = notices
        if self.outlets:  # what publishes; links of every batch would only be more requests
            self.operator_extra_links = links_of(spec_url, table)

    def render_template(self, content: Any, context: Mapping[str, Any], *given: Any, **named: Any) -> Any:
        """As Airflow does, but that a text which is one Variable is looked up, and not compiled as a template: a tenth of a task's start."""
        variable = _VARIABLE.fullmatch(content) if isinstance(content, str) else None
        if variable:
            return getattr(context["var"]["value"], variable[1])
        return super().render_template(content, context, *given, **named)  # type: ignore[arg-type]

    def execute(self, context: Mapping[str, Any]) -> Any:
        """Run the step, or as much of it as can be done without waiting."""
        return run_step(self, context, None)

    def resume(self, context: Mapping[str, Any], event: dict[str, Any]) -> Any:
        """Go on when the triggerer says that there is nothing left to wait for, or that it has waited long enough."""
        return run_step(self, context, event)

    def watch(self, reader: "BatchReader[Any]") -> None:
        """Remember what is being read, for whoever may have to stop it."""
        self.reader = reader

    def get_openlineage_facets_on_complete(self, _: Any) -> Any:
        """What the OpenLineage provider tells of a task that succeeded; None of one that publishes nothing."""
        if self.published is None:
            return None
        from lake_ingest.airflow.lineage import lineage_of  # noqa: PLC0415 - only where the provider asks

        ours = [self] if hasattr(self, "ingestion") else self.dag.tasks  # what planned the batches has it
        ingestion = next(found for one in ours if (found := getattr(one, "ingestion", None)))
        return lineage_of(self.bucket, self.prefix, self.published, ingestion)

    def on_kill(self) -> None:
        """Discard what the source holds for a task that is stopped by hand."""
        if self.reader is not None:
            self.reader.abandon()


class PlanBatchesOperator(LakeTask):
    """Resolve the window once and cut it; the result is what `extract` is mapped over."""

    ui_color = "#dcebf7"
    step = "plan_batches"

    def __init__(self, *, ingestion: dict[str, Any], **kwargs: Any) -> None:
        """Keep the arguments; see docs/architecture.md for what `ingestion` holds."""
        super().__init__(**kwargs)
        self.ingestion = ingestion


class ToS3Operator(LakeTask):
    """Read from a source and publish in S3: all of an ingestion that is one batch, or one batch of a plan.

    Compiled DAGs name it by their source; see `named`.
    """

    template_fields: Sequence[str] = (*LakeTask.template_fields, "batch")
    ui_color = "#e6f4e2"

    def __init__(
        self, *, ingestion: dict[str, Any] | None = None, batch: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Keep the arguments.

        Args:
            ingestion: of one batch; docs/architecture.md describes its keys.
            batch: one element of what `plan_batches` returned, in its place.
            **kwargs: of every task in the lake.
        """
        super().__init__(**kwargs)
        self.ingestion = ingestion
        self.batch = batch
        self.step = "extract" if ingestion is None else "ingest"


class PublishOperator(LakeTask):
    """Publish the staged batches; the manifest is written last."""

    ui_color = "#fdf0d5"
    step = "publish"


class CompareIdsOperator(LakeTask):
    """Once a period, read the keys of every row and write those that the lake has and the source does not."""

    ui_color = "#f6e2e2"
    step = "compare_ids"

    def __init__(self, *, ingestion: dict[str, Any], **kwargs: Any) -> None:
        """Keep the arguments; see docs/architecture.md for what `ingestion` holds."""
        super().__init__(**kwargs)
        self.ingestion = ingestion


class MergeOperator(LakeTask):
    """Bring the current state to what the run has published, by statements of Athena that the triggerer waits for."""

    ui_color = "#e2ecf6"
    step = "merge"

    def __init__(self, *, ingestion: dict[str, Any], what: str, **kwargs: Any) -> None:
        """Keep the arguments.

        Args:
            ingestion: of the dataset.
            what: rows, of the run's publication, or keys, which its comparison has read.
            **kwargs: of every task in the lake.
        """
        super().__init__(**kwargs)
        self.ingestion = ingestion
        self.what = what

    def execute(self, context: Mapping[str, Any]) -> None:
        """Begin the first statement."""
        from lake_ingest.airflow.merge import begin  # noqa: PLC0415 - brings the catalogue's library

        self._wait(begin(self, context))

    def go_on(self, context: Mapping[str, Any], event: dict[str, Any], merge: dict[str, Any]) -> None:
        """Begin the next statement, when the triggerer says that one is done."""
        from lake_ingest.airflow.merge import go_on  # noqa: PLC0415

        self._wait(go_on(self, context, event, merge))

    def _wait(self, merge: "Merge | None") -> None:
        if merge is not None:
            from lake_ingest.airflow.trigger import QueryTrigger  # noqa: PLC0415

            trigger = QueryTrigger(merge.query, self.aws_conn_id)
            self.defer(trigger=trigger, method_name="go_on", kwargs={"merge": merge.to_dict()})


def run_step(task: Any, context: Mapping[str, Any], event: dict[str, Any] | None) -> Any:
    """Run a task's step and give its result, or defer to the triggerer.

    The one place that loads the engine: a DAG file must not (measured in docs/benchmarks.md), and Arrow has to find its heap
    when it is imported.
    """
    from lake_ingest.run.memory import share_one_heap  # noqa: PLC0415

    share_one_heap()
    from lake_ingest.airflow.steps import STEPS  # noqa: PLC0415
    from lake_ingest.airflow.trigger import SourceTrigger  # noqa: PLC0415
    from lake_ingest.run.waiting import Waiting  # noqa: PLC0415

    outcome = STEPS[task.step](task, context, Waiting.from_dict(event) if event else None)
    if not isinstance(outcome, Waiting):
        return outcome
    task.log.info("The triggerer waits for %s", outcome.pending.what)
    return task.defer(trigger=SourceTrigger(outcome.to_dict()), method_name="resume")
