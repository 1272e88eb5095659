"""Show DAG runs as they go: a live table on a terminal, a line for each change elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from sandbox.watch import RunProgress

Tell = Callable[[Sequence[RunProgress]], None]
STYLES = {"success": "green", "failed": "red", "running": "yellow"}


@contextmanager
def shown(console: Console) -> Iterator[Tell]:
    """The function to give to `watch.follow`."""
    if console.is_terminal:
        with Live(console=console, auto_refresh=False) as live:
            yield lambda progress: live.update(_table(progress), refresh=True)
    else:
        yield _lines(console)


def _table(progress: Sequence[RunProgress]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("DAG", "state", "tasks", "now"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for item in progress:
        state = item.run.state
        table.add_row(
            item.run.dag_id,
            f"[{STYLES.get(state, 'dim')}]{state}[/]",
            f"{item.done}/{len(item.tasks)}",
            item.now,
        )
    return table


def _lines(console: Console) -> Tell:
    started = time.monotonic()
    last: dict[str, tuple[str, int, bool]] = {}

    def tell(progress: Sequence[RunProgress]) -> None:
        for item in progress:
            change = (item.run.state, item.done, item.troubled)
            if last.get(item.run.dag_id) != change:
                last[item.run.dag_id] = change
                console.print(
                    f"{time.monotonic() - started:5.0f} s  {item.run.dag_id:<40} {item.run.state:<8}"
                    f" {item.done}/{len(item.tasks)} tasks  {item.now if item.troubled else ''}".rstrip(),
                    highlight=False,
                )

    return tell
